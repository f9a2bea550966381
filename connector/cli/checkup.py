"""What can be wrong with an installation, each with the exact remedy; it changes no setting."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx
import redis
import sqlalchemy as sa

from connector.cli import embedded_redis, first_start
from connector.connections import rotate
from connector.connections.encrypt import SecretBox
from connector.errors import ConnectorError, SetupError
from connector.runtime import pulse, schema_drift
from connector.runtime.bells import Bells, make_broker
from connector.runtime.clock_skew import MOST_MS, ClockGuard, WallClock
from connector.runtime.redis_client import open_redis
from connector.runtime.services import Services
from connector.settings import Settings
from connector.store import migrations, tables
from connector.store.database import Database, file_of
from connector.store.json_text import from_json

LEAST_FREE_BYTES = 500_000_000
# SQLite's locks do not hold on disks that lie elsewhere.
REMOTE_KINDS = ("nfs", "cifs", "smb", "fuse.sshfs", "9p", "afs", "ceph", "glusterfs", "lustre")


@dataclass(frozen=True)
class Finding:
    """What one check found.

    Args:
        what: What was looked at.
        said: What was seen, or what is wrong.
        remedy: What to do; empty where all is well.
        is_well: Whether it is as it should be.
    """

    what: str
    said: str
    remedy: str = ""
    is_well: bool = True


def examine(settings: Settings) -> Iterator[Finding]:
    """Yield one finding after the other; a check that cannot be made says why."""
    yield from _guarded("data folder", lambda: _data_folder(settings))
    yield from _guarded("master key", lambda: _master_key(settings))
    yield from _guarded("broker", lambda: _broker(settings))
    yield from _ports(settings)
    path = file_of(settings.database_url)
    if path is not None and not path.exists():
        yield Finding("database", "there is none yet; 'intacct run' makes it")
        return
    with closing(Database(settings.database_url)) as database:
        current = list(_guarded("database", lambda: _database(database)))
        yield from current
        if not all(one.is_well for one in current):
            return
        yield from _guarded("passwords", lambda: _passwords(settings, database))
        yield from _guarded("clock", lambda: _clock(settings, database))
        yield from _connections(database)
        yield from _fields(settings, database)
        yield from _parts(settings, database)


def _guarded(what: str, check: Callable[[], Finding]) -> Iterator[Finding]:
    try:
        yield check()
    except ConnectorError as error:
        yield Finding(what, error.title, error.advice, is_well=False)


def _data_folder(settings: Settings) -> Finding:
    folder = settings.data_dir
    standing = (
        folder if folder.exists() else next(p for p in folder.absolute().parents if p.exists())
    )
    if not os.access(standing, os.W_OK | os.X_OK):
        raise SetupError(
            f"{standing} cannot be written.",
            advice="Let the account that runs this program own it, or set INTACCT_DATA_DIR.",
        )
    kind = _kind_of_disk(standing)
    if kind.startswith(REMOTE_KINDS) and file_of(settings.database_url) is not None:
        raise SetupError(
            f"{standing} lies on a shared disk ({kind}), where SQLite's locks do not hold.",
            advice="Set INTACCT_DATA_DIR to a local disk, or INTACCT_DATABASE_URL to PostgreSQL.",
        )
    free = shutil.disk_usage(standing).free
    if free < LEAST_FREE_BYTES:
        raise SetupError(
            f"The disk of {standing} has only {free // 1_000_000} MB left.",
            advice="Make room: a full disk stops webhooks and writes until there is some.",
        )
    return Finding("data folder", f"{folder} is on a local disk, {free // 1_000_000_000} GB free")


def _kind_of_disk(folder: Path) -> str:
    """Return the kind of file system, empty where the machine does not tell."""
    try:
        lines = Path("/proc/mounts").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    mounts = [line.split()[1:3] for line in lines]
    place = str(folder.resolve())
    holding = [
        (len(where), kind)
        for where, kind in mounts
        if place == where or place.startswith(where.rstrip("/") + "/")
    ]
    return max(holding, default=(0, ""))[1]


def _master_key(settings: Settings) -> Finding:
    is_file = not settings.master_key
    if is_file and not settings.master_key_file.exists() and not settings.data_dir.exists():
        return Finding("master key", "there is none yet; 'intacct run' makes it")
    count = len(settings.master_keys())
    where = str(settings.master_key_file) if is_file else "INTACCT_MASTER_KEY"
    return Finding("master key", f"{where} holds {count}, out of reach of other accounts")


def _broker(settings: Settings) -> Finding:
    if not settings.redis_url:
        return Finding("broker", f"none is set; 'intacct run' starts {embedded_redis.binary()}")
    server = open_redis(settings.redis_url)
    try:
        server.ping()
    except redis.RedisError as error:
        raise SetupError(
            "The broker at INTACCT_REDIS_URL does not answer.",
            advice="Check that it runs and takes the password; events are kept meanwhile.",
        ) from error
    try:
        policy = server.config_get("maxmemory-policy").get("maxmemory-policy", "")
    except redis.RedisError:
        return Finding("broker", "answers, and does not tell its settings: check 'noeviction'")
    if policy != "noeviction":
        raise SetupError(
            f"The broker throws messages away when it is full ({policy}).",
            advice="Run: redis-cli CONFIG SET maxmemory-policy noeviction, and write it into its "
            "configuration file, too.",
        )
    return Finding("broker", "answers and keeps what it was given")


def _ports(settings: Settings) -> Iterator[Finding]:
    def check(address: tuple[str, int], what: str, variable: str, path: str) -> Finding:
        try:
            first_start.check_port(address, what, variable)
        except SetupError:
            if not _is_ours(f"http://{address[0]}:{address[1]}{path}"):
                raise
            return Finding("port", f"{address[1]} is the {what}'s, which runs")
        return Finding("port", f"{address[1]} is free for the {what}")

    web = (settings.web_address, "web server", "INTACCT_WEB_ADDRESS", "/health")
    sandbox = (settings.sandbox_address, "sandbox", "INTACCT_SANDBOX_ADDRESS", "/_sandbox/health")
    for one in (web, sandbox):
        yield from _guarded("port", partial(check, *one))


def _is_ours(url: str) -> bool:
    try:
        return "status" in httpx.get(url, timeout=5.0, trust_env=False).json()
    except (httpx.HTTPError, ValueError):
        return False


def _database(database: Database) -> Finding:
    if not database.read(migrations.is_current):
        raise SetupError(
            "The tables are not those of this version of the program.",
            advice="End every process, then run: intacct db upgrade",
        )
    return Finding("database", "answers, and its tables are up to date")


def _passwords(settings: Settings, database: Database) -> Finding:
    left = rotate.unopened(database, SecretBox(settings.master_keys()))
    if left:
        raise SetupError(
            f"The master key does not open {left} of the stored passwords.",
            advice="Add the key that was in use when they were saved as the last one.",
        )
    return Finding("passwords", "all open with the master key")


def _clock(settings: Settings, database: Database) -> Finding:
    wall = WallClock(settings.clock_offset_seconds)
    server = open_redis(settings.redis_url) if settings.redis_url else None
    skew = ClockGuard("doctor", wall, database, server).skew_ms()
    if abs(skew) > MOST_MS:
        raise SetupError(
            f"This machine's clock is off by {skew / 1000:.1f} seconds.",
            advice="Run: timedatectl set-ntp true. Until the clock is right no work is taken.",
        )
    return Finding("clock", "agrees with the servers'")


def _connections(database: Database) -> Iterator[Finding]:
    found = sa.select(tables.connection).order_by(tables.connection.c.name)
    for row in database.read(lambda c: list(c.execute(found))):
        if row.state == "ready":
            yield Finding("connection", f"{row.name} is ready")
            continue
        problem = from_json(row.problem) if row.problem else {}
        said = f"{row.name}: {problem.get('title', 'needs attention')}"
        remedy = f"{problem.get('advice', '')} Then run: intacct connections test {row.name}"
        yield Finding("connection", said, remedy.strip(), is_well=False)


def _fields(settings: Settings, database: Database) -> Iterator[Finding]:
    app = make_broker(settings.redis_url or "memory://", settings.sweep_seconds)
    try:
        box = SecretBox(settings.master_keys())
    except SetupError:  # told by the key's own line
        return
    yield from fields_in_use(Services(settings, database, box, Bells(app)))


def fields_in_use(services: Services) -> Iterator[Finding]:
    """Yield what companies no longer take of what published workflows fill in."""
    try:
        found = list(schema_drift.examine(services, fresh=False))
    except redis.RedisError:  # told by the broker's own line
        yield Finding("fields", "cannot be looked at without the broker")
        return
    for one in found:
        said = f"{one.workflow}, step {one.step}, {one.field}: {one.title}"
        # That a company cannot be reached is told by its connection.
        yield Finding("fields", said, one.advice, is_well=one.is_passing)
    if not found:
        yield Finding("fields", "published workflows use nothing that their companies lack")


def _parts(settings: Settings, database: Database) -> Iterator[Finding]:
    limit = pulse.limit_ms(settings)
    missed = database.read(lambda c: pulse.silences(c, limit))
    if len(missed) == len(pulse.PARTS):
        yield Finding("processes", "none runs at the moment; 'intacct run' starts all")
        return
    for one in missed:
        yield Finding("processes", one.sentence, f"Run: {pulse.COMMANDS[one.part]}", is_well=False)
    if not missed:
        yield Finding("processes", "all have shown a sign of life")
