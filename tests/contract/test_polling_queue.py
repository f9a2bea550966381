"""The event queue of an application: emptied, kept, and only then acknowledged."""

from __future__ import annotations

import base64
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from connector.intacct.client import IntacctClient
from connector.runtime import inbox, poll_findings
from connector.store import Database, tables
from tests.support.polls import Watch, new_customer, queue_trigger


@pytest.fixture
def watch(database: Database, tmp_path: Path) -> Watch:
    found = Watch(database, tmp_path)
    found.at("2026-03-02T10:00:00")
    return found


QUEUE = "{type: intacct.queue, connection: books, config: {objects: [customer]}}"


def inbox_rows(watch: Watch) -> list[Any]:
    return watch.rows(sa.select(tables.inbox).order_by(tables.inbox.c.id))


def test_queue_is_emptied_and_each_event_starts_one_run(watch: Watch) -> None:
    queue_trigger(watch)
    workflow_id = watch.publish(QUEUE)
    for number in range(3):
        new_customer(watch, f"C-{number}")
    watch.poll(workflow_id)
    assert watch.row(workflow_id).problem is None
    watch.route_all()
    assert [row.state for row in inbox_rows(watch)] == [inbox.ROUTED] * 3
    assert len(watch.runs()) == 3
    watch.poll(workflow_id)
    watch.route_all()
    assert len(watch.runs()) == 3


def test_batch_is_acknowledged_only_after_its_events_are_kept(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue_trigger(watch)
    workflow_id = watch.publish(QUEUE)
    new_customer(watch, "C-ONE")

    def die(*_given: Any) -> list[int]:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(poll_findings, "deliver", die)
        with pytest.raises(KeyboardInterrupt):
            watch.poll(workflow_id)
    assert inbox_rows(watch) == []
    watch.execute(tables.poll.update().values(lease_until=None))
    watch.poll(workflow_id)
    assert len(inbox_rows(watch)) == 1


def test_one_bad_event_does_not_block_its_batch(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = base64.b64encode(b'{"key": "1", "object": "CUSTOMER"}').decode()
    batch = {
        "ackId": "a-1",
        "events": [
            {"eventId": "e-1", "payload": good},
            {"eventId": "e-2", "payload": "%%%", "clientContext": "not json"},
            "no event at all",
            {"eventId": "e-4", "payload": good, "clientContext": "bm90IGpzb24="},
        ],
    }
    left = [batch]
    asked: list[str] = []

    def service(_client: Any, method: str, path: str, _document: Any = None) -> Any:
        asked.append(f"{method} {path.rpartition('/')[2]}")
        if method == "POST":
            left.clear()
            return {"status": "success"}
        return left[0] if left else []

    monkeypatch.setattr(IntacctClient, "service", service)
    watch.poll(watch.publish(QUEUE))
    assert asked == ["GET list", "POST ack", "GET list"]
    assert Counter(row.state for row in inbox_rows(watch)) == {"received": 2, "rejected": 2}
