"""Makes runs due before their time, because what they wait for has come."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import sqlalchemy as sa

from connector.runtime.runs import UNCERTAIN, WAITING
from connector.store import clock
from connector.store.database import Database
from connector.store.tables import run

_AT_ONCE = 500  # rows changed in one transaction: nobody else should wait long for it


def make_due(database: Database, run_ids: Sequence[str]) -> None:
    """Make those of the runs due that wait, the first one longest ago, so that they keep order."""
    for start in range(0, len(run_ids), _AT_ONCE):
        part = run_ids[start : start + _AT_ONCE]
        before = len(run_ids) - start
        database.write(partial(_make_due, run_ids=part, before_ms=before))


def _make_due(connection: sa.Connection, run_ids: Sequence[str], before_ms: int) -> None:
    first = clock.now_ms(connection) - before_ms
    connection.execute(
        run.update()
        .where(run.c.id == sa.bindparam("woken"), run.c.state == WAITING)
        .values(not_before=sa.bindparam("due")),
        [{"woken": run_id, "due": first + place} for place, run_id in enumerate(run_ids)],
    )


def make_settled_due(connection: sa.Connection, run_id: str | None) -> None:
    """Make the run of a write due whose outcome is known now, in the verdict's own transaction.

    A worker that dies right after the verdict leaves nothing to be remembered by another.
    """
    if run_id is not None:
        connection.execute(
            run.update()
            .where(run.c.id == run_id, run.c.state.in_((UNCERTAIN, WAITING)))
            .values(not_before=clock.now_ms(connection))
        )
