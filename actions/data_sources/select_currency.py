"""Select Currency: the currencies that the company works in, else those of the world."""

from collections.abc import Mapping
from typing import Any

from actions.data_sources.currency_names import CURRENCY_NAMES
from actions.data_sources.fixed import matching
from connector.component import Choice, Context, DataSource, Search
from connector.errors import ConnectorError

# What a company with several currencies has switched on (object of the XML API's lists).
OBJECT = "TRXCURRENCIES"
_OFF = {"inactive", "f"}


def choices(ctx: Context, search: Search) -> list[Choice]:
    """Return the currencies whose code or name holds what was typed, by code.

    Those of the company, where it works in several and tells them; otherwise all there are, since
    an input of a company with one currency only ever holds that one.
    """
    codes = _of_company(ctx) or list(CURRENCY_NAMES)
    known = (Choice(f"{code} - {CURRENCY_NAMES[code]}", code) for code in codes)
    return matching(known, search)


def _of_company(ctx: Context) -> list[str]:
    try:
        rows = list(ctx.intacct.read_by_query(OBJECT, expression="", fields=("*",)))
    except ConnectorError:
        return []  # no such object where there is one currency, and none over REST
    codes = {_code(row) for row in rows if str(row.get("STATUS", "")).lower() not in _OFF}
    return sorted(codes - {""})


def _code(row: Mapping[str, Any]) -> str:
    """Return the currency of a row; under which name it stands there is not documented."""
    texts = (value.strip() for value in row.values() if isinstance(value, str))
    return next((text for text in texts if text in CURRENCY_NAMES), "")


DATA_SOURCE = DataSource(
    key="selectCurrency",
    label="Select Currency",
    description="Offers the currencies of a company that works in several, else all there are.",
    choices=choices,
)
