"""How an installation is doing, in figures: what Prometheus reads."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import sqlalchemy as sa

from connector.intacct.ports import EffectState
from connector.operations import issues, outbound
from connector.operations.condition import count_of, oldest_due
from connector.runtime import pulse, runs
from connector.runtime.approvals import PENDING
from connector.runtime.services import Services
from connector.store import clock
from connector.store.outbox import WAITING
from connector.store.tables import (
    approval,
    connection,
    effect,
    heartbeat,
    inbox,
    issue,
    outbound_delivery,
    run,
    usage,
)

_PREFIX = "intacct_connector_"
_UNFINISHED = (*runs.DUE, runs.RUNNING, runs.HELD, runs.PAUSED, runs.PARKED)


@dataclass(frozen=True)
class Metric:
    """One figure with its labels, as Prometheus counts."""

    name: str
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)


# What each figure says; the order of the text.
MEANINGS = {
    "up": "1 while the database answers.",
    "silent_seconds": "Since when a part has shown no sign of life; -1 for never.",
    "oldest_due_seconds": "For how long the oldest due run has waited.",
    "runs": "Runs that are not over, by state.",
    "writes_open": "Writes nobody can be sure of, by state.",
    "events_unrouted": "Events received that started nothing yet.",
    "issues_open": "Troubles that are not over.",
    "approvals_open": "Approvals that wait for a person.",
    "deliveries": "Outbound events, by state: waiting or given up.",
    "connections": "Connections, by state.",
    "api_calls_month": "Calls to a connection's API in this month (UTC).",
    "clock_skew_seconds": "How far this server's clock is ahead.",
    "disk_free_bytes": "What the disk of the data folder has left.",
}


def figures(services: Services) -> Iterator[Metric]:
    """Yield every figure.

    Raises:
        StoreUnavailable: The database does not answer.
    """
    yield from services.database.read(_figures)
    yield Metric("clock_skew_seconds", services.clock_guard.skew_ms() / 1000)
    yield Metric("disk_free_bytes", shutil.disk_usage(services.settings.data_dir).free)


def exposition(found: Iterator[Metric]) -> str:
    """Return figures as Prometheus reads them (text format 0.0.4)."""
    by_name: dict[str, list[Metric]] = {}
    for metric in found:
        by_name.setdefault(metric.name, []).append(metric)
    text = []
    for name, meaning in MEANINGS.items():
        if name not in by_name:
            continue
        text.append(f"# HELP {_PREFIX}{name} {meaning}")
        text.append(f"# TYPE {_PREFIX}{name} gauge")
        text.extend(_sample(metric) for metric in by_name[name])
    return "\n".join(text) + "\n"


def _sample(metric: Metric) -> str:
    labels = ",".join(f'{name}="{_escaped(text)}"' for name, text in metric.labels.items())
    shown = f"{{{labels}}}" if labels else ""
    return f"{_PREFIX}{metric.name}{shown} {metric.value:.10g}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _figures(database: sa.Connection) -> list[Metric]:
    now = clock.now_ms(database)
    heard = {row.name: int(row.at) for row in database.execute(sa.select(heartbeat))}
    found = [Metric("up", 1), Metric("oldest_due_seconds", oldest_due(database))]
    for part in pulse.PARTS:
        silent = (now - heard[part]) // 1000 if part in heard else -1
        found.append(Metric("silent_seconds", silent, {"part": part}))
    for state in _UNFINISHED:
        count = count_of(database, run, run.c.state == state)
        found.append(Metric("runs", count, {"state": state}))
    for one in (EffectState.SENDING, EffectState.UNCERTAIN, EffectState.PARKED):
        count = count_of(database, effect, effect.c.state == one)
        found.append(Metric("writes_open", count, {"state": one.value}))
    unrouted = count_of(database, inbox, inbox.c.state == "received")
    found.append(Metric("events_unrouted", unrouted))
    found.append(Metric("issues_open", count_of(database, issue, issue.c.state == issues.OPEN)))
    waiting = count_of(database, approval, approval.c.state == PENDING)
    found.append(Metric("approvals_open", waiting))
    for state in (WAITING, outbound.DEAD):
        count = count_of(database, outbound_delivery, outbound_delivery.c.state == state)
        found.append(Metric("deliveries", count, {"state": state}))
    return [*found, *_connection_figures(database, now)]


def _connection_figures(database: sa.Connection, now: int) -> list[Metric]:
    states = sa.select(connection.c.state, sa.func.count()).group_by(connection.c.state)
    month = datetime.fromtimestamp(now / 1000, UTC).strftime("%Y-%m")
    calls = (
        sa.select(connection.c.name, sa.func.sum(usage.c.calls))
        .join(usage, usage.c.connection_id == connection.c.id)
        .where(usage.c.month == month)
        .group_by(connection.c.name)
    )
    return [
        *(
            Metric("connections", count, {"state": state})
            for state, count in database.execute(states)
        ),
        *(
            Metric("api_calls_month", int(count), {"connection": name})
            for name, count in database.execute(calls)
        ),
    ]
