"""API transactions by connection, workflow and month: used, forecast, and what they cost.

Sage bills every record written and every page read, however many travel in one request (xml-api
6), so batches save time and no money. Tiers and price: rest-api 5, acceptance E18 and E19.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

import sqlalchemy as sa

from connector.runtime.meter import SIGN_INS
from connector.store import clock
from connector.store.tables import connection as connections
from connector.store.tables import run, usage, workflow

TIERS: Mapping[int, int] = {1: 100_000, 2: 250_000, 3: 1_000_000, 4: 2_500_000}
PACK = 10
PACK_PRICE = Decimal("0.15")  # US dollars


@dataclass(frozen=True)
class Line:
    """What one connection or workflow used in one month.

    Args:
        name: Whose.
        month: ``YYYY-MM``.
        transactions: As Sage counts them; signing in is none.
        by_function: Calls by wire function; empty for workflows.
    """

    name: str
    month: str
    transactions: int
    by_function: Mapping[str, int]


def cost(transactions: int, used: int = 0, included: int = TIERS[1]) -> Decimal:
    """Return what some more transactions cost, in US dollars.

    Args:
        transactions: Those to come.
        used: Those the month has seen.
        included: What the tier includes in a month.
    """
    before = max(0, used - included)
    after = max(0, used + transactions - included)
    packs = -(-after // PACK) - -(-before // PACK)
    return packs * PACK_PRICE


def this_month(connection: sa.Connection) -> tuple[str, float]:
    """Return the month of the database's clock, and how much of it has passed, 0 to 1."""
    now = datetime.fromtimestamp(clock.now_ms(connection) / 1000, UTC)
    days = calendar.monthrange(now.year, now.month)[1]
    passed = (now.day - 1 + (now.hour * 60 + now.minute) / 1440) / days
    return now.strftime("%Y-%m"), passed


def forecast(transactions: int, passed: float) -> int:
    """Return what a month will come to if it goes on like this; as it is in its first hours."""
    if passed < 1 / 31 / 4:
        return transactions
    return round(transactions / passed)


def by_connection(connection: sa.Connection, month: str) -> list[Line]:
    """Return what each connection used in a month; one that was deleted shows by its id."""
    rows = connection.execute(
        sa.select(usage.c.connection_id, connections.c.name, usage.c.kind, usage.c.calls)
        .join_from(usage, connections, usage.c.connection_id == connections.c.id, isouter=True)
        .where(usage.c.month == month)
        .order_by(usage.c.connection_id, usage.c.kind)
    )
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        found.setdefault(row.name or row.connection_id, {})[row.kind] = int(row.calls)
    return [
        Line(name, month, sum(n for kind, n in kinds.items() if kind not in SIGN_INS), kinds)
        for name, kinds in sorted(found.items())
    ]


def by_workflow(connection: sa.Connection, month: str) -> list[Line]:
    """Return what the runs of each workflow that began in a month used."""
    begin = datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC)
    days = calendar.monthrange(begin.year, begin.month)[1]
    since_ms = int(begin.timestamp() * 1000)
    until_ms = since_ms + days * 86_400_000
    rows = connection.execute(
        sa.select(workflow.c.name, sa.func.sum(run.c.api_transactions).label("total"))
        .join_from(run, workflow, run.c.workflow_id == workflow.c.id)
        .where(run.c.created_at >= since_ms, run.c.created_at < until_ms)
        .group_by(workflow.c.name)
        .order_by(workflow.c.name)
    )
    return [Line(row.name, month, int(row.total or 0), {}) for row in rows]


def by_month(connection: sa.Connection, most: int) -> list[tuple[str, int]]:
    """Return the newest months that have seen calls, oldest first, with all transactions."""
    rows = connection.execute(
        sa.select(usage.c.month, sa.func.sum(usage.c.calls).label("total"))
        .where(usage.c.kind.not_in(SIGN_INS))
        .group_by(usage.c.month)
        .order_by(usage.c.month.desc())
        .limit(most)
    )
    return [(row.month, int(row.total)) for row in rows][::-1]
