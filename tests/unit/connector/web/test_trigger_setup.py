"""The page that tells an administrator what to enter in Intacct."""

from __future__ import annotations

import pytest

from connector.accounts import Role
from tests.unit.connector.web.conftest import Browser, Console

DEALS = {"token": "t" * 20, "clientSecret": "s" * 20}
EVENTS = {"company": "books", "clientId": "acme.events", "clientSecret": "a" * 40}


@pytest.fixture
def row_id(console: Console) -> str:
    row = console.services.connections.add("intacct-events", "ledger events", EVENTS)
    return row.id


@pytest.fixture
def ada(console: Console) -> Browser:
    return console.browser(console.account(Role.ADMIN))


@pytest.mark.accepts("A39")
def test_each_change_is_told_step_by_step(console: Console, ada: Browser, row_id: str) -> None:
    row = console.services.connection_named("ledger events")
    text = ada.get(f"/connections/{row_id}/set-up?object=invoice&change=created").text
    assert "(ARINVOICE) &gt; Triggers" in text
    assert "after create" in text
    assert "after update" not in text
    assert f"/hooks/{row.hook_token}</li>" in text
    assert "acme.events" in text
    assert "{!ARINVOICE.RECORDNO!}" in text


def test_smart_events_and_the_test_address_say_what_they_are_worth(
    console: Console, ada: Browser, row_id: str
) -> None:
    row = console.services.connection_named("ledger events")
    text = ada.get(f"/connections/{row_id}/set-up?object=bill&sort=smart&address=test").text
    assert "Customization Services" in text
    assert "prove nothing" in text
    assert f"/hooks/{row.hook_token}/test</li>" in text
    assert "starts nothing" in text


def test_what_is_not_offered_shows_the_first_and_others_find_no_page(
    console: Console, ada: Browser, row_id: str
) -> None:
    assert ada.get(f"/connections/{row_id}/set-up?object=../x&change=eaten").status_code == 200
    other = console.services.connections.add("hubspot", "deals", DEALS)
    assert ada.get(f"/connections/{other.id}/set-up").status_code == 404
    link = f"/connections/{row_id}/set-up"
    assert link in ada.get(f"/connections/{row_id}").text
    viewer = console.browser(console.account(Role.VIEWER))
    assert viewer.get(link).status_code == 403
    assert link not in viewer.get(f"/connections/{row_id}").text
