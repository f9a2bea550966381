"""Select AP Term: the company's terms for paying vendors to choose from."""

from actions.data_sources.picklist import picklist

DATA_SOURCE = picklist(
    "apTerm",
    key="selectApTerm",
    label="Select AP Term",
    description="Offers the company's terms for paying vendors.",
    id_field="termName",
    name_field="termName",
)
