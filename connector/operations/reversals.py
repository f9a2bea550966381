"""Reversals as they are kept and shown: what was decided about each write, and how far it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from connector.errors import NotFound
from connector.operations import reversal_steps
from connector.operations.inverses import Undo, Verdict
from connector.store.json_text import from_json
from connector.store.tables import reversal, run

PLANNED, STARTED = "planned", "started"


@dataclass(frozen=True)
class Line:
    """What becomes of one write of the run.

    Args:
        write: Its key in the ledger.
        step: The step that wrote it.
        function: What it is called on the wire.
        object: The object.
        key: The record number.
        id: What people call the record.
        verdict: ``will be taken back``, ``is taken back already``, ``goes with its record`` or
            ``cannot be taken back``.
        reason: What will be done, or why nothing is; a sentence.
        action: The key of the action that takes it back; empty for none.
        outcome: The state of the run inside the reversal that does it; empty before.
        trouble: Why that run did not do it; empty where nothing is wrong.
    """

    write: str
    step: str
    function: str
    object: str
    key: str
    id: str
    verdict: str
    reason: str
    action: str
    outcome: str
    trouble: str


@dataclass(frozen=True)
class Plan:
    """A reversal, before and after it was started.

    Args:
        id: A hash of what it rests on; who executes it has to name it.
        of_run: The run that is taken back.
        day: The day of the reversals, ISO text.
        state: ``planned`` or ``started``.
        actor: Who made it.
        started_by: Who started it.
        created_at: In milliseconds since 1970, as is ``started_at``.
        started_at: When it was started.
        reversal_run: The run that does it; empty before it was started.
        outcome: The state of that run; empty before.
        companies: The IDs of the companies it writes to.
        needs: What has to be typed to start it.
        lines: Every write of the run, the newest first, which is the order they are undone in.
    """

    id: str
    of_run: str
    day: str
    state: str
    actor: str
    started_by: str
    created_at: int
    started_at: int | None
    reversal_run: str
    outcome: str
    companies: tuple[str, ...]
    lines: tuple[Line, ...]

    @property
    def needs(self) -> str:
        """What has to be typed to start it: the company's ID, or all of them."""
        return ", ".join(self.companies)

    @property
    def verdicts(self) -> dict[str, int]:
        """How many writes there are of each verdict."""
        return dict(Counter(line.verdict for line in self.lines))

    @property
    def outcomes(self) -> dict[str, int]:
        """How many of the runs inside the reversal are in each state."""
        return dict(Counter(line.outcome for line in self.lines if line.outcome))


@dataclass(frozen=True)
class Links:
    """How a run and reversals belong together.

    Args:
        reverses: The run that this one takes back; empty where it is no reversal.
        reversed_by: The runs that take this one back, the oldest first.
    """

    reverses: str
    reversed_by: tuple[str, ...]


def links(connection: sa.Connection, run_id: str) -> Links:
    """Return what a run takes back and what takes it back."""
    of_run = sa.select(reversal.c.of_run).where(reversal.c.reversal_run == run_id)
    backs = sa.select(reversal.c.reversal_run).where(
        reversal.c.of_run == run_id, reversal.c.state == STARTED
    )
    return Links(
        connection.execute(of_run).scalar_one_or_none() or "",
        tuple(connection.execute(backs.order_by(reversal.c.started_at)).scalars()),
    )


def one(connection: sa.Connection, plan_id: str) -> Plan:
    """Return a reversal and how far it is.

    Raises:
        NotFound: There is none of that id.
    """
    row = existing(connection, plan_id)
    kept = from_json(row.writes)
    inside = _inside(connection, row.reversal_run) if row.reversal_run else {}
    outcome = sa.select(run.c.state).where(run.c.id == (row.reversal_run or ""))
    lines = [_line(each, inside.get(each["item"])) for each in kept["lines"]]
    same = ("id", "of_run", "day", "state", "actor", "started_by", "created_at", "started_at")
    return Plan(
        **{name: getattr(row, name) for name in same},
        reversal_run=row.reversal_run or "",
        outcome=connection.execute(outcome).scalar_one_or_none() or "",
        companies=tuple(kept["companies"]),
        lines=tuple(lines),
    )


def of_run(connection: sa.Connection, run_id: str) -> list[Plan]:
    """Return the started reversals of a run, the oldest first."""
    found = sa.select(reversal.c.id).where(reversal.c.of_run == run_id, reversal.c.state == STARTED)
    ids = connection.execute(found.order_by(reversal.c.started_at)).scalars().all()
    return [one(connection, plan_id) for plan_id in ids]


def document_of(undos: Sequence[Undo], companies: Sequence[str]) -> dict[str, Any]:
    """Return a reversal's writes as they are kept."""
    lines = [
        {
            "write": each.write.op_key,
            "step": each.write.step,
            "function": each.write.function,
            "object": each.write.object_name,
            "key": each.write.key,
            "id": each.write.id,
            "verdict": each.verdict.value,
            "reason": each.reason,
            "action": each.action,
            "item": reversal_steps.item_key(each, undos) if each.verdict is Verdict.UNDO else "",
        }
        for each in undos
    ]
    return {"companies": list(companies), "lines": lines}


def existing(connection: sa.Connection, plan_id: str) -> sa.Row[Any]:
    """Return the row of a reversal.

    Raises:
        NotFound: There is none of that id.
    """
    row = connection.execute(sa.select(reversal).where(reversal.c.id == plan_id)).one_or_none()
    if row is None:
        raise NotFound(
            f"There is no reversal {plan_id}.", advice="'intacct runs reverse RUN' makes one."
        )
    return row


def _inside(connection: sa.Connection, run_id: str) -> dict[str, tuple[str, str]]:
    found = sa.select(run.c.item_key, run.c.state, run.c.error).where(
        run.c.parent_id == run_id, run.c.block.in_(reversal_steps.LOOPS)
    )
    return {
        row.item_key: (row.state, str((from_json(row.error) or {}).get("title", "")))
        if row.error
        else (row.state, "")
        for row in connection.execute(found)
    }


def _line(kept: dict[str, Any], inside: tuple[str, str] | None) -> Line:
    outcome, trouble = inside or ("", "")
    parts = {name: value for name, value in kept.items() if name != "item"}
    return Line(**parts, outcome=outcome, trouble=trouble)
