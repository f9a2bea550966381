"""What polls find in a company: each change once, whoever dies in between."""

from __future__ import annotations

import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from connector.errors import Unreachable
from connector.runtime import poll_rows
from connector.store import Database, from_json, tables
from tests.support.polls import Watch, change, new_customer, told

CUSTOMERS = "{{type: intacct.changes, connection: books, config: {{object: customer{}}}}}"
INVOICES = "{{type: intacct.changes, connection: books, config: {{object: invoice{}}}}}"


@pytest.fixture
def watch(database: Database, tmp_path: Path) -> Watch:
    found = Watch(database, tmp_path)
    found.at("2026-03-02T10:00:00")
    return found


def test_only_news_is_told_and_told_once(watch: Watch) -> None:
    workflow_id = watch.publish(CUSTOMERS.format(""))
    assert watch.poll(workflow_id) == []
    watch.at("2026-03-02T10:05:00")
    new_customer(watch, "C-NEW")
    change(watch, "C-00001", "Renamed")
    assert told(watch.poll(workflow_id)) == [("created", "C-NEW"), ("updated", "C-00001")]
    assert watch.poll(workflow_id) == []
    watch.at("2026-03-02T10:05:01")
    change(watch, "C-NEW", "Renamed, too")
    assert told(watch.poll(workflow_id)) == [("updated", "C-NEW")]


def test_change_of_the_same_second_as_the_last_look_is_found(watch: Watch) -> None:
    workflow_id = watch.publish(CUSTOMERS.format(""))
    watch.poll(workflow_id)
    watch.at("2026-03-02T10:05:00")
    new_customer(watch, "C-ONE")
    assert told(watch.poll(workflow_id)) == [("created", "C-ONE")]
    new_customer(watch, "C-TWO")
    assert told(watch.poll(workflow_id)) == [("created", "C-TWO")]


def test_change_that_shows_late_is_found_within_the_overlap(watch: Watch) -> None:
    workflow_id = watch.publish(CUSTOMERS.format(""))
    watch.poll(workflow_id)
    watch.at("2026-03-02T12:00:00")
    new_customer(watch, "C-ON-TIME")
    watch.poll(workflow_id)
    watch.at("2026-03-02T11:15:00")
    new_customer(watch, "C-LATE")
    assert told(watch.poll(workflow_id)) == [("created", "C-LATE")]


@pytest.mark.accepts("C95")
def test_look_back_seeds_each_record_once(watch: Watch) -> None:
    watch.at("2026-02-20T10:00:00")
    new_customer(watch, "C-OLD")
    watch.at("2026-03-02T10:00:00")
    new_customer(watch, "C-RECENT")
    change(watch, "C-00001", "Renamed")
    workflow_id = watch.publish(CUSTOMERS.format(", lookBackDate: '2026-03-01'"))
    assert told(watch.poll(workflow_id)) == [("created", "C-RECENT"), ("updated", "C-00001")]
    assert watch.poll(workflow_id) == []


def test_cap_of_a_poll_leaves_the_rest_for_the_next_and_says_so(watch: Watch) -> None:
    workflow_id = watch.publish(CUSTOMERS.format(", maxRecords: 3"))
    watch.poll(workflow_id)
    watch.at("2026-03-02T10:05:00")
    for number in range(8):
        new_customer(watch, f"C-{number}")
    counts = []
    notes = []
    for _ in range(4):
        counts.append(len(watch.poll(workflow_id)))
        notes.append(watch.row(workflow_id).note)
    assert counts == [3, 3, 2, 0]
    assert "5 follow" in notes[0]
    assert notes[2] == ""


