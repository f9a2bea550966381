"""List Accounts: the chart of accounts, page by page."""

from actions import verbs

ACTION = verbs.list_(
    "account",
    key="listAccounts",
    label="List Accounts",
    description="Lists general ledger accounts, all or those with the given values.",
    columns=(
        "accountNumber",
        "accountTitle",
        "accountType",
        "normalBalance",
        "closingType",
        "category",
        "active",
        "dateModified",
    ),
    example={"key": "12", "id": "4000", "accountTitle": "Sales", "accountType": "incomestatement"},
)
