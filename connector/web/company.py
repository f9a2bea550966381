"""Which company a connection works in, in words that keep real books and copies apart."""

from __future__ import annotations

import urllib.parse
from dataclasses import dataclass

from connector.connections.kinds import kind_named
from connector.connections.store import ConnectionRow
from connector.runtime.services import INTACCT
from connector.settings import Settings


@dataclass(frozen=True)
class CompanyView:
    """A company as previews and lists name it.

    Args:
        id: The company's id; empty for connections to something else.
        place: Where in it: an entity, or the top level.
        sort: Real books, a copy, or the sandbox that came along.
        is_trial: Whether what is written there can be forgotten.
    """

    id: str
    place: str
    sort: str
    is_trial: bool


def company_of(row: ConnectionRow, settings: Settings) -> CompanyView:
    """Return the company that a connection works in."""
    if row.kind != INTACCT:
        return CompanyView("", "", "", is_trial=False)
    values = {**kind_named(row.kind).defaults, **row.settings}
    entity = str(values.get("entityId") or "")
    place = f"entity {entity}" if entity else "top level"
    sort, is_trial = "real books", False
    if values.get("environment") == "sandbox":
        sort, is_trial = "a copy of the books", True
    origin = urllib.parse.urlsplit(str(values.get("endpoint", ""))).netloc
    if origin == str(settings.sandbox_address):
        sort, is_trial = "the sandbox that came along", True
    return CompanyView(str(values.get("companyId", "")), place, sort, is_trial)