@pytest.mark.accepts("C95")
def test_batch_starts_one_run_for_many_records(watch: Watch) -> None:
    workflow_id = watch.publish(CUSTOMERS.format(", batchSize: 5"))
    watch.poll(workflow_id)
    watch.at("2026-03-02T10:05:00")
    for number in range(7):
        new_customer(watch, f"C-{number}")
    found = watch.poll(workflow_id)
    assert sorted(one["count"] for one in found) == [2, 5]
    assert {len(one["changes"]) for one in found} == {2, 5}
    assert {one["record"] for one in found} == {None}
    assert watch.poll(workflow_id) == []


def test_deletion_is_told_with_the_proof_of_the_audit_trail(watch: Watch) -> None:
    workflow_id = watch.publish(CUSTOMERS.format(", changes: [deleted], deletionMinutes: 5"))
    made = new_customer(watch, "C-GONE")
    watch.poll(workflow_id)
    watch.write("delete", "customer", key=made["key"])
    look_again(watch, workflow_id)
    (found,) = watch.poll(workflow_id)
    assert (found["change"], found["key"], found["id"], found["proof"]) == (
        *("deleted", made["key"], "C-GONE"),
        "audit",
    )
    look_again(watch, workflow_id)
    assert watch.poll(workflow_id) == []


def look_again(watch: Watch, workflow_id: str) -> None:
    """Make the look for deleted records due."""
    state = from_json(watch.row(workflow_id).state)
    aged = json.dumps({**state, "looked": 0})
    watch.execute(
        tables.poll.update().where(tables.poll.c.workflow_id == workflow_id).values(state=aged)
    )


def test_record_that_is_only_out_of_sight_is_not_told_as_deleted(watch: Watch) -> None:
    workflow_id = watch.publish(CUSTOMERS.format(", changes: [deleted]"))
    watch.poll(workflow_id)
    there = watch.write("update", "customer", customerId="C-00001", customerName="Still here")
    record = {"workflow_id": workflow_id, "key": "999999", "id": there["id"]}
    watch.database.write(lambda c: c.execute(tables.poll_record.insert().values(**record)))
    look_again(watch, workflow_id)
    # The audit trail knows that id and says that the record was changed, not deleted.
    assert watch.poll(workflow_id) == []


def test_state_is_told_when_it_is_reached(watch: Watch) -> None:
    workflow_id = watch.publish(INVOICES.format(", changes: [stateChanged], states: [Reversed]"))
    assert watch.poll(workflow_id) == []
    (key,) = keys_of(watch, workflow_id, "Posted")[:1]
    watch.at("2026-03-02T10:05:00")
    watch.execute(
        tables.poll_record.update().where(tables.poll_record.c.key == key).values(state="Draft")
    )
    touch_invoice(watch, key)
    assert watch.poll(workflow_id) == []  # it was posted, and that is not asked for
    other = watch.publish(INVOICES.format(", changes: [stateChanged], states: [Posted]"), "Other")
    watch.poll(other)
    watch.execute(
        tables.poll_record.update()
        .where(tables.poll_record.c.key == key, tables.poll_record.c.workflow_id == other)
        .values(state="Draft")
    )
    watch.at("2026-03-02T10:06:00")
    touch_invoice(watch, key)
    (found,) = watch.poll(other)
    assert (found["change"], found["previousState"]) == ("stateChanged", "Draft")
    assert found["record"]["state"] == "Posted"


def keys_of(watch: Watch, workflow_id: str, state: str) -> list[str]:
    rows = watch.rows(
        sa.select(tables.poll_record).where(
            tables.poll_record.c.workflow_id == workflow_id, tables.poll_record.c.state == state
        )
    )
    assert rows, "no record in that state"
    return [row.key for row in rows]


def touch_invoice(watch: Watch, key: str) -> None:
    watch.write("update", "invoice", recordNo=key, description="Touched")


