"""Signs of life: every part of an installation writes down that it lives, and misses the others.

A part that has been silent for eight sweeps (two minutes) is missed: `/health` turns red and
whoever lives says so in its log. Nothing else depends on a pulse; work is handed on by leases.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from connector.settings import Settings
from connector.store import clock
from connector.store.database import Database
from connector.store.insert import insert_once
from connector.store.tables import heartbeat

LOG = logging.getLogger(__name__)

WEB = "web"
WORKER = "worker"
QUARANTINE = "quarantine"
BEAT = "beat"
SWEEPER = "sweeper"
# What each part is for, in the words of an alert.
PARTS = {
    WEB: "webhooks are not taken",
    WORKER: "workflows stand still",
    QUARANTINE: "runs that lost their worker stand still",
    BEAT: "nobody looks for work whose message was lost",
    SWEEPER: "work whose message was lost stays lying",
}
# The sweeper lives in a worker: its sign proves that beat, broker and worker reach each other.
COMMANDS = {
    WEB: "intacct web",
    WORKER: "intacct worker",
    QUARANTINE: "intacct worker --queue quarantine",
    BEAT: "intacct beat",
    SWEEPER: "intacct beat",
}
SWEEPS = 8


@dataclass(frozen=True)
class Silence:
    """A part that is missed.

    Args:
        part: Which.
        seconds: How long it has been silent; None when it was never heard.
    """

    part: str
    seconds: int | None

    @property
    def sentence(self) -> str:
        """Say what is missed, what that means and what to do."""
        said = (
            "has never shown a sign of life"
            if self.seconds is None
            else f"has shown no sign of life for {self.seconds} s"
        )
        return (
            f"The {self.part} {said}: {PARTS[self.part]}. "
            f"See that '{COMMANDS[self.part]}' runs, and read its log."
        )


def limit_ms(settings: Settings) -> int:
    """Return how long a part may be silent."""
    return int(settings.sweep_seconds * SWEEPS * 1000)


def beat(connection: sa.Connection, part: str) -> None:
    """Write down that the part lives."""
    now = clock.now_column(connection)
    changed = connection.execute(heartbeat.update().where(heartbeat.c.name == part).values(at=now))
    if changed.rowcount == 0:
        insert_once(connection, heartbeat, {"name": part, "at": clock.now_ms(connection)})


def silences(connection: sa.Connection, limit: int, since: int = 0) -> list[Silence]:
    """Return the parts that are missed.

    Args:
        limit: How long a part may be silent, in milliseconds.
        since: When whoever asks began to listen; what was silent before it is not held against
            a part that has yet to start.
    """
    now = clock.now_ms(connection)
    rows = connection.execute(sa.select(heartbeat.c.name, heartbeat.c.at))
    heard = {row.name: int(row.at) for row in rows}
    return [
        Silence(part, (now - heard[part]) // 1000 if part in heard else None)
        for part in PARTS
        if now - max(heard.get(part, 0), since) > limit
    ]


class Pulse:
    """Writes one part's sign of life, and tells the log when another one is missed.

    Args:
        database: Where the signs are kept.
        part: Whose.
        settings: How often, and after how long another part is missed.
    """

    def __init__(self, database: Database, part: str, settings: Settings) -> None:
        self._database = database
        self._part = part
        self._pause = settings.sweep_seconds
        self._limit = limit_ms(settings)
        self._since: int | None = None
        self._missed: set[str] = set()

    def start(self) -> None:
        """Go on until the process ends, from a thread of its own."""
        threading.Thread(target=self._beat, name="pulse", daemon=True).start()

    def _beat(self) -> None:
        pause = threading.Event()
        while True:
            try:
                self.once()
            except Exception as error:  # noqa: BLE001 - the database may be away; then the next
                LOG.warning("The sign of life of %s was not kept: %s", self._part, error)
            pause.wait(self._pause)

    def once(self) -> None:
        """Write the sign once, and look who is missed."""
        self._database.write(lambda connection: beat(connection, self._part))
        if self._since is None:
            self._since = self._database.read(clock.now_ms)
        since = self._since
        self._alert(self._database.read(lambda c: silences(c, self._limit, since)))

    def _alert(self, found: Iterable[Silence]) -> None:
        missed = {one.part: one for one in found}
        for part in missed.keys() - self._missed:
            LOG.error(missed[part].sentence)
        for part in self._missed - missed.keys():
            LOG.warning("The %s is back.", part)
        self._missed = set(missed)
