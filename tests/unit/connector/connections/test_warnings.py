"""What an administrator is told before it becomes trouble."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from connector.connections.grants import DAY_MS, NO_GRANT
from connector.connections.oauth import Holder
from connector.connections.rows import ConnectionRow
from connector.connections.warnings import warnings_of

NOW = 1_800_000_000_000
GRANT = replace(NO_GRANT, has_tokens=True, ends_at=NOW + 100 * DAY_MS, now=NOW)


def row(name: str, **settings: Any) -> ConnectionRow:
    given = {"companyId": "ACME", **settings}
    return ConnectionRow(name, name, "sage-intacct", given, "", "", 0, 0, "ready", None)


@pytest.mark.accepts("D6")
@pytest.mark.parametrize(("days", "is_told"), [(15, False), (14, True), (1, True), (0, True)])
def test_an_end_within_14_days_is_told(days: int, is_told: bool) -> None:
    books = row("books", clientId="c")
    grants = {"books": replace(GRANT, ends_at=NOW + days * DAY_MS)}
    told = warnings_of(books, [books], grants)
    assert bool(told) == is_told
    assert all(f"ends in {days} days" in sentence for sentence in told)


def test_who_needs_no_person_is_not_warned_of_an_end() -> None:
    books = row("books", clientId="c", oauthUserId="api")
    assert warnings_of(books, [books], {"books": replace(GRANT, ends_at=NOW)}) == []


def test_access_that_cannot_be_renewed_is_told() -> None:
    books = row("books", clientId="c")
    (told,) = warnings_of(books, [books], {"books": replace(GRANT, ends_at=None)})
    assert "without a way to renew it" in told


@pytest.mark.accepts("D37")
def test_two_connections_of_one_application_and_user_are_told() -> None:
    books = row("books", clientId="c", oauthUserId="api")
    copy = row("copy", clientId="c")
    grants = {"copy": replace(GRANT, holder=Holder("acme", "API"))}
    (told,) = warnings_of(books, [books, copy], grants)
    assert "copy uses the same application and user" in told
    assert warnings_of(books, [books, row("other", clientId="d", oauthUserId="api")], {}) == []


@pytest.mark.accepts("D37")
def test_one_user_for_several_entities_without_naming_one_is_told() -> None:
    books, west = row("books", userId="api"), row("west", userId="api", entityId="100")
    (told,) = warnings_of(books, [books, west], {})
    assert "the entity 100, and this one names no entity" in told
    assert warnings_of(west, [books, west], {}) == []
