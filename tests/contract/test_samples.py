"""Samples to compose with: from everywhere, one pinned, no secrets, never in a run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from connector import redaction
from connector.component import Event
from connector.errors import InputError, NotFound
from connector.runtime import listening, workflows
from connector.store import clock, tables, to_json
from connector.workbench import drafts, samples
from connector.workbench.preview import preview
from tests.support.office import Books, Office, office


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Office]:
    with office(f"sqlite:///{tmp_path / 'intacct.db'}", tmp_path, Books()) as found:
        yield found


def identity(here: Office) -> str:
    (found,) = here.database.read(workflows.published)
    return found.workflow_id


def add(here: Office, document: Any, place: str = "input", name: str = "") -> samples.Sample:
    return samples.add(here.database, identity(here), place, document, actor="ada", name=name)


def names(here: Office, place: str = "input") -> list[str]:
    found = samples.samples_of(here.database, identity(here), place)
    return [sample.name for sample in found]


def test_what_is_typed_keeps_its_digits() -> None:
    assert samples.read_typed('{"a": 10.10}') == {"a": Decimal("10.10")}
    for wrong in ("{", "", "NaN", '{"a": Infinity}', "[" * 10_000):
        with pytest.raises(InputError, match="not JSON"):
            samples.read_typed(wrong)


def test_a_pinned_sample_is_used_else_the_newest_else_the_example(here: Office) -> None:
    draft = drafts.begin(here.database, identity(here), actor="ada")

    def used() -> tuple[str, Any]:
        reach = samples.for_draft(here.services, draft)
        return reach.sources["input"], reach.roots["input"]

    assert used()[0] == "example"
    first = add(here, {"number": "1"})
    add(here, {"number": "2"})
    samples.pin(here.database, first.id, actor="ada")
    assert used() == ("typed", {"number": "1"})
    samples.pin(here.database, first.id, actor="ada", is_pinned=False)
    samples.remove(here.database, first.id, actor="ada")
    assert used() == ("typed", {"number": "2"})
    assert preview("{{ input.number }}", {"input": used()[1]}).text == "2"


def test_one_sample_of_a_place_is_pinned(here: Office) -> None:
    found = [add(here, {}, name=name) for name in ("a", "b")]
    other = add(here, {}, place="invoice", name="c")
    for sample in (*found, other):
        samples.pin(here.database, sample.id, actor="ada")
    pinned = samples.samples_of(here.database, identity(here))
    assert {sample.name for sample in pinned if sample.is_pinned} == {"b", "c"}


def test_old_samples_make_room_but_the_pinned_one_stays(here: Office) -> None:
    kept = add(here, {}, name="pinned")
    samples.pin(here.database, kept.id, actor="ada")
    for number in range(25):
        add(here, {}, name=str(number))
    found = names(here)
    assert (len(found), found[0]) == (20, "pinned")
    assert "24" in found
    assert "0" not in found


def test_a_sample_that_is_too_large_is_refused(here: Office) -> None:
    with pytest.raises(InputError, match="larger than 64 KB"):
        add(here, {"a": "x" * 70_000})
    with pytest.raises(InputError):
        add(here, {"a": "\ud800"})
    assert names(here) == []


def test_secrets_are_masked_before_a_sample_is_kept(here: Office) -> None:
    redaction.register("hunter2-of-the-books")
    document = {
        "password": "open sesame",
        "note": "it is hunter2-of-the-books",
        "list": [{"headers": {"Authorization": "Bearer abcdefghijklmnopqrstuvwxyz"}}],
        "odd.key": {"api_key": "abc"},
        "fine": "C-1",
    }
    kept = add(here, document).document
    assert kept == {
        "password": "•••",
        "note": "it is •••",
        "list": [{"headers": {"Authorization": "•••"}}],
        "odd.key": {"api_key": "•••"},
        "fine": "C-1",
    }
    stored = here.database.read(lambda c: c.execute(sa.select(tables.workflow_sample)).one())
    assert "sesame" not in str(stored)
    trail = here.database.read(lambda c: list(c.execute(sa.select(tables.audit.c.after))))
    assert "sesame" not in str(trail)


def test_the_event_and_the_results_of_a_past_run_become_samples(here: Office) -> None:
    run_id = here.order("N-1")
    here.work(run_id)
    event = samples.add_run(here.database, identity(here), run_id, "input", actor="ada")
    assert (event.source, event.origin) == ("run", run_id)
    assert event.document["number"] == "N-1"
    result = samples.add_run(here.database, identity(here), run_id, "invoice", actor="ada")
    assert result.document["id"] == "N-1"
    for run, place in (("nope", "input"), (run_id, "nobody")):
        with pytest.raises(NotFound):
            samples.add_run(here.database, identity(here), run, place, actor="ada")
    with pytest.raises(NotFound, match="has no run"):
        samples.add_run(here.database, "another workflow", run_id, "input", actor="ada")


def test_what_arrived_while_listening_becomes_a_sample(here: Office) -> None:
    source = here.services.connections.by_name("hubspot")
    assert source is not None

    def arrive(connection: sa.Connection) -> None:
        values = {
            "connection_id": source.id,
            "trigger_key": "(test)",
            "dedupe_key": "sample-1",
            "type": "deal.propertyChange",
            "data": to_json({"dealId": "9"}),
            "received_at": clock.now_ms(connection),
            "state": listening.SAMPLE,
        }
        connection.execute(tables.inbox.insert().values(**values))

    here.database.write(arrive)
    (event,) = listening.samples(here.services, source)
    assert isinstance(event, Event)
    kept = samples.add_delivery(here.services, identity(here), "hubspot", event.id, actor="ada")
    assert (kept.name, kept.document) == ("deal.propertyChange", {"dealId": "9"})
    for connection, event_id in (("nobody", event.id), ("hubspot", "gone")):
        with pytest.raises(NotFound):
            samples.add_delivery(here.services, identity(here), connection, event_id, actor="ada")


def test_a_pinned_sample_never_reaches_a_run(here: Office) -> None:
    """What somebody typed to compose with must not end up in the books."""
    pinned = add(here, {"number": "TYPED", "amount": "1.00"})
    samples.pin(here.database, pinned.id, actor="ada")
    result = add(here, {"id": "TYPED"}, place="invoice")
    samples.pin(here.database, result.id, actor="ada")
    run_id = here.order("N-1")
    done = here.work(run_id)
    assert json.loads(done.output)["invoice"]["id"] == "N-1"
    assert "TYPED" not in str(done)


def test_what_is_gone_is_said_to_be_gone(here: Office) -> None:
    sample = add(here, {})
    samples.remove(here.database, sample.id, actor="ada")
    for work in (samples.remove, samples.pin):
        with pytest.raises(NotFound, match="is gone"):
            work(here.database, sample.id, actor="ada")
