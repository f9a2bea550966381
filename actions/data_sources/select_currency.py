"""Select Currency: the currencies of the world to choose from."""

from actions.data_sources.currency_names import CURRENCY_NAMES
from actions.data_sources.fixed import matching
from connector.component import Choice, Context, DataSource, Search


def choices(_ctx: Context, search: Search) -> list[Choice]:
    """Return the currencies whose code or name holds what was typed, by code."""
    known = (Choice(f"{code} - {name}", code) for code, name in CURRENCY_NAMES.items())
    return matching(known, search)


DATA_SOURCE = DataSource(
    key="selectCurrency",
    label="Select Currency",
    description="Offers currencies by their codes; Intacct takes those the company has enabled.",
    choices=choices,
)
