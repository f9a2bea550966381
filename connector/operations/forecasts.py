"""What would come of trying a run again, as far as the ledger of writes can tell beforehand."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from connector.component import Effect
from connector.errors import ConnectorError, InputError
from connector.intacct.ports import EffectState
from connector.registry import Registry
from connector.runtime import children, control, decisions, runs, workflows
from connector.runtime.workflows import Published
from connector.store.json_text import to_json
from connector.store.tables import effect, run
from connector.workflow import steps as kinds
from connector.workflow.steps import Step

RETRY, REPLAY = "retry", "replay"

CREATE = "will write"
EXISTS = "already exists"
READS = "writes nothing"
UNCERTAIN = "uncertain"
CANNOT = "cannot"
STARTED = (CREATE, EXISTS, READS)

_UNKNOWN = (EffectState.SENDING, EffectState.UNCERTAIN, EffectState.PARKED)
_MOST_NAMED = 5


@dataclass(frozen=True)
class Forecast:
    """What would come of one run.

    Args:
        run_id: The run.
        outcome: ``will write``, ``already exists``, ``writes nothing``, ``uncertain`` or
            ``cannot``; the last two are never started.
        reason: What it rests on, a sentence.
        mark: Changes with anything that the forecast rests on.
    """

    run_id: str
    outcome: str
    reason: str
    mark: str


def forecast(
    connection: sa.Connection, registry: Registry, action: str, row: sa.Row[Any]
) -> Forecast:
    """Return what retrying or replaying a run would do; nothing is sent to find out.

    Args:
        connection: To read with.
        registry: Which actions write.
        action: ``retry``, from where it stopped, or ``replay``, on the latest version.
        row: The run.
    """
    published = _version(connection, action, row)
    effects = _effects(connection, row)
    mark = _mark(row, published, effects)
    try:
        _check(connection, action, row)
        if published is None:
            raise InputError("Its workflow has no published version.")
        written = _written(published, registry)
    except ConnectorError as error:
        return Forecast(row.id, CANNOT, error.title, mark)
    unknown = [item for item in effects if item.state in _UNKNOWN]
    if unknown:
        names = _listed(item.step_path or item.function for item in unknown)
        return Forecast(row.id, UNCERTAIN, f"What became of {names} is not known yet.", mark)
    if not written:
        return Forecast(row.id, READS, "Its workflow only reads.", mark)
    done = {item.step_path for item in effects if item.state == EffectState.SUCCEEDED}
    missed = [step for step in written if step.id not in done]
    if missed or _has_missed_items(connection, row):
        names = _listed(step.label for step in missed) or "the items that failed"
        return Forecast(row.id, CREATE, f"Not written yet: {names}.", mark)
    ids = _listed(item.external_id or item.key for item in effects if item.step_path in done)
    return Forecast(row.id, EXISTS, f"Written before: {ids}.", mark)


def _check(connection: sa.Connection, action: str, row: sa.Row[Any]) -> None:
    if action == REPLAY:
        control.check_replay(connection, row)
    elif row.pruned_at is not None:
        raise InputError("Its data was removed for its age.")
    elif row.state not in decisions.RETRIED:
        raise InputError(f"It is {row.state}.")


def _version(connection: sa.Connection, action: str, row: sa.Row[Any]) -> Published | None:
    if action == REPLAY:
        return workflows.newest(connection, row.workflow_id)
    return workflows.version(connection, row.workflow_id, row.version)


def _effects(connection: sa.Connection, row: sa.Row[Any]) -> list[sa.Row[Any]]:
    """Return the writes for the same business: of the run, its repeats and runs inside them."""
    family = [run.c.id == row.id]
    if row.replay_of:
        family.append(run.c.id == row.replay_of)
    if row.once and not row.parent_id:
        same = (run.c.workflow_id == row.workflow_id) & (run.c.once == row.once)
        family.append(same & run.c.parent_id.is_(None))
    found = sa.union(*(sa.select(run.c.id).where(one) for one in family))
    ids = list(connection.execute(found).scalars())
    inside = sa.select(run.c.id).where(run.c.root_id.in_(ids))
    mine = effect.c.run_id.in_(ids) | effect.c.run_id.in_(inside)
    return list(connection.execute(sa.select(effect).where(mine).order_by(effect.c.op_key)))


def _mark(row: sa.Row[Any], published: Published | None, effects: Sequence[sa.Row[Any]]) -> str:
    parts = [
        row.state,
        row.epoch,
        published.fingerprint if published else None,
        [[item.op_key, item.state, item.attempt_class] for item in effects],
    ]
    return hashlib.sha256(to_json(parts).encode()).hexdigest()


def _written(published: Published, registry: Registry) -> list[Step]:
    """Return the steps that write, those after a failure left out."""
    found = published.definition.every_step()
    return [
        step
        for place, step in found
        if not place.startswith("onFailure") and _writes(step, registry)
    ]


def _writes(step: Step, registry: Registry) -> bool:
    if step.type == kinds.HTTP:
        return str(step.config.get("method", "GET")).upper() != "GET"
    return step.is_action and registry.action(step.type).effect is not Effect.READ


def _has_missed_items(connection: sa.Connection, row: sa.Row[Any]) -> bool:
    missed = (*children.MISSED, runs.HELD)
    inside = sa.select(run.c.id).where(
        run.c.root_id == row.id, run.c.block != children.FAILURE_BLOCK, run.c.state.in_(missed)
    )
    return connection.execute(inside.limit(1)).first() is not None


def _listed(names: Iterable[str]) -> str:
    found = list(dict.fromkeys(name for name in names if name))
    more = f" and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
    return ", ".join(found[:_MOST_NAMED]) + more
