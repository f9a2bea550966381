"""Writes that wait for a person or for a look, whoever asked for them: a run, a sync, a command."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from connector.errors import InputError, NotFound
from connector.intacct.ports import EffectState
from connector.runtime import decisions
from connector.runtime.bells import ADVANCE_RUN, EFFECTS
from connector.runtime.services import Services
from connector.store.json_text import from_json
from connector.store.tables import effect, run

WAITING = (EffectState.PARKED, EffectState.UNCERTAIN)
SHORT = 12  # characters of a write's id that people see and type
FEWEST = 6  # that they have to type


@dataclass(frozen=True)
class WaitingWrite:
    """A write without an outcome.

    Args:
        id: Its key in the ledger; the first characters are enough to name it.
        state: ``parked`` where a person has to decide, ``uncertain`` while it is looked up.
        what: The function on the wire.
        name: The business id it was to have, where it has one.
        run_id: The run that goes on once it is decided; empty where nobody's does.
        since: When it became so, in milliseconds.
        title: What happened, as people read it.
    """

    id: str
    state: str
    what: str
    name: str
    run_id: str
    since: int
    title: str


def waiting(connection: sa.Connection, most: int) -> list[WaitingWrite]:
    """Return the writes without an outcome, those first that have waited longest."""
    found = sa.select(effect, run.c.id.label("workflow_run")).select_from(
        effect.outerjoin(run, run.c.id == effect.c.run_id)
    )
    query = found.where(effect.c.state.in_(WAITING)).order_by(effect.c.changed_at).limit(most)
    return [
        WaitingWrite(
            id=row.op_key,
            state=row.state,
            what=row.function,
            name=row.external_id or "",
            run_id=row.workflow_run or "",
            since=row.changed_at,
            title=_title(row.evidence),
        )
        for row in connection.execute(query)
    ]


def _title(evidence: str | None) -> str:
    error = (from_json(evidence) if evidence else {}).get("error") or {}
    return str(error.get("title", ""))


def it_is_there(services: Services, start: str, key: str, *, actor: str) -> str:
    """Record what a person found: this parked write exists in Intacct under this record number.

    Args:
        services: The installation.
        start: The first characters of the write's id.
        key: The record number.
        actor: Who decides.

    Returns:
        The run that goes on now; empty where the write belongs to none.

    Raises:
        NotFound: No parked write begins so. InputError: Several do.
    """
    return _decide(services, start, decisions.found_under(key, actor), actor)


def send_again(services: Services, start: str, *, actor: str) -> str:
    """Record what a person found: this parked write is not in Intacct, and may be sent anew.

    It goes out under the next control id when whoever asked for it asks again: its run by itself,
    a command under the same idempotency key, a sync when it is resumed.

    Returns:
        The run that goes on now; empty where the write belongs to none.

    Raises:
        NotFound: No parked write begins so. InputError: Several do.
    """
    return _decide(services, start, decisions.TO_BE_SENT, actor)


def _decide(services: Services, start: str, values: Mapping[str, Any], actor: str) -> str:
    def write(connection: sa.Connection) -> str:
        row = _parked(connection, start)
        decisions.note(connection, row, values, actor)
        is_run = sa.select(run.c.id).where(run.c.id == row.run_id)
        run_id = str(connection.execute(is_run).scalar() or "")
        if run_id:
            decisions.requeue(connection, run_id, actor)
        return run_id

    run_id = services.database.write(write)
    if run_id:
        services.bells.ring(ADVANCE_RUN, run_id, EFFECTS)
    return run_id


def _parked(connection: sa.Connection, start: str) -> sa.Row[Any]:
    if len(start) < FEWEST:
        raise InputError(f"Give at least {FEWEST} characters of the write's id.", field="write")
    begins = effect.c.op_key.startswith(start, autoescape=True)
    parked = sa.select(effect).where(begins, effect.c.state == EffectState.PARKED)
    rows = list(connection.execute(parked.limit(2)))
    if not rows:
        raise NotFound(
            f"No write that begins with {start} waits for a decision.",
            advice="'intacct effects list' names those that do.",
        )
    if len(rows) > 1:
        raise InputError(f"Several writes begin with {start}; give more of the id.", field="write")
    return rows[0]
