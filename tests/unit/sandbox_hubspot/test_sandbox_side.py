"""Faults, the record of calls, reset, the example data and its file."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

import pytest

from connector.sandbox.hubspot import seed
from connector.sandbox.hubspot.kinds import ASSOCIATION_TYPES
from connector.sandbox.hubspot.pipelines import has_stage
from connector.sandbox.hubspot.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import httpx

    from tests.unit.sandbox_hubspot.conftest import Receiver

DEAL = f"/crm/v3/objects/deals/{seed.FIRST_DEAL}"
CENT = Decimal("0.01")
FAULTS = "/_sandbox/hubspot/faults"


def test_a_rate_limit_is_refused_as_often_as_asked(portal: httpx.Client) -> None:
    portal.post(FAULTS, json={"status": 429, "times": 2})
    replies = [portal.get(DEAL) for _ in range(3)]
    assert [reply.status_code for reply in replies] == [429, 429, 200]
    assert replies[0].json()["category"] == "RATE_LIMITS"
    assert replies[0].headers["X-HubSpot-RateLimit-Remaining"] == "0"
    assert replies[0].headers["X-HubSpot-RateLimit-Interval-Milliseconds"] == "10000"
    assert "Retry-After" not in replies[0].headers


def test_a_fault_changes_nothing(portal: httpx.Client) -> None:
    portal.post(FAULTS, json={"status": 423})
    change = {"properties": {"description": "new"}}
    assert portal.patch(DEAL, json=change).json()["status"] == "error"
    read = portal.get(DEAL, params={"properties": "description"}).json()
    assert read["properties"]["description"] is None


def test_a_gateway_fault_is_no_json(portal: httpx.Client) -> None:
    portal.post(FAULTS, json={"status": 502})
    reply = portal.get(DEAL)
    assert reply.status_code == 502
    assert reply.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(
    "body", [{"status": 200}, {"status": "429"}, {"times": 0}, {"times": 1001}]
)
def test_a_fault_that_makes_no_sense_is_refused(
    portal: httpx.Client, body: dict[str, object]
) -> None:
    assert portal.post(FAULTS, json=body).status_code == 400
    assert portal.get(DEAL).status_code == 200


def test_calls_are_recorded_without_the_token(portal: httpx.Client) -> None:
    portal.get(DEAL, params={"properties": "amount"})
    portal.get(DEAL, headers={"Authorization": "Bearer mine"})
    reply = portal.get("/_sandbox/hubspot/requests")
    assert [
        (call["method"], call["path"], call["query"], call["status"])
        for call in reply.json()["requests"]
    ] == [("GET", DEAL, "properties=amount", 200), ("GET", DEAL, "", 401)]
    assert "sandbox-hubspot-token" not in reply.text
    assert "mine" not in reply.text


def test_the_last_200_calls_are_kept(portal: httpx.Client) -> None:
    for number in range(201):
        portal.get(f"/crm/{number}")
    calls = portal.get("/_sandbox/hubspot/requests").json()["requests"]
    assert [calls[0]["path"], calls[-1]["path"], len(calls)] == ["/crm/1", "/crm/200", 200]


def test_a_reset_brings_back_the_beginning(portal: httpx.Client, receiver: Receiver) -> None:
    before = portal.get(DEAL).json()
    portal.post("/_sandbox/hubspot/settings", json={"target_url": "https://other.example/"})
    portal.post(f"/_sandbox/hubspot/deals/{seed.FIRST_DEAL}/stage", json={"stage": "closedwon"})
    portal.post(FAULTS, json={"status": 500})
    assert portal.post("/_sandbox/hubspot/reset").status_code == 200

    assert portal.get("/_sandbox/hubspot/requests").json()["requests"] == []
    assert portal.get("/_sandbox/hubspot/deliveries").json()["deliveries"] == []
    assert portal.get(DEAL).json() == before
    portal.post("/_sandbox/hubspot/deliver", json={"events": [{}]})
    assert receiver.received[-1][0] == "https://hooks.example.com/hubspot"


def test_the_same_seed_gives_the_same_portal() -> None:
    assert seed.example_data(1) == seed.example_data(1)
    assert seed.example_data(1) != seed.example_data(2)


@pytest.mark.parametrize("number", range(5))
def test_example_data_hangs_together(number: int) -> None:
    """Whatever the seed: unique ids, real stages, and line amounts that add up."""
    data = seed.example_data(number)
    kinds = {record_id: kind for kind, record_id, _, _ in data.objects}
    assert len(kinds) == len(data.objects)
    for start_id, type_id, end_id in data.associations:
        entry = ASSOCIATION_TYPES[type_id]
        assert (kinds[start_id], kinds[end_id]) == (entry.start, entry.end)
    deals = [properties for kind, _, properties, _ in data.objects if kind == "deals"]
    assert len(deals) == 25
    assert all(has_stage(deal["pipeline"], deal["dealstage"]) for deal in deals)
    lines = [properties for kind, _, properties, _ in data.objects if kind == "line_items"]
    for line in lines:
        net = Decimal(line["price"] or "") * Decimal(line["quantity"] or "")
        assert line.get("amount") in {None, str(net.quantize(CENT, ROUND_HALF_UP))}


def test_the_named_deals_are_the_awkward_ones() -> None:
    store = Store(None, seed=1)
    first = seed.FIRST_DEAL

    def amount(place: int) -> str | None:
        record = store.find("deals", str(first + place))
        return record.properties["amount"] if record else "missing"

    assert store.associations(str(first + 1), "line_items") == {}
    assert store.associations(str(first + 2), "companies") == {"5503": [341]}
    assert (amount(3), amount(4)) == ("", None)
    assert store.associations(str(first + 8), "companies") == {}


def test_a_data_file_is_kept_over_a_restart(
    open_portal: Callable[..., httpx.Client], tmp_path: Path
) -> None:
    path = str(tmp_path / "hubspot.db")
    change = {"properties": {"description": "kept"}}
    open_portal(data=path).patch(DEAL, json=change)
    read = open_portal(data=path, seed=2).get(DEAL, params={"properties": "description"})
    assert read.json()["properties"]["description"] == "kept"
    with sqlite3.connect(path) as database:
        assert database.execute("SELECT count(*) FROM objects WHERE kind = 'deals'").fetchone() == (
            25,
        )
    database.close()


def test_many_threads_lose_nothing() -> None:
    """Two changes of one record, read and written at once, must both stay."""
    store = Store(None, seed=1)
    start = threading.Barrier(8, timeout=20)

    def work(number: int) -> str:
        start.wait()
        for step in range(20):
            store.update("deals", str(seed.FIRST_DEAL), {f"field{number}_{step}": "x"})
        return store.create("contacts", {"email": f"{number}"}).id

    with ThreadPoolExecutor(8) as threads:
        ids = list(threads.map(work, range(8)))
    record = store.find("deals", str(seed.FIRST_DEAL))
    assert record is not None
    assert sum(name.startswith("field") for name in record.properties) == 160
    assert len(set(ids)) == 8
