"""One event for each change of a record, whoever tells of it."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from connector.component import Event
from connector.runtime import inbox, poll_findings, polling
from connector.store import Database, from_json, tables
from tests.support.polls import Watch, new_customer, queue_trigger, told
from tests.unit.connector.webhooks.deliveries import delivery, intacct_token


@pytest.fixture
def watch(database: Database, tmp_path: Path) -> Watch:
    found = Watch(database, tmp_path)
    found.at("2026-03-02T10:00:00")
    return found


def record_watch(watch: Watch, more: str = "") -> str:
    values = {"company": "books", "clientSecret": "s3cret-s3cret", "clientId": "app1"}
    watch.services.connections.add("intacct-events", "events", values)
    return watch.publish(
        f"{{type: intacct.record, connection: events, config: {{object: customer{more}}}}}"
    )


def deliver(watch: Watch, name: str, key: str, what: str = "created") -> None:
    """Put a delivery into the inbox, as the web does, and let workers handle it."""
    source = watch.services.connection_named("events")
    event = Event(name, f"customer.{what}", {"object": "CUSTOMER", "key": key, "change": what})

    def keep(connection: sa.Connection) -> list[int]:
        return poll_findings.deliver(connection, source.id, "intacct.event", [event])

    for number in watch.database.write(keep):
        inbox.route(watch.services, number)
        polling.hint(watch.services, number)


def test_delivery_makes_the_poll_due_and_brings_the_record(watch: Watch) -> None:
    workflow_id = record_watch(watch)
    watch.poll(workflow_id)
    watch.at("2026-03-02T10:05:00")
    made = new_customer(watch, "C-TOLD")
    far = watch.row(workflow_id).due_at
    deliver(watch, "d-1", made["key"])
    assert watch.row(workflow_id).due_at < far
    (found,) = watch.poll(workflow_id)
    assert (found["change"], found["record"]["customerId"]) == ("created", "C-TOLD")


def test_lost_delivery_is_made_up_for_and_nothing_is_told_twice(watch: Watch) -> None:
    workflow_id = record_watch(watch)
    watch.poll(workflow_id)
    watch.at("2026-03-02T10:05:00")
    told_of, lost = new_customer(watch, "C-TOLD"), new_customer(watch, "C-LOST")
    deliver(watch, "d-1", told_of["key"])
    assert told(watch.poll(workflow_id)) == [("created", "C-TOLD")]
    reconcile(watch, workflow_id)
    assert told(watch.poll(workflow_id)) == [("created", "C-LOST")]
    deliver(watch, "d-2", lost["key"])  # late, and under a name of its own
    deliver(watch, "d-3", told_of["key"])
    reconcile(watch, workflow_id)
    assert watch.poll(workflow_id) == []


def reconcile(watch: Watch, workflow_id: str) -> None:
    """Make the regular look due."""
    state = from_json(watch.row(workflow_id).state)
    watch.execute(tables.poll.update().values(state=json.dumps({**state, "looked": 0})))


def test_deletion_that_was_told_of_is_passed_on_once(watch: Watch) -> None:
    made = new_customer(watch, "C-GONE")
    workflow_id = record_watch(watch, ", changes: [deleted]")
    watch.poll(workflow_id)
    watch.write("delete", "customer", key=made["key"])
    deliver(watch, "d-1", made["key"], "deleted")
    deliver(watch, "d-2", made["key"], "deleted")
    (found,) = watch.poll(workflow_id)
    assert (found["change"], found["id"]) == ("deleted", "C-GONE")
    deliver(watch, "d-3", made["key"], "deleted")
    assert watch.poll(workflow_id) == []


def test_queue_and_webhook_and_look_tell_of_a_change_once(watch: Watch) -> None:
    queue_trigger(watch)
    workflow_id = record_watch(watch, ", useQueue: true")
    watch.poll(workflow_id)
    watch.at("2026-03-02T10:05:00")
    made = new_customer(watch, "C-TOLD")
    deliver(watch, "d-1", made["key"])
    reconcile(watch, workflow_id)
    assert told(watch.poll(workflow_id)) == [("created", "C-TOLD")]
    reconcile(watch, workflow_id)
    assert watch.poll(workflow_id) == []
    assert watch.row(workflow_id).problem is None


def test_delivery_about_another_object_asks_nothing(watch: Watch) -> None:
    workflow_id = record_watch(watch)
    watch.poll(workflow_id)
    source = watch.services.connection_named("events")
    event = dataclasses.replace(
        Event("d-9", "x", {}), data={"object": "VENDOR", "key": "1", "change": "updated"}
    )
    watch.database.write(lambda c: poll_findings.deliver(c, source.id, "intacct.event", [event]))
    before = watch.pages()
    assert watch.poll(workflow_id) == []
    assert watch.pages() == before


def test_signed_delivery_of_intacct_reaches_the_workflow(watch: Watch) -> None:
    workflow_id = record_watch(watch)
    watch.poll(workflow_id)
    watch.at("2026-03-02T10:05:00")
    made = new_customer(watch, "C-SIGNED")
    raw = json.dumps({"object": "CUSTOMER", "event": "created", "key": made["key"]}).encode()
    token = intacct_token(raw, "s3cret-s3cret")
    webhook = delivery(
        raw,
        content_type="application/json",
        x_ia_sage_signature=token,
        idempotency_key="once",
    )
    source = watch.services.connection_named("events")
    inbox.accept(watch.services, source, webhook)
    watch.route_all()
    assert told(watch.poll(workflow_id)) == [("created", "C-SIGNED")]
    inbox.accept(watch.services, source, webhook)
    watch.route_all()
    assert watch.poll(workflow_id) == []
