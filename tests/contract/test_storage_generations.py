"""The same intent again, on purpose or corrected: audited, and never by accident."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from connector.errors import InputError, NotFound
from connector.intacct.operation import Frozen, Operation, Verb
from connector.runtime import decisions, runs
from connector.runtime.effects import Intent, SqlEffects
from connector.store import audit, tables
from tests.support.office import NAMELESS, Books, Office, office


@pytest.fixture
def books() -> Books:
    return Books()


@pytest.fixture
def nameless(url: str, tmp_path: Path, books: Books) -> Iterator[Office]:
    """Invoices that Intacct numbers, so that a second one is possible."""
    with office(url, tmp_path, books, NAMELESS) as found:
        yield found


@pytest.fixture
def here(url: str, tmp_path: Path, books: Books) -> Iterator[Office]:
    with office(url, tmp_path, books) as found:
        yield found


def audited(found: Office, action: str) -> list[Any]:
    rows = sa.select(tables.audit).where(tables.audit.c.action == action)
    return found.database.read(lambda c: list(c.execute(rows)))


def test_another_one_is_made_when_somebody_asks_for_it(nameless: Office, books: Books) -> None:
    run_id = nameless.order("1")
    for number in (1, 2, 3):
        assert nameless.work(run_id).state == runs.SUCCEEDED
        assert nameless.work(run_id).state == runs.SUCCEEDED
        assert len(books.posts) == number
        if number < 3:
            decisions.another(nameless.services, run_id, "invoice", actor="jo")
    keys = {row.key for row in nameless.effects("succeeded")}
    assert len(keys) == 3
    assert [row.generation for row in nameless.effects()] == [2, 1, 2]
    entries = audited(nameless, "effect.another")
    assert [(one.actor, one.before, one.after) for one in entries] == [
        ("jo", '{"generation":0}', '{"generation":1}'),
        ("jo", '{"generation":1}', '{"generation":2}'),
    ]
    assert nameless.database.read(audit.verify) is None


def test_the_second_one_is_as_safe_as_the_first(nameless: Office, books: Books) -> None:
    """A run that is tried again after its worker lost the verdict finds the newest generation."""
    run_id = nameless.order("1")
    nameless.work(run_id)
    decisions.another(nameless.services, run_id, "invoice", actor="jo")
    nameless.work(run_id)
    forgotten = tables.step.update().values(state=runs.WAITING)
    nameless.execute(forgotten)
    nameless.execute(tables.run.update().values(state=runs.WAITING))
    assert nameless.work(run_id).state == runs.SUCCEEDED
    assert len(books.posts) == 2


def test_another_of_what_is_not_done_is_refused(nameless: Office, books: Books) -> None:
    run_id = nameless.order("1")
    with pytest.raises(InputError, match="no write that is done"):
        decisions.another(nameless.services, run_id, "invoice", actor="jo")
    nameless.work(run_id)
    with pytest.raises(InputError, match="no write that is done"):
        decisions.another(nameless.services, run_id, "(trigger)", actor="jo")
    with pytest.raises(NotFound):
        decisions.another(nameless.services, "none", "invoice", actor="jo")
    nameless.execute(tables.run.update().values(state=runs.RUNNING))
    with pytest.raises(InputError, match="running"):
        decisions.another(nameless.services, run_id, "invoice", actor="jo")
    assert [row.generation for row in nameless.effects()] == [0]


def test_a_found_record_counts_for_one_write_only(here: Office, books: Books) -> None:
    """A lost answer must not be taken for settled by the record of the generation before."""
    run_id = here.order("INV-1")
    here.work(run_id)
    decisions.another(here.services, run_id, "invoice", actor="jo")
    here.work(run_id)
    (first, second) = here.effects()
    is_second = tables.effect.c.op_key == second.op_key
    here.execute(tables.effect.update().where(is_second).values(state="uncertain"))
    here.settle_all()
    states = {row.op_key: row.state for row in here.effects()}
    assert states == {first.op_key: "succeeded", second.op_key: "parked"}


def gives_up(found: Office, run_id: str) -> None:
    """Let a run end without ever having reached Intacct."""
    found.services.__dict__["http"] = Office.unreachable()
    assert found.work(run_id).state == runs.WAITING
    found.services.__dict__["http"] = found.books
    assert [row.state for row in found.effects()] == ["planned"]
    found.execute(tables.run.update().where(tables.run.c.id == run_id).values(state=runs.FAILED))


def test_the_plan_of_a_run_that_gave_up_does_not_block_a_corrected_one(
    here: Office, books: Books
) -> None:
    first = here.order("INV-1", amount="100.00")
    gives_up(here, first)
    corrected = here.order("INV-1", amount="90.00", event="corrected")
    assert here.work(corrected).state == runs.SUCCEEDED
    assert len(books.posts) == 1
    assert "90.00" in books.posts[0]
    (entry,) = audited(here, "effect.taken-over")
    assert (entry.run_id, first in entry.before) == (corrected, True)
    # And the one that gave up, tried again, sends nothing of its own.
    decisions.retry(here.services, first, actor="jo")
    here.work(first)
    assert len(books.posts) == 1


def test_the_plan_of_a_run_that_still_goes_is_left_alone(here: Office, books: Books) -> None:
    first = here.order("INV-1", amount="100.00")
    gives_up(here, first)
    here.execute(tables.run.update().where(tables.run.c.id == first).values(state=runs.WAITING))
    other = here.work(here.order("INV-1", amount="90.00", event="other"))
    assert (other.state, "different content" in other.error) == (runs.FAILED, True)
    assert here.work(first).state == runs.SUCCEEDED
    assert len(books.posts) == 1
    assert "100.00" in books.posts[0]


def test_who_planned_the_old_content_cannot_send_it_after_a_takeover(here: Office) -> None:
    """A worker that was only slow must not send bytes that have been replaced."""
    intent = Intent("c", scope="w", once="1")

    def planned(run_id: str, payload: str) -> tuple[SqlEffects, Operation]:
        frozen = Frozen("xml", "create_invoice", payload, is_write=True)
        operation = Operation(Verb.CREATE, "invoice", frozen=frozen)
        ledger = SqlEffects(
            here.database, intent, here.services.patience, actor="test", run_id=run_id
        )
        effect = ledger.plan(operation)
        return ledger, operation.planned_as(effect.op_key, effect.control_id)

    old_run, new_run = here.order("1"), here.order("2")
    here.execute(tables.run.update().where(tables.run.c.id == old_run).values(state=runs.FAILED))
    slow, old = planned(old_run, "<old/>")
    quick, new = planned(new_run, "<new/>")
    assert old.control_id != new.control_id
    assert slow.mark_sending(old) is None
    assert quick.mark_sending(new) is not None
