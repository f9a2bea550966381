"""Select Term: the company's payment terms to choose from."""

from actions.data_sources.picklist import picklist

DATA_SOURCE = picklist(
    "term",
    key="selectTerm",
    label="Select Term",
    description="Offers the company's payment terms.",
    id_field="termName",
    name_field="termName",
)
