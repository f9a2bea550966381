"""How an installation is doing, in words: one line for each part."""

from __future__ import annotations

import platform
import shutil
from dataclasses import dataclass
from importlib import metadata
from typing import Any

import redis
import sqlalchemy as sa

from connector.intacct.ports import EffectState
from connector.runtime import clock_skew, pulse, reconcile_first, runs
from connector.runtime.services import Services
from connector.store import clock, migrations
from connector.store.tables import (
    connection,
    effect,
    run,
)

PROGRAM = "sage-intacct-connector"
LEAST_FREE_BYTES = 500_000_000
LATE_SECONDS = 120


@dataclass(frozen=True)
class Line:
    """One thing that was looked at.

    Args:
        what: Its name.
        said: What was seen.
        remedy: What to do; empty where it is as it should be.
    """

    what: str
    said: str
    remedy: str = ""

    @property
    def is_well(self) -> bool:
        """Whether there is nothing to do."""
        return not self.remedy


def lines(services: Services) -> list[Line]:
    """Return one line for each part, those for the database first.

    Raises:
        StoreUnavailable: The database does not answer.
    """
    limit = pulse.limit_ms(services.settings)
    return [
        *services.database.read(_database_lines),
        _broker_line(services),
        *services.database.read(lambda c: _parts(c, limit)),
        *services.database.read(_work_lines),
        _clock_line(services),
        _disk_line(services),
    ]


def versions(services: Services) -> list[tuple[str, str]]:
    """Return the names and versions of what the installation is made of."""
    found = [("This program", program_version()), ("Python", platform.python_version())]
    found.append(services.database.read(_database_version))
    found.append(("Broker", _broker_version(services.redis)))
    return found


def program_version() -> str:
    """Return the version of this program."""
    return metadata.version(PROGRAM)


def _database_lines(database: sa.Connection) -> list[Line]:
    found = [Line("Database", "answers")]
    if not migrations.is_current(database):
        said = "its tables are not those of this version of the program"
        found = [Line("Database", said, "End every process, then run: intacct db upgrade")]
    if reconcile_first.moment(database)[1] is not None:
        said = "every write is looked up in Intacct before it is first sent"
        found.append(Line("Restored backup", said))
    return found


def _broker_line(services: Services) -> Line:
    if services.redis is None:
        return Line("Broker", "none is set for this process")
    try:
        services.redis.ping()
    except redis.RedisError:
        remedy = "Check that it runs. Events are kept meanwhile, and work goes on more slowly."
        return Line("Broker", "does not answer", remedy)
    return Line("Broker", "answers")


def _parts(database: sa.Connection, limit: int) -> list[Line]:
    missed = {one.part: one for one in pulse.silences(database, limit)}
    found = []
    for part in pulse.PARTS:
        if part in missed:
            remedy = f"See that '{pulse.COMMANDS[part]}' runs, and read its log."
            said = missed[part].sentence.partition(". ")[0].removeprefix(f"The {part} ")
            found.append(Line(part.capitalize(), said, remedy))
        else:
            found.append(Line(part.capitalize(), "has shown a sign of life lately"))
    return found


def _work_lines(database: sa.Connection) -> list[Line]:
    late = oldest_due(database)
    found = [Line("Due work", "nothing waits longer than it should")]
    if late > LATE_SECONDS:
        said = f"the oldest due run has waited for {late} seconds"
        remedy = "Start more workers, or see in their log why they take nothing."
        found = [Line("Due work", said, remedy)]
    uncertain = count_of(database, effect, effect.c.state == EffectState.UNCERTAIN)
    said = f"{uncertain} being looked up in Intacct" if uncertain else "none is uncertain"
    found.append(Line("Writes", said))
    parked = count_of(database, effect, effect.c.state == EffectState.PARKED)
    if parked:
        remedy = "Open them under Today, and say what became of them."
        found.append(Line("Decisions", f"{parked} writes wait for a person", remedy))
    query = sa.select(connection.c.name).where(connection.c.state != "ready")
    for name in database.execute(query.order_by(connection.c.name)).scalars():
        found.append(Line("Connection", f"{name} does not work", "Open it and test it."))
    return found


def _clock_line(services: Services) -> Line:
    skew = services.clock_guard.skew_ms() / 1000
    wrong = clock_skew.wrong_clocks(services.redis)
    if abs(skew) * 1000 <= clock_skew.MOST_MS and not wrong:
        return Line("Clock", "agrees with the servers'")
    named = ", ".join(f"{owner} by {ahead:.1f} s" for owner, ahead in wrong.items())
    said = f"off: {named}" if named else f"off by {skew:.1f} seconds"
    return Line("Clock", said, "Run on that machine: timedatectl set-ntp true")


def _disk_line(services: Services) -> Line:
    free = shutil.disk_usage(services.settings.data_dir).free
    said = f"{free / 1e9:.1f} GB free where the data folder is"
    if free >= LEAST_FREE_BYTES:
        return Line("Disk", said)
    return Line("Disk", said, "Make room: a full disk stops webhooks and writes.")


def oldest_due(database: sa.Connection) -> int:
    """Return for how many seconds the oldest due run has waited."""
    now = clock.now_ms(database)
    is_due = (run.c.state.in_(runs.DUE), run.c.not_before <= now)
    oldest = database.execute(sa.select(sa.func.min(run.c.not_before)).where(*is_due)).scalar_one()
    return 0 if oldest is None else int(now - oldest) // 1000


def count_of(database: sa.Connection, table: sa.Table, condition: Any) -> int:
    """Return how many rows of a table are like this."""
    query = sa.select(sa.func.count()).select_from(table).where(condition)
    return int(database.execute(query).scalar_one())


def _database_version(database: sa.Connection) -> tuple[str, str]:
    if database.dialect.name == "postgresql":
        said = str(database.execute(sa.text("SHOW server_version")).scalar_one())
        return "PostgreSQL", said
    return "SQLite", str(database.execute(sa.text("SELECT sqlite_version()")).scalar_one())


def _broker_version(server: redis.Redis | None) -> str:
    if server is None:
        return "none"
    try:
        found: Any = server.info("server")
    except redis.RedisError:
        return "does not answer"
    name = "valkey_version" if "valkey_version" in found else "redis_version"
    return f"{name.partition('_')[0].capitalize()} {found.get(name, '')}".strip()
