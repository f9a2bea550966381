"""Select Bank Account: the company's checking and savings accounts to choose from."""

from actions.data_sources.fixed import matching
from connector.component import Choice, Context, DataSource, Search

_KINDS = {"checkingAccount": "checking", "savingsAccount": "savings"}
_MOST = 2000  # of each kind, as many as one call gives; no company has more bank accounts


def choices(ctx: Context, search: Search) -> list[Choice]:
    """Return the accounts whose ID or bank holds what was typed, by ID."""
    found = [
        Choice(f"{row['bankName'] or row['bankAccountId']} ({row['bankAccountId']}, {kind})", key)
        for object_name, kind in _KINDS.items()
        for row in ctx.intacct.query(
            object_name, select=["recordNo", "bankAccountId", "bankName"], limit=_MOST
        )
        if (key := str(row["bankAccountId"]))
    ]
    return matching(sorted(found, key=lambda choice: choice.key), search)


DATA_SOURCE = DataSource(
    key="selectBankAccount",
    label="Select Bank Account",
    description="Offers the company's checking and savings accounts; the ID is stored.",
    choices=choices,
)
