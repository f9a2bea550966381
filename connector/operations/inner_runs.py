"""The runs inside one step of a run, page by page: a loop may have ten thousand."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from connector.runtime import history
from connector.runtime.history import RunLine
from connector.store.tables import run


@dataclass(frozen=True)
class Items:
    """Some of the runs of a step, in their order.

    Args:
        lines: The runs.
        next: The place to go on from; None where these are the last ones.
    """

    lines: tuple[RunLine, ...]
    next: int | None = None


def items(
    connection: sa.Connection,
    run_id: str,
    block: str,
    *,
    state: str = "",
    after: int = -1,
    limit: int = 100,
) -> Items:
    """Return the runs inside a step.

    Args:
        connection: To read with.
        run_id: The run around them.
        block: The step.
        state: Only those in this state.
        after: The ``next`` of the page before.
        limit: At most so many.
    """
    place = sa.func.coalesce(run.c.item_number, 0)
    mine = (run.c.parent_id == run_id) & (run.c.block == block) & (place > after)
    if state:
        mine &= run.c.state == state
    rows = list(connection.execute(history.listed().where(mine).order_by(place).limit(limit + 1)))
    lines = tuple(history.line(row) for row in rows[:limit])
    if len(rows) <= limit:
        return Items(lines)
    return Items(lines, rows[limit - 1].item_number or 0)
