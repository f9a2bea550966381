"""Runs: claimed by one worker at a time, and every word they write carries their epoch."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import sqlalchemy as sa

from connector.store import clock
from connector.store.database import Database
from connector.store.json_text import from_json, to_json
from connector.store.tables import run, step

LOG = logging.getLogger(__name__)

QUEUED = "queued"
RUNNING = "running"
WAITING = "waiting"
UNCERTAIN = "uncertain"
SUCCEEDED = "succeeded"
FAILED = "failed"
PARKED = "parked"
SKIPPED = "skipped"
DUPLICATE = "duplicate"

TRIGGER_PATH = "(trigger)"  # no step can have this id

DUE = (QUEUED, WAITING, UNCERTAIN)
MOST_DEATHS = 3


class LostRun(Exception):
    """Another worker has claimed this run since; what this one does no longer counts."""


@dataclass(frozen=True)
class Claim:
    """A run in the hands of one worker.

    Args:
        run_id: The run.
        epoch: Raised by every claim; a write with an older one changes nothing.
        row: The run as it was claimed.
    """

    run_id: str
    epoch: int
    row: sa.Row[Any]

    @property
    def input(self) -> Any:
        """What the trigger brought, or None before it was fetched."""
        return from_json(self.row.input) if self.row.input else None


def claim(database: Database, run_id: str, owner: str, lease_ms: int) -> Claim | None:
    """Take a due run, or one whose worker went silent; None when it is not to be had.

    The claim counts as an attempt before any work is done, so that a run which kills its worker
    is parked after three deaths.
    """

    def take(connection: sa.Connection) -> Claim | None:
        now = clock.now_ms(connection)
        due = run.c.state.in_(DUE) & (run.c.not_before <= now)
        abandoned = (run.c.state == RUNNING) & (run.c.lease_until < now)
        row = connection.execute(
            sa.select(run).where(run.c.id == run_id, due | abandoned)
        ).one_or_none()
        if row is None:
            return None
        changed = connection.execute(
            run.update()
            .where(run.c.id == run_id, run.c.epoch == row.epoch, run.c.state == row.state)
            .values(
                state=RUNNING,
                epoch=row.epoch + 1,
                owner=owner,
                lease_until=now + lease_ms,
                attempts=row.attempts + 1,
                started_at=row.started_at or now,
            )
        )
        if changed.rowcount != 1:
            return None
        return Claim(run_id, row.epoch + 1, row)

    return database.write(take)


def write(database: Database, claim_: Claim, values: Mapping[str, Any]) -> None:
    """Change the claimed run.

    Raises:
        LostRun: Somebody else claimed it in the meantime; nothing was changed.
    """
    database.write(lambda connection: write_in(connection, claim_, values))


def check(connection: sa.Connection, claim_: Claim) -> None:
    """Make sure that the claim still holds, until the caller's transaction ends.

    Raises:
        LostRun: Somebody else claimed the run in the meantime.
    """
    write_in(connection, claim_, {"epoch": claim_.epoch})


def write_in(connection: sa.Connection, claim_: Claim, values: Mapping[str, Any]) -> None:
    """Change the claimed run inside the caller's transaction; see ``write``."""
    changed = connection.execute(
        run.update()
        .where(run.c.id == claim_.run_id, run.c.epoch == claim_.epoch, run.c.state == RUNNING)
        .values(**values)
    )
    if changed.rowcount != 1:
        raise LostRun(claim_.run_id)


def finish(
    connection: sa.Connection,
    claim_: Claim,
    state: str,
    *,
    wait_ms: int = 0,
    output: Any = None,
    error: Mapping[str, Any] | None = None,
    duplicate_of: str | None = None,
) -> None:
    """End this attempt: with a final state, or with the time of the next one."""
    now = clock.now_ms(connection)
    is_final = state not in DUE
    write_in(
        connection,
        claim_,
        {
            "state": state,
            "owner": None,
            "lease_until": None,
            "attempts": 0,  # this attempt had an outcome; only deaths add up
            "not_before": now + wait_ms,
            "output": None if output is None else to_json(output),
            "error": None if error is None else to_json(dict(error)),
            "duplicate_of": duplicate_of,
            "finished_at": now if is_final else None,
        },
    )


def steps_of(connection: sa.Connection, run_id: str) -> dict[str, sa.Row[Any]]:
    """Return the run's steps by path."""
    rows = connection.execute(sa.select(step).where(step.c.run_id == run_id))
    return {row.path: row for row in rows}


class Heartbeats:
    """Keeps the leases of a process's runs alive from one thread.

    Args:
        lease_ms: How long a lease lasts; it is renewed four times in that time.
    """

    def __init__(self, database: Database, lease_ms: int) -> None:
        self._database = database
        self._lease_ms = lease_ms
        self._lock = threading.Lock()
        self._held: dict[str, int] = {}
        self._thread: threading.Thread | None = None

    @contextmanager
    def keeping(self, claim_: Claim) -> Iterator[None]:
        """Renew the claim's lease while the block runs."""
        with self._lock:
            self._held[claim_.run_id] = claim_.epoch
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._beat, name="heartbeats", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            with self._lock:
                # The same run may have been claimed anew by another thread of this process.
                if self._held.get(claim_.run_id) == claim_.epoch:
                    del self._held[claim_.run_id]

    def _beat(self) -> None:
        pause = threading.Event()
        while not pause.wait(self._lease_ms / 4000):
            with self._lock:
                held = dict(self._held)
            if not held:
                continue
            try:
                self._database.write(partial(self._renew, held))
            except Exception as error:  # noqa: BLE001 - the next beat may still come in time
                LOG.warning("The leases of %d runs were not renewed: %s", len(held), error)

    def _renew(self, held: Mapping[str, int], connection: sa.Connection) -> None:
        until = clock.now_ms(connection) + self._lease_ms
        for run_id, epoch in held.items():
            connection.execute(
                run.update()
                .where(run.c.id == run_id, run.c.epoch == epoch, run.c.state == RUNNING)
                .values(lease_until=until)
            )
