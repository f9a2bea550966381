"""The issue inbox: one cause is one issue, it ends by itself, and it says what to do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from connector.errors import InputError, NotFound
from connector.intacct.ports import EffectState
from connector.operations import gathering, issues
from connector.operations.gathering import gather
from connector.runtime import control, decisions, runs
from connector.store import Database, audit, tables, to_json
from tests.support import desk
from tests.support.office import Books, Office, office

ONE = f"""
name: Orders
{desk.TRIGGER}
once: "{{{{ input.number }}}}"
steps:
  - id: invoice
    {desk.INVOICE}
"""
LOOP = f"""
name: Orders
{desk.TRIGGER}
steps:
  - id: orders
    type: forEach
    config: {{items: "{{{{ input.orders }}}}", key: "{{{{ item.number }}}}"}}
    steps:
      - id: invoice
        {desk.INVOICE.replace("input.", "item.").replace(chr(10) + "    ", chr(10) + "        ")}
"""


@pytest.fixture
def books() -> Books:
    return Books()


@pytest.fixture
def here(url: str, tmp_path: Path, books: Books) -> Iterator[Office]:
    with office(url, tmp_path, books, ONE) as found:
        yield found


def listed(here: Office, *states: str) -> list[issues.Issue]:
    gather(here.database)
    return here.database.read(lambda connection: issues.listed(connection, *states))


def fail(here: Office, *numbers: str) -> list[str]:
    """Let orders of a customer that is not there fail."""
    found = [desk.start(here, {"number": number, "customer": "C-99999"}) for number in numbers]
    desk.work_off(here)
    assert {here.run(run_id).state for run_id in found} == {runs.FAILED}
    return found


def test_runs_that_failed_for_one_cause_are_one_issue(here: Office) -> None:
    failed = fail(here, "N-1", "N-2", "N-3")
    (found,) = listed(here)
    assert (found.workflow, found.step, found.kind, found.state) == (
        "Orders",
        "invoice",
        "run",
        "open",
    )
    assert (found.seen, found.waiting, found.can_retry, found.needs_person) == (3, 3, 3, True)
    assert set(found.examples) == set(failed)
    assert found.title
    assert found.advice


def test_a_run_is_counted_once_however_often_somebody_looks(here: Office) -> None:
    fail(here, "N-1")
    for _ in range(3):
        (found,) = listed(here)
    assert found.seen == 1


def test_what_differs_in_step_or_error_is_another_issue(here: Office) -> None:
    fail(here, "N-1")
    desk.start(here, {"number": "N-2"})
    desk.work_off(here)
    found = listed(here)
    assert len(found) == 2
    assert len({one.error_type for one in found}) == 2


def test_an_issue_is_resolved_when_its_runs_have_gone_through(here: Office) -> None:
    first, second = fail(here, "N-1", "N-2")
    assert listed(here)[0].can_retry == 2
    for run_id, number in ((first, "N-1"), (second, "N-2")):
        corrected = to_json({"number": number, "customer": "C-00001"})
        row = tables.run.update().where(tables.run.c.id == run_id)
        here.execute(row.values(input=corrected))
    decisions.retry(here.services, first, actor="ada")
    (found,) = listed(here)
    assert (found.state, found.waiting, found.can_retry) == ("open", 2, 1)
    desk.work_off(here)
    (found,) = listed(here)
    assert (found.waiting, found.examples) == (1, (second,))
    decisions.retry(here.services, second, actor="ada")
    desk.work_off(here)
    assert listed(here) == []
    (found,) = listed(here, "resolved")
    assert (found.resolved_by, found.waiting, found.seen) == ("system", 0, 2)
    assert found.resolved_at is not None


def test_an_issue_that_comes_back_is_a_new_occasion(here: Office) -> None:
    (run_id,) = fail(here, "N-1")
    (before,) = listed(here)
    control_row = tables.run.update().where(tables.run.c.id == run_id)
    here.execute(control_row.values(state=runs.SUCCEEDED))
    assert listed(here) == []
    fail(here, "N-2")
    (after,) = listed(here)
    assert (after.id, after.seen, after.resolved_at) == (before.id, 2, None)
    assert after.opened_at > before.opened_at
    assert after.first_at == before.first_at


def test_a_later_success_for_the_same_business_settles_an_earlier_failure(here: Office) -> None:
    """Somebody corrects the deal, and its next event makes the invoice."""
    fail(here, "N-1")
    assert len(listed(here)) == 1
    desk.start(here, {"number": "N-1", "customer": "C-00001"})
    desk.work_off(here)
    assert listed(here) == []


def test_a_successful_replay_settles_what_it_repeats(here: Office) -> None:
    here.publish(ONE.replace('once: "{{ input.number }}"\n', ""))
    (run_id,) = fail(here, "N-1")
    assert len(listed(here)) == 1
    here.publish(
        ONE.replace('once: "{{ input.number }}"\n', "").replace("{{ input.customer }}", "C-00001")
    )
    # It failed before anybody knew which business it was about.
    here.execute(tables.run.update().where(tables.run.c.id == run_id).values(once=None))
    control.replay(here.services, run_id, actor="ada")
    desk.work_off(here)
    assert listed(here) == []


def test_a_cancelled_run_is_no_issue_any_more(here: Office, books: Books) -> None:
    (run_id,) = fail(here, "N-1")
    assert len(listed(here)) == 1
    decisions.retry(here.services, run_id, actor="ada")
    control.cancel(here.services, run_id, actor="ada")
    assert listed(here) == []


def test_items_of_a_loop_tell_their_cause_and_the_loop_does_not(here: Office) -> None:
    here.publish(LOOP)
    orders = [{"number": f"N-{n}", "customer": "C-99999"} for n in range(3)]
    run_id = desk.start(here, {"orders": orders})
    desk.work_off(here)
    assert here.run(run_id).state == runs.FAILED
    (found,) = listed(here)
    assert (found.step, found.seen) == ("invoice", 3)


def test_what_is_looked_up_needs_no_person_yet(here: Office, books: Books) -> None:
    run_id = desk.start(here, {"number": "N-1", "customer": "C-00001"})

    def vanish() -> None:
        raise httpx.ReadTimeout("gone")

    books.before_answer.append(vanish)
    desk.work_off(here)
    books.before_answer.clear()
    assert here.run(run_id).state == runs.UNCERTAIN
    (found,) = listed(here)
    assert (found.error_type, found.needs_person, found.waiting) == ("Uncertain", False, 1)
    here.settle_all()
    assert [row.state for row in here.effects()] == [EffectState.SUCCEEDED]
    desk.hurry(here, run_id)
    desk.work_off(here)
    assert listed(here) == []


def test_a_muted_issue_stays_silent_and_goes_on_counting(here: Office) -> None:
    fail(here, "N-1")
    (found,) = listed(here)
    issues.mute(here.database, found.id[:8], actor="ada")
    fail(here, "N-2")
    assert listed(here) == []
    (muted,) = listed(here, "muted")
    assert (muted.seen, muted.muted_by) == (2, "ada")
    issues.mute(here.database, found.id, actor="ada", is_muted=False)
    (again,) = listed(here)
    assert (again.id, again.muted_by) == (found.id, "")


def test_a_closed_issue_leaves_its_runs_and_a_trace(here: Office) -> None:
    (run_id,) = fail(here, "N-1")
    (found,) = listed(here)
    with pytest.raises(InputError, match="Say why"):
        issues.close(here.database, found.id, actor="ada", why=" ")
    issues.close(here.database, found.id, actor="ada", why="entered by hand")
    assert listed(here) == []
    assert here.run(run_id).state == runs.FAILED
    row = here.database.read(
        lambda c: c.execute(
            sa.select(tables.audit).where(tables.audit.c.action == "issue.close")
        ).one()
    )
    assert (row.actor, row.after) == ("ada", '{"reason":"entered by hand","state":"resolved"}')
    assert here.database.read(audit.verify) is None
    with pytest.raises(InputError, match="resolved already"):
        issues.close(here.database, found.id, actor="ada", why="again")


def test_an_unknown_issue_is_named(here: Office) -> None:
    with pytest.raises(NotFound, match="no issue abc"):
        here.database.read(lambda connection: issues.one(connection, "abc"))
    with pytest.raises(NotFound):
        here.database.read(lambda connection: issues.one(connection, ""))


def test_a_connection_that_needs_somebody_is_an_issue_until_it_works(here: Office) -> None:
    row = here.services.connections.by_name("books")
    assert row is not None
    here.services.connections.needs_attention(row.id, InputError("The password is wrong."))
    (found,) = listed(here)
    assert (found.kind, found.connection) == ("connection", "books")
    assert "The password is wrong." in found.title
    here.services.connections.works_again(row.id)
    assert listed(here) == []


def test_whether_a_trouble_is_over_is_asked_by_its_business_alone(tmp_path: Path) -> None:
    """Every sweep asks, for every open run: reading all later runs for each took minutes."""
    database = Database(f"sqlite:///{tmp_path}/intacct.db")
    database.upgrade()

    def plan(connection: sa.Connection) -> str:
        question = gathering.over().compile(connection, compile_kwargs={"literal_binds": True})
        rows = connection.execute(sa.text(f"EXPLAIN QUERY PLAN {question}"))
        return " ".join(str(row) for row in rows)

    assert "workflow_id=? AND once=?" in database.read(plan)
    database.close()
