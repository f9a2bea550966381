"""The main job with real processes: web, Valkey, worker, sandbox."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from connector.store import tables

if TYPE_CHECKING:
    from tests.support.installation import Installation

NOW = int(time.time() * 1000)


@pytest.mark.accepts("A40", "A54", "A55")
def test_a_won_deal_becomes_one_invoice_for_its_company(installation: Installation) -> None:
    deal_id = installation.new_deal(("1650.00", "0.30"))
    installation.move(deal_id)
    run = installation.run_in(deal_id, "succeeded")
    outputs = {step.path: step.output for step in run.steps}
    assert outputs["customer"]["id"] == "HS-5501"
    assert outputs["invoice"]["id"] == f"HS-{deal_id}"
    (created,) = installation.invoices(deal_id)
    assert outputs["invoice"]["key"] == str(created["key"])
    assert run.line.api_transactions >= 2
    record = installation.portal.get("/_sandbox/records/ARINVOICE").json()
    (invoice,) = [row for row in record if row["RECORDID"] == f"HS-{deal_id}"]
    assert Decimal(invoice["TOTALENTERED"]) == Decimal("1650.30")


def test_a_delivery_sent_again_starts_nothing(installation: Installation) -> None:
    deal_id = installation.new_deal()
    installation.move(deal_id, deliver=False)
    event = installation.event(deal_id, 7001, NOW)
    assert installation.deliver_events(event).status_code == 200
    assert installation.deliver_events({**event, "attemptNumber": 1}).status_code == 200
    installation.run_in(deal_id, "succeeded")
    assert len(installation.runs_for(deal_id)) == 1
    assert len(installation.invoices(deal_id)) == 1


@pytest.mark.accepts("F32")
def test_a_delivery_sent_ten_times_at_once_is_one_event(installation: Installation) -> None:
    deal_id = installation.new_deal()
    installation.move(deal_id, deliver=False)
    event = installation.event(deal_id, 7002, NOW)
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: installation.deliver_events(event), range(10)))
    assert {answer.status_code for answer in answers} == {200}
    installation.run_in(deal_id, "succeeded")
    assert len(installation.runs_for(deal_id)) == 1
    assert len(installation.invoices(deal_id)) == 1


@pytest.mark.accepts("F33")
def test_a_deal_won_again_finds_its_first_invoice(installation: Installation) -> None:
    deal_id = installation.new_deal()
    installation.move(deal_id, deliver=False)
    installation.deliver_events(installation.event(deal_id, 7003, NOW))
    first = installation.run_in(deal_id, "succeeded")
    installation.deliver_events(installation.event(deal_id, 7004, NOW + 60_000))
    second = installation.run_in(deal_id, "duplicate")
    assert second.duplicate_of == first.line.id
    assert len(installation.invoices(deal_id)) == 1


def test_two_events_of_a_deal_at_once_make_one_invoice(installation: Installation) -> None:
    """Both runs may be under way before either is done; the effect's key holds them together."""
    deal_id = installation.new_deal()
    installation.move(deal_id, deliver=False)
    events = [installation.event(deal_id, 7100 + n, NOW + n) for n in range(5)]
    assert installation.deliver_events(*events).status_code == 200

    def all_done() -> bool:
        states = {view.line.state for view in installation.runs_for(deal_id)}
        return len(installation.runs_for(deal_id)) == 5 and states <= {"succeeded", "duplicate"}

    installation.until(all_done, "all five runs are done")
    assert len(installation.invoices(deal_id)) == 1


def test_deals_of_a_new_company_at_once_share_one_customer(installation: Installation) -> None:
    """Every run looks before the first one has created; the losers find what the winner made."""
    company = installation.new_company("Newly Met Ltd")
    deals = [installation.new_deal(("10.00",), company) for _ in range(6)]
    for deal_id in deals:
        installation.move(deal_id, deliver=False)
    events = [installation.event(deal_id, 7200, NOW) for deal_id in deals]
    assert installation.deliver_events(*events).status_code == 200
    for deal_id in deals:
        installation.run_in(deal_id, "succeeded")
        assert len(installation.invoices(deal_id)) == 1
    records = installation.portal.get("/_sandbox/records/CUSTOMER").json()
    assert len([row for row in records if row["CUSTOMERID"] == f"HS-{company}"]) == 1


