"""Runs are found by what people know of them, page by page, and always through an index."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from connector.errors import InputError, NotFound
from connector.operations import search
from connector.operations.search import Wanted
from connector.runtime import history, runs
from connector.store import tables
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
name: Batches
{desk.TRIGGER}
steps:
  - id: orders
    type: forEach
    config: {{items: "{{{{ input.orders }}}}", key: "{{{{ item.number }}}}"}}
    steps:
      - id: invoice
        {desk.INVOICE.replace("input.", "item.").replace(chr(10) + "    ", chr(10) + "        ")}
"""
START = 1_700_000_000_000


@pytest.fixture
def here(url: str, tmp_path: Path) -> Iterator[Office]:
    with office(url, tmp_path, Books(), ONE) as found:
        yield found


def find(here: Office, **wanted: Any) -> list[str]:
    page = here.database.read(lambda c: search.find(c, Wanted(**wanted)))
    return [line.id for line in page.lines]


def work(here: Office, number: str, customer: str = "C-00001") -> str:
    run_id = desk.start(here, {"number": number, "customer": customer})
    desk.work_off(here)
    return run_id


def fill(here: Office, count: int, **values: Any) -> None:
    """Put runs into the books that nobody works on."""

    def insert(connection: sa.Connection) -> None:
        found = connection.execute(sa.select(tables.workflow.c.id)).scalars().first()
        rows = [
            {
                "id": f"r{number:06}",
                "workflow_id": found,
                "version": 1,
                "state": runs.SUCCEEDED,
                "not_before": START,
                "created_at": START + number // 3,  # several in one millisecond
                "once": f"O-{number}",
                **values,
            }
            for number in range(count)
        ]
        connection.execute(tables.run.insert(), rows)

    here.database.write(insert)


def test_a_run_is_found_by_its_invoice_number_its_key_and_its_customer(here: Office) -> None:
    wanted = work(here, "N-1")
    other = work(here, "N-2", "C-00002")
    (first, _) = here.effects()
    assert find(here, reference="N-1") == [wanted]
    assert find(here, reference=first.key) == [wanted]
    assert find(here, reference="C-00002") == [other]
    assert find(here, reference="C-0000") == []


def test_a_run_is_found_by_business_key_control_id_and_event(here: Office) -> None:
    wanted = work(here, "N-1")
    work(here, "N-2")
    (first, _) = here.effects()
    here.execute(
        tables.inbox.update()
        .where(tables.inbox.c.id == here.run(wanted).inbox_id)
        .values(event_id="3816279340")
    )
    assert find(here, once="N-1") == [wanted]
    assert find(here, control=first.control_id) == [wanted]
    assert find(here, event="3816279340") == [wanted]
    with pytest.raises(InputError, match="no control id"):
        find(here, control="aic-???-0")


def test_a_write_inside_a_loop_leads_to_the_outermost_run(here: Office) -> None:
    here.publish(LOOP)
    orders = [{"number": f"L-{n}", "customer": "C-00001"} for n in range(2)]
    run_id = desk.start(here, {"orders": orders}, workflow="Batches")
    desk.work_off(here)
    assert find(here, reference="L-1") == [run_id]


def test_state_time_workflow_and_connection_narrow_the_search(here: Office) -> None:
    good, bad = work(here, "N-1"), work(here, "N-2", "C-99999")
    assert find(here, states=("failed",)) == [bad]
    assert set(find(here, states=("failed", "succeeded"))) == {good, bad}
    begun = here.run(bad).created_at
    assert find(here, since_ms=begun, states=("failed",)) == [bad]
    assert bad not in find(here, until_ms=begun)
    assert set(find(here, workflow="Orders")) == {good, bad}
    assert set(find(here, connection="books")) == {good, bad}
    assert find(here, connection="elsewhere") == []
    with pytest.raises(NotFound, match="no workflow named Else"):
        find(here, workflow="Else")


def test_pages_show_every_run_once_while_new_ones_arrive(here: Office) -> None:
    fill(here, 25)
    seen: list[str] = []
    after = ""
    while True:
        page = here.database.read(partial(search.find, wanted=Wanted(), limit=10, after=after))
        seen += [line.id for line in page.lines]
        if not seen[10:]:
            work(here, "N-1")
        after = page.next
        if not after:
            break
    assert seen == [f"r{number:06}" for number in reversed(range(25))]
    with pytest.raises(InputError, match="no such page"):
        here.database.read(lambda c: search.find(c, Wanted(), after="nonsense"))


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (Wanted(), "ix_run_created_at_id"),
        (Wanted(since_ms=START, until_ms=START + 5), "ix_run_created_at_id"),
        (Wanted(states=("failed",)), "ix_run_state_created_at_id"),
        (Wanted(workflow="Orders"), "ix_run_workflow_id_created_at_id"),
        (Wanted(once="O-1"), "ix_run_once"),
        (Wanted(event="1"), "ix_inbox_event_id"),
        (Wanted(reference="N-1"), "ix_effect_external_id"),
        (Wanted(control=f"aic-{'A' * 40}-0"), "sqlite_autoindex_effect_1"),
    ],
)
def test_every_question_is_answered_by_an_index(tmp_path: Path, wanted: Wanted, index: str) -> None:
    """What keeps a search quick among 100,000 runs; nothing is read from end to end or sorted."""
    with office(f"sqlite:///{tmp_path / 'intacct.db'}", tmp_path, Books(), ONE) as here:
        fill(here, 300)

        def explain(connection: sa.Connection) -> list[str]:
            query = search.statement(connection, wanted).limit(51)
            compiled = query.compile(connection, compile_kwargs={"literal_binds": True})
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}")
            return [str(row.detail) for row in rows]

        plan = here.database.read(explain)
    assert any(index in line for line in plan), plan
    whole = [line for line in plan if line.startswith(("SCAN run", "SCAN effect", "SCAN inbox"))]
    assert all("USING" in line for line in whole), plan
    if "run_" in index and "once" not in index:
        assert not any("ORDER BY" in line for line in plan), plan


def test_each_step_tells_its_cost_and_what_its_writes_are_called(here: Office) -> None:
    run_id = work(here, "N-1")
    view = here.database.read(lambda c: history.run_of(c, run_id))
    assert view is not None
    (step,) = [one for one in view.steps if one.path == "invoice"]
    (effect,) = here.effects()
    assert step.control_ids == (effect.control_id,)
    assert step.api_transactions == view.line.api_transactions > 0
    assert (step.attempts, step.error) == (1, None)
    assert step.inputs
    assert step.output
