"""Who may send, when several want to: the interleavings that a lucky test run never meets."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from connector.errors import OutcomeUnknown, Refused
from connector.intacct.operation import Frozen, Operation, Verb
from connector.runtime.effects import Intent, Patience, SqlEffects
from connector.store import Database
from connector.store.tables import effect

PATIENCE = Patience(settle_after_ms=1000, look_up_delays_ms=(0,))
WORKERS = 6
ROUNDS = 8


def ledger(database: Database, once: str, run_id: str = "r", **more: Any) -> SqlEffects:
    intent = Intent("c", scope="w", once=once)
    return SqlEffects(database, intent, PATIENCE, actor="test", run_id=run_id, **more)


def write_of(payload: str) -> Operation:
    frozen = Frozen("xml", "create_invoice", payload, is_write=True)
    return Operation(Verb.CREATE, "invoice", frozen=frozen)


def plan(found: SqlEffects, payload: str = "<a/>") -> Operation:
    operation = write_of(payload)
    planned = found.plan(operation)
    return operation.planned_as(planned.op_key, planned.control_id)


def row_of(database: Database, operation: Operation) -> Any:
    found = sa.select(effect).where(effect.c.op_key == operation.op_key)
    return database.read(lambda connection: connection.execute(found).one())


def at_once(work: Callable[[int], Any]) -> list[Any]:
    start = threading.Barrier(WORKERS)

    def begin(number: int) -> Any:
        start.wait()
        return work(number)

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(begin, range(WORKERS)))


def test_workers_that_plan_one_intent_at_once_share_one_row(database: Database) -> None:
    for number in range(ROUNDS):
        found = ledger(database, f"new-{number}")

        def begin(_number: int, found: SqlEffects = found) -> Operation:
            return plan(found)

        operations = at_once(begin)
        assert len({operation.control_id for operation in operations}) == 1


def test_a_refused_write_reopened_by_many_is_sent_by_one(database: Database) -> None:
    """A worker that saw the refusal late must not reopen what another is sending by now."""
    for number in range(ROUNDS):
        found = ledger(database, f"refused-{number}")
        first = plan(found)
        epoch = found.mark_sending(first)
        assert epoch is not None
        found.refuse(first, epoch, Refused("no"))

        def send(_number: int, found: SqlEffects = found) -> int | None:
            return found.mark_sending(plan(found, "<b/>"))

        assert len([epoch for epoch in at_once(send) if epoch is not None]) == 1
        row = row_of(database, first)
        assert (row.state, row.attempt_class, row.attempts) == ("sending", 1, 2)


def test_bytes_of_an_earlier_attempt_are_not_sent_under_a_later_one(database: Database) -> None:
    found = ledger(database, "stale")
    stale = plan(found, "<a/>")
    epoch = found.mark_sending(stale)
    assert epoch is not None
    found.refuse(stale, epoch, Refused("no"))
    fresh = plan(found, "<b/>")
    assert found.mark_sending(stale) is None
    assert found.mark_sending(fresh) is not None


def test_who_lost_an_uncertain_write_while_looking_does_not_resend_it(database: Database) -> None:
    found = ledger(database, "lost")
    operation = plan(found)
    epoch = found.mark_sending(operation)
    assert epoch is not None
    found.doubt(operation, epoch, OutcomeUnknown("silence"))
    again = replace(operation, is_resend=True)
    assert ledger(database, "lost").mark_sending(again) is None
    assert ledger(database, "lost", held_epoch=epoch - 1).mark_sending(again) is None
    assert ledger(database, "lost", held_epoch=epoch).mark_sending(again) is not None


def test_settling_wakes_the_run_that_sent(database: Database) -> None:
    """The run that planned may have given up long before another one sent."""
    plan(ledger(database, "sender", "planner"))
    sender = ledger(database, "sender", "sender")
    operation = plan(sender)
    assert sender.mark_sending(operation) is not None
    assert row_of(database, operation).run_id == "sender"