def test_a_deal_that_left_the_stage_is_skipped(installation: Installation) -> None:
    deal_id = installation.new_deal()
    installation.deliver_events(installation.event(deal_id, 7005, NOW))
    installation.run_in(deal_id, "skipped")
    assert installation.invoices(deal_id) == []


def inbox_size(installation: Installation) -> int:
    (row,) = installation.rows(sa.select(sa.func.count()).select_from(tables.inbox))
    return int(row[0])


SPOILT: list[tuple[str, dict[str, Any], int]] = [
    ("no signature", {"without": ["x-hubspot-signature-v3"]}, 401),
    ("no timestamp", {"without": ["x-hubspot-request-timestamp"]}, 401),
    ("another secret", {"secret": "not-the-secret"}, 401),
    ("another body", {"sent": b"[]"}, 401),
    ("an old timestamp", {"timestamp": NOW - 3_600_000}, 401),
    ("a future timestamp", {"timestamp": NOW + 3_600_000}, 401),
]


@pytest.mark.parametrize(
    ("changes", "status"), [(s[1], s[2]) for s in SPOILT], ids=[s[0] for s in SPOILT]
)
def test_a_delivery_nobody_signed_is_refused_without_a_word(
    installation: Installation, changes: dict[str, Any], status: int
) -> None:
    before = inbox_size(installation)
    body = json.dumps([installation.event("1", 7006, NOW)]).encode()
    answer = installation.deliver(body, **changes)
    assert (answer.status_code, answer.content) == (status, b"")
    assert inbox_size(installation) == before


UNREADABLE = [b"", b"null", b"{}", b"not json", b'[{"objectId": NaN}]', b"\xff\xfe[\x00]\x00"]


@pytest.mark.parametrize("body", UNREADABLE, ids=[repr(body) for body in UNREADABLE])
def test_a_signed_delivery_that_cannot_be_read_is_refused(
    installation: Installation, body: bytes
) -> None:
    before = inbox_size(installation)
    answer = installation.deliver(body)
    assert (answer.status_code, answer.content) == (400, b"")
    assert inbox_size(installation) == before


def test_a_delivery_over_a_mebibyte_is_refused(installation: Installation) -> None:
    before = inbox_size(installation)
    assert installation.deliver(b"[" + b" " * (1024 * 1024) + b"]").status_code == 413
    assert inbox_size(installation) == before


def test_an_unknown_address_answers_like_a_wrong_signature(installation: Installation) -> None:
    url = installation.hook[:-4] + "abcd"
    answer = installation.outside.post(url, content=b"[]")
    assert (answer.status_code, answer.content) == (401, b"")


def test_until_somebody_has_an_account_the_key_opens_the_door_to_make_one(
    installation: Installation,
) -> None:
    address = installation.machine.console_address
    bare = address.partition("?")[0]
    assert installation.outside.get(bare).status_code == 403
    page = installation.outside.get(address, follow_redirects=True)
    assert page.status_code == 200
    assert "Make the account" in page.text
    assert "HubSpot deal to invoice" not in page.text


def test_a_delivery_in_chunks_is_taken_like_any_other(installation: Installation) -> None:
    """Some senders and proxies name no length."""
    deal_id = installation.new_deal()
    installation.move(deal_id, deliver=False)
    body = json.dumps([installation.event(deal_id, 7300, NOW)]).encode()
    answer = installation.deliver(body, sent=iter([body[:10], body[10:]]))
    assert answer.status_code == 200
    installation.run_in(deal_id, "succeeded")
