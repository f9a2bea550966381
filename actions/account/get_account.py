"""Get Account: read one account."""

from actions import verbs

ACTION = verbs.get(
    "account",
    key="getAccount",
    label="Get Account",
    description="Gets an account by its record number or its number.",
    id_field="accountNumber",
    example={
        "key": "12",
        "id": "4000",
        "accountTitle": "Sales",
        "accountType": "incomestatement",
        "normalBalance": "credit",
        "active": True,
    },
)
