"""What is known about a connection beside its values: who uses it, what it cost, who waits."""

from __future__ import annotations

import calendar
import logging
from dataclasses import dataclass
from datetime import UTC, datetime

import redis
import sqlalchemy as sa

from connector.connections.store import ConnectionRow
from connector.errors import ConnectorError
from connector.runtime import workflows
from connector.runtime.limits import Limits
from connector.runtime.live_view import LiveView
from connector.runtime.meter import SIGN_INS
from connector.runtime.services import Services
from connector.store import clock
from connector.store.tables import usage

LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Usage:
    """The API calls of a month.

    Args:
        month: Such as ``2026-03``.
        calls: How many of each function, the most frequent first.
        transactions: Those that Sage counts.
        forecast: How many it will be at the end of the month if it goes on like this; None on
            the first day, which says too little.
    """

    month: str
    calls: tuple[tuple[str, int], ...]
    transactions: int
    forecast: int | None


def used_by(services: Services) -> dict[str, list[str]]:
    """Return the names of the published workflows that use each connection, by its name."""
    found: dict[str, list[str]] = {}
    for version in services.database.read(workflows.published):
        try:
            definition = version.definition
        except ConnectorError as error:
            LOG.warning("A published workflow cannot be read: %s", error.title)
            continue
        for name in definition.connections():
            found.setdefault(name, []).append(definition.name)
    return {name: sorted(users) for name, users in found.items()}


def usage_of(services: Services, row: ConnectionRow) -> Usage:
    """Return the calls of this month (UTC)."""

    def read(connection: sa.Connection) -> tuple[int, list[tuple[str, int]]]:
        now = clock.now_ms(connection)
        query = (
            sa.select(usage.c.kind, usage.c.calls)
            .where(usage.c.connection_id == row.id, usage.c.month == _month(now))
            .order_by(usage.c.calls.desc(), usage.c.kind)
        )
        return now, [(found.kind, found.calls) for found in connection.execute(query)]

    now, calls = services.database.read(read)
    counted = sum(count for function, count in calls if function not in SIGN_INS)
    return Usage(_month(now), tuple(calls), counted, forecast(counted, now))


def forecast(count: int, now: int) -> int | None:
    """Return what a month's count so far comes to by its end, None on its first day."""
    moment = datetime.fromtimestamp(now / 1000, UTC)
    days = calendar.monthrange(moment.year, moment.month)[1]
    gone = moment.day - 1 + (moment.hour * 60 + moment.minute) / (24 * 60)
    return None if gone < 1 else round(count * days / gone)


def limiter_of(services: Services, row: ConnectionRow) -> LiveView | None:
    """Return who holds the company's slots; None where nobody can say right now."""
    if services.leases is None:
        return None
    values = services.connections.open(row)
    try:
        return services.leases.live_view(values["companyId"], Limits.of(values, row.settings))
    except redis.RedisError:
        return None


def _month(now: int) -> str:
    return datetime.fromtimestamp(now / 1000, UTC).strftime("%Y-%m")
