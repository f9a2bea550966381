"""Pausing and resuming workflows by name, for people."""

from __future__ import annotations

import sqlalchemy as sa

from connector.errors import InputError, NotFound
from connector.operations import gathering
from connector.runtime import pauses
from connector.runtime.bells import ADVANCE_RUN, EFFECTS
from connector.runtime.services import MOST_RUNG, Services
from connector.store.tables import workflow

BY_HAND = "It was paused by hand."


def pause(services: Services, name: str, *, actor: str, why: str = "") -> None:
    """Let no run of a workflow go on until somebody resumes it; its events are kept.

    Raises:
        NotFound: There is no such workflow.
        InputError: It is paused already.
    """

    def write(connection: sa.Connection) -> None:
        workflow_id, reason = _named(connection, name)
        if not pauses.pause(connection, workflow_id, why.strip() or BY_HAND, actor=actor):
            raise InputError(f"The workflow {name} is paused already: {reason}", field="workflow")

    services.database.write(write)


def resume(services: Services, name: str, *, actor: str) -> int:
    """Let a workflow go on, its oldest runs first; return how many waited.

    Raises:
        NotFound: There is no such workflow.
        InputError: It is not paused.
    """

    def write(connection: sa.Connection) -> None:
        workflow_id, _ = _named(connection, name)
        if not pauses.resume(connection, workflow_id, actor=actor):
            raise InputError(f"The workflow {name} is not paused.", field="workflow")

    services.database.write(write)
    woken = pauses.release(services.database)
    for run_id in woken[:MOST_RUNG]:
        services.bells.ring(ADVANCE_RUN, run_id, EFFECTS)
    gathering.settle(services.database)
    return len(woken)


def _named(connection: sa.Connection, name: str) -> tuple[str, str]:
    found = sa.select(workflow.c.id, workflow.c.pause_reason).where(workflow.c.name == name)
    row = connection.execute(found).one_or_none()
    if row is None:
        raise NotFound(f"There is no workflow named {name}.", field="workflow")
    return str(row.id), str(row.pause_reason)
