"""Select Account: the company's general ledger accounts to choose from."""

from actions.data_sources.picklist import picklist

DATA_SOURCE = picklist(
    "account",
    key="selectAccount",
    label="Select Account",
    description="Offers the company's general ledger accounts.",
    id_field="accountNumber",
    name_field="accountTitle",
)
