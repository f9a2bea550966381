"""Select Journal: the company's journals to choose from."""

from actions.data_sources.picklist import picklist

DATA_SOURCE = picklist(
    "journal",
    key="selectJournal",
    label="Select Journal",
    description="Offers the company's journals.",
    id_field="journalSymbol",
    name_field="journalTitle",
)
