"""Plans of trying many runs again: which ones, and what would come of each."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from connector.errors import InputError, NotFound
from connector.operations import forecasts
from connector.operations.forecasts import REPLAY, RETRY, Forecast
from connector.runtime.services import Services
from connector.store import clock
from connector.store.insert import insert_once
from connector.store.json_text import to_json
from connector.store.tables import replay_item, replay_plan, run, workflow

MOST_RUNS = 5_000
PLANNED, RUNNING, DONE = "planned", "running", "done"

_ID_LENGTH = 32
_ROWS = 200  # in one statement


@dataclass(frozen=True)
class Item:
    """One run of a plan.

    Args:
        run_id: The run.
        workflow: Its workflow.
        once: What business it is about.
        forecast: What would come of it, in the words of ``forecasts``.
        reason: What that rests on.
        state: ``planned``, ``started``, ``left`` (never started) or ``refused``.
        started_run: The run that was started: itself, or its replay.
        outcome: The state that run is in now; empty before it was started.
    """

    run_id: str
    workflow: str
    once: str
    forecast: str
    reason: str
    state: str
    started_run: str
    outcome: str


@dataclass(frozen=True)
class Plan:
    """A plan with all its runs and how far it is.

    Args:
        id: Its hash; who executes it has to name it.
        action: ``retry`` or ``replay``.
        state: ``planned``, ``running`` or ``done``.
        actor: Who made it.
        started_by: Who executed it.
        created_at: In milliseconds since 1970, as is ``started_at``.
        started_at: When it was executed.
        items: Its runs, in the order they are started in.
    """

    id: str
    action: str
    state: str
    actor: str
    started_by: str
    created_at: int
    started_at: int | None
    items: tuple[Item, ...]

    @property
    def forecasts(self) -> dict[str, int]:
        """How many runs there are of each forecast."""
        return dict(Counter(item.forecast for item in self.items))

    @property
    def outcomes(self) -> dict[str, int]:
        """How many of the started runs are in each state."""
        return dict(Counter(item.outcome for item in self.items if item.outcome))


def plan(services: Services, action: str, run_ids: Sequence[str], *, actor: str) -> Plan:
    """Keep and return a plan of trying runs again; nothing is started.

    Args:
        services: The installation.
        action: ``retry`` or ``replay``.
        run_ids: Which runs, in the order they are to be started in.
        actor: Who asks.

    Raises:
        NotFound: One of the runs does not exist.
        InputError: There are none, or too many.
    """
    wanted = list(dict.fromkeys(run_ids))
    if action not in {RETRY, REPLAY}:
        raise InputError(f"'{action}' is neither {RETRY} nor {REPLAY}.", field="action")
    if not wanted:
        raise InputError("There are no runs to try again.", field="runs")
    if len(wanted) > MOST_RUNS:
        raise InputError(
            f"A plan has at most {MOST_RUNS} runs.", advice="Narrow the search.", field="runs"
        )
    found = services.database.read(lambda c: forecasts_of(c, services, action, wanted))
    plan_id = id_of(action, found)
    services.database.write(lambda c: _keep(c, plan_id, action, found, actor))
    return services.database.read(lambda connection: one(connection, plan_id))


def one(connection: sa.Connection, plan_id: str) -> Plan:
    """Return a plan and how far it is.

    Raises:
        NotFound: There is none of that id.
    """
    row = existing(connection, plan_id)
    started = run.alias("started")
    found = (
        sa.select(
            replay_item,
            workflow.c.name.label("workflow"),
            sa.func.coalesce(run.c.once, run.c.item_key, "").label("once"),
            sa.func.coalesce(started.c.state, "").label("outcome"),
        )
        .outerjoin(run, run.c.id == replay_item.c.run_id)
        .outerjoin(workflow, workflow.c.id == run.c.workflow_id)
        .outerjoin(started, started.c.id == replay_item.c.started_run)
        .where(replay_item.c.plan_id == plan_id)
        .order_by(replay_item.c.number)
    )
    names = Item.__dataclass_fields__
    items = [
        Item(**{name: getattr(item, name) or "" for name in names})
        for item in connection.execute(found)
    ]
    return Plan(
        id=row.id,
        action=row.action,
        state=row.state,
        actor=row.actor,
        started_by=row.started_by,
        created_at=row.created_at,
        started_at=row.started_at,
        items=tuple(items),
    )


def forecasts_of(
    connection: sa.Connection, services: Services, action: str, run_ids: Sequence[str]
) -> list[Forecast]:
    """Return what would come of each run, as things are now.

    Raises:
        NotFound: One of the runs does not exist.
    """
    rows: dict[str, sa.Row[Any]] = {}
    for begin in range(0, len(run_ids), _ROWS):
        part = run_ids[begin : begin + _ROWS]
        found = connection.execute(sa.select(run).where(run.c.id.in_(part)))
        rows |= {row.id: row for row in found}
    for run_id in run_ids:
        if run_id not in rows:
            raise NotFound(f"There is no run {run_id}.", advice="'intacct runs list' names them.")
    return [
        forecasts.forecast(connection, services.registry, action, rows[run_id])
        for run_id in run_ids
    ]


def id_of(action: str, found: Sequence[Forecast]) -> str:
    """Return the id of a plan: another one as soon as anything it rests on is."""
    parts = [action, [[item.run_id, item.outcome, item.mark] for item in found]]
    return hashlib.sha256(to_json(parts).encode()).hexdigest()[:_ID_LENGTH]


def _keep(
    connection: sa.Connection, plan_id: str, action: str, found: Sequence[Forecast], actor: str
) -> None:
    row = {"id": plan_id, "action": action, "actor": actor, "created_at": clock.NOW}
    if not insert_once(connection, replay_plan, row):
        return  # the same state of the same runs: the plan that is there
    rows = [
        {
            "plan_id": plan_id,
            "run_id": item.run_id,
            "number": number,
            "forecast": item.outcome,
            "reason": item.reason,
            "mark": item.mark,
        }
        for number, item in enumerate(found)
    ]
    connection.execute(replay_item.insert(), rows)


def existing(connection: sa.Connection, plan_id: str) -> sa.Row[Any]:
    """Return the row of a plan.

    Raises:
        NotFound: There is none of that id.
    """
    row = connection.execute(
        sa.select(replay_plan).where(replay_plan.c.id == plan_id)
    ).one_or_none()
    if row is None:
        raise NotFound(f"There is no plan {plan_id}.", advice="Make one first, and name its id.")
    return row