def test_worker_that_dies_before_its_commit_loses_and_repeats_nothing(watch: Watch) -> None:
    workflow_id = watch.publish(CUSTOMERS.format(""))
    watch.poll(workflow_id)
    watch.at("2026-03-02T10:05:00")
    new_customer(watch, "C-NEW")
    lease = tables.poll.update().values(due_at=1)
    watch.execute(lease)
    first = poll_rows.claim(watch.database, workflow_id, 1)
    assert first is not None
    watch.execute(tables.poll.update().values(lease_until=1))
    assert told(watch.poll(workflow_id)) == [("created", "C-NEW")]
    with pytest.raises(poll_rows.LostPoll):
        watch.database.write(lambda c: poll_rows.change(c, first, {"state": "{}"}))
    assert watch.poll(workflow_id) == []


def test_company_that_is_away_puts_the_poll_off_and_says_why(watch: Watch) -> None:
    workflow_id = watch.publish(CUSTOMERS.format(""))
    watch.poll(workflow_id)
    http = watch.services.__dict__.pop("http")

    class Away:
        def send(self, *_given: Any, **_more: Any) -> None:
            raise Unreachable("No connection could be made.")

    watch.services.__dict__["http"] = Away()
    for failures in (1, 2, 3):
        watch.poll(workflow_id)
        row = watch.row(workflow_id)
        assert row.failures == failures
        assert "title" in from_json(row.problem)
    watch.services.__dict__["http"] = http
    new_customer(watch, "C-MEANWHILE")
    assert told(watch.poll(workflow_id)) == [("created", "C-MEANWHILE")]
    assert (watch.row(workflow_id).failures, watch.row(workflow_id).problem) == (0, None)


def test_object_without_a_change_time_is_refused_with_a_reason(watch: Watch) -> None:
    workflow_id = watch.publish(
        "{type: intacct.changes, connection: books, config: {object: NOSUCHTHING}}"
    )
    watch.poll(workflow_id)
    problem = from_json(watch.row(workflow_id).problem)
    assert "no time of change" in problem["title"]


@pytest.mark.accepts("C93")
@pytest.mark.parametrize(
    "name",
    ["vendor", "customer", "bill", "invoice", "contact", "employee", "project", "arPayment"],
)
def test_every_object_of_the_catalogue_can_be_polled(watch: Watch, name: str) -> None:
    workflow_id = watch.publish(
        f"{{type: intacct.changes, connection: books, config: {{object: {name},"
        " lookBackDate: '2020-01-01'}}"
    )
    found = watch.poll(workflow_id)
    assert found, watch.row(workflow_id).problem
    assert max(Counter(one["key"] for one in found).values()) == 1
    assert watch.poll(workflow_id) == []


@pytest.mark.accepts("C93")
def test_company_itself_picks_what_is_new(watch: Watch) -> None:
    """However many records there are, only those that changed travel."""
    workflow_id = watch.publish(INVOICES.format(""))
    watch.poll(workflow_id)
    asked: list[str] = []
    inner = watch.app.wsgi_app

    def listen(environ: Any, start_response: Any) -> Any:
        body = environ["wsgi.input"].read()
        environ["wsgi.input"] = io.BytesIO(body)
        asked.append(body.decode())
        return inner(environ, start_response)

    watch.app.wsgi_app = listen  # type: ignore[method-assign]  # Flask's way to look in between
    watch.poll(workflow_id)
    lists = [text for text in asked if "<query>" in text]
    assert lists
    for text in lists:
        picked = text.partition("<filter>")[2]
        assert "<field>WHENMODIFIED</field>" in picked, text


def test_customers_are_polled_over_rest_alone(database: Database, tmp_path: Path) -> None:
    watch = Watch(database, tmp_path, is_rest=True)
    watch.at("2026-03-02T10:00:00")
    workflow_id = watch.publish(CUSTOMERS.format(""))
    assert watch.poll(workflow_id) == []
    assert watch.row(workflow_id).problem is None
    watch.at("2026-03-02T10:05:00")
    new_customer(watch, "C-REST")
    assert told(watch.poll(workflow_id)) == [("created", "C-REST")]
    assert watch.poll(workflow_id) == []
