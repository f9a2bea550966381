"""The effect ledger on both databases: one row an intent, one sender at a time, true verdicts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from connector.errors import OutcomeUnknown, Refused, Unreachable
from connector.intacct.operation import Frozen, Identity, Operation, Verb
from connector.intacct.ports import EffectState
from connector.runtime.effects import Intent, Patience, SqlEffects, control_id
from connector.store import Database, audit, tables

PATIENCE = Patience(settle_after_ms=1000, look_up_delays_ms=(10, 20))
INTENT = Intent("connection-1", scope="workflow-1", once="deal-7", step="invoice")


def ledger(database: Database, intent: Intent = INTENT, run_id: str = "run-1") -> SqlEffects:
    return SqlEffects(
        database, intent, PATIENCE, actor="test", run_id=run_id, step_path=intent.step
    )


def write(payload: str = "<create_invoice/>", **changes: Any) -> Operation:
    frozen = Frozen("xml", "create_invoice", payload, is_write=True)
    identity = Identity({"invoiceNumber": "INV-7"}, {"customerId": "C-1"})
    return replace(Operation(Verb.CREATE, "invoice", frozen=frozen, identity=identity), **changes)


def planned(found: SqlEffects, operation: Operation) -> Operation:
    effect = found.plan(operation)
    return operation.planned_as(effect.op_key, effect.control_id)


def rows(database: Database) -> list[Any]:
    return database.read(lambda c: list(c.execute(sa.select(tables.effect))))


def test_the_key_is_the_business_identity_and_nothing_else() -> None:
    """A replay or a new version finds the effect; any part of the intent tells it apart."""
    key = INTENT.op_key("main")
    assert key == replace(INTENT).op_key("main")
    others = [
        replace(INTENT, connection_id="connection-2"),
        replace(INTENT, scope="workflow-2"),
        replace(INTENT, once="deal-8"),
        replace(INTENT, step="customer"),
        replace(INTENT, item="line-1"),
        replace(INTENT, generation=1),
    ]
    keys = {other.op_key("main") for other in others} | {INTENT.op_key("document")}
    assert len(keys) == 7
    assert key not in keys


def test_parts_of_a_key_cannot_run_into_one_another() -> None:
    left = replace(INTENT, scope="a", once="b|c")
    right = replace(INTENT, scope="a|b", once="c")
    assert left.op_key("main") != right.op_key("main")


def test_the_control_id_names_effect_and_attempt_class() -> None:
    key = INTENT.op_key("main")
    first, second = control_id(key, 0), control_id(key, 1)
    assert first.startswith("aic-")
    assert (len(first), first[-2:], second[-2:]) == (46, "-0", "-1")
    assert first[:-2] == second[:-2]


def test_an_intent_is_one_row_however_often_it_is_planned(database: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        effects = list(pool.map(lambda _: ledger(database).plan(write()), range(16)))
    assert len({effect.op_key for effect in effects}) == 1
    assert len(rows(database)) == 1


def test_of_many_senders_one_gets_the_pen(database: Database) -> None:
    operation = planned(ledger(database), write())
    with ThreadPoolExecutor(8) as pool:
        epochs = list(pool.map(lambda _: ledger(database).mark_sending(operation), range(16)))
    assert [epoch for epoch in epochs if epoch is not None] == [1]


def test_each_verdict_is_kept_with_an_audit_row(database: Database) -> None:
    found = ledger(database)
    operation = planned(found, write())
    epoch = found.mark_sending(operation)
    assert epoch is not None
    found.succeed(operation, epoch, "4712", {"httpStatus": 200})
    effect = found.plan(write())
    assert (effect.state, effect.key, effect.is_own) == (EffectState.SUCCEEDED, "4712", True)
    assert ledger(database, run_id="run-2").plan(write()).is_own is False
    assert database.read(audit.verify) is None
    (entry,) = database.read(lambda c: list(c.execute(sa.select(tables.audit))))
    assert (entry.action, entry.external_ref) == ("effect.succeeded", "4712")


def test_what_was_not_executed_may_go_out_again_unchanged(database: Database) -> None:
    found = ledger(database)
    operation = planned(found, write())
    epoch = found.mark_sending(operation)
    assert epoch is not None
    found.put_back(operation, epoch, Unreachable("no route"))
    again = found.plan(write())
    assert (again.state, again.control_id) == (EffectState.PLANNED, operation.control_id)
    assert found.mark_sending(operation) == epoch + 1


def test_a_refused_write_is_corrected_under_a_new_control_id(database: Database) -> None:
    found = ledger(database)
    operation = planned(found, write())
    epoch = found.mark_sending(operation)
    assert epoch is not None
    found.refuse(operation, epoch, Refused("closed period"))
    corrected = found.plan(write("<create_invoice>corrected</create_invoice>"))
    assert corrected.state is EffectState.PLANNED
    assert corrected.payload == "<create_invoice>corrected</create_invoice>"
    assert corrected.control_id == operation.control_id[:-1] + "1"


def test_other_content_does_not_touch_a_planned_write(database: Database) -> None:
    found = ledger(database)
    found.plan(write())
    assert found.plan(write("<other/>")).payload == "<create_invoice/>"


def test_doubt_says_when_to_look(database: Database) -> None:
    found = ledger(database)
    operation = planned(found, write())
    epoch = found.mark_sending(operation)
    assert epoch is not None
    found.doubt(operation, epoch, OutcomeUnknown("silence"))
    (row,) = rows(database)
    assert (row.state, row.looks) == ("uncertain", 0)
    assert row.look_at >= row.changed_at + 10
    assert found.mark_sending(operation) is None


@pytest.mark.parametrize("word", ["succeed", "refuse", "put_back", "doubt"])
def test_a_word_from_an_earlier_epoch_changes_nothing(database: Database, word: str) -> None:
    """F05: a frozen process wakes up after its work was taken over."""
    found = ledger(database)
    operation = planned(found, write())
    old = found.mark_sending(operation)
    assert old is not None
    found.put_back(operation, old, Unreachable("no route"))
    assert found.mark_sending(operation) == old + 1
    late: Any = {"succeed": ("1", {})}.get(word, (Refused("late"),))
    getattr(found, word)(operation, old, *late)
    (row,) = rows(database)
    assert (row.state, row.epoch) == ("sending", old + 1)
