"""Runs: claimed by one worker at a time, and every word they write carries their epoch."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

import sqlalchemy as sa

from connector.intacct.ports import EffectState
from connector.store import clock
from connector.store.database import Database
from connector.store.json_text import from_json, to_json
from connector.store.problems import StoreUnavailable
from connector.store.tables import effect, inbox, run, step, workflow

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
CANCELLED = "cancelled"
PARTIAL = "partial"  # it went through, past failures that its workflow allows for
HELD = "held"  # inside a loop, until another item has ended
PAUSED = "paused"  # with its workflow, until that is resumed

# What only steps can be:
PASSED = "passed"  # it failed, and the run went on
BRANCHING = "branching"  # it failed, and the steps of its branch are under way

TRIGGER_PATH = "(trigger)"  # no step can have this id

DUE = (QUEUED, WAITING, UNCERTAIN)
TROUBLED = (FAILED, PARKED, UNCERTAIN)  # people are told of these as issues
MOST_DEATHS = 3

# How soon a run is tried again that stopped because the database did not take its words.
OUTAGE_WAIT_MS = 2_000
_OUTAGE: Mapping[str, Any] = {
    "title": "The database could not keep what happened, so the run waits.",
    "advice": "It goes on by itself; what was sent to Intacct is looked up and not repeated.",
}

_PAUSED_AT = sa.select(workflow.c.paused_at).where(workflow.c.id == run.c.workflow_id)
# Built once, since every run passes here and building one takes longer than running it. What else
# changes is given with the parameters.
_CLAIM = (
    run.update()
    .where(
        run.c.id == sa.bindparam("of_run"),
        (run.c.state.in_(DUE) & (run.c.not_before <= clock.NOW))
        | ((run.c.state == RUNNING) & (run.c.lease_until < clock.NOW)),
    )
    .values(
        state=RUNNING,
        epoch=run.c.epoch + 1,
        attempts=run.c.attempts + 1,
        lease_until=clock.NOW + sa.bindparam("lease_ms", type_=sa.BigInteger),
        started_at=sa.func.coalesce(run.c.started_at, clock.NOW),
    )
    .returning(run, _PAUSED_AT.scalar_subquery().label("paused_at"))
)
_MINE = run.update().where(
    run.c.id == sa.bindparam("of_run"),
    run.c.epoch == sa.bindparam("of_epoch"),
    run.c.state == RUNNING,
)
_KEEP = _MINE.values(
    api_transactions=run.c.api_transactions + sa.bindparam("used", type_=sa.Integer)
)
_PAUSE = _MINE.values(
    not_before=clock.NOW + sa.bindparam("wait_ms", type_=sa.BigInteger),
    finished_at=sa.null(),
)
_END = _PAUSE.values(finished_at=clock.NOW)
_EVENT = sa.select(inbox).where(
    inbox.c.id
    == sa.select(run.c.inbox_id).where(run.c.id == sa.bindparam("first")).scalar_subquery()
)
_CANCELLED = sa.select(run.c.cancelled_by).where(run.c.id == sa.bindparam("of_run"))
_STEPS = sa.select(step).where(step.c.run_id == sa.bindparam("of_run"))


class LostRun(Exception):
    """Another worker has claimed this run since; what this one does no longer counts."""


@dataclass(frozen=True)
class Claim:
    """A run in the hands of one worker.

    Args:
        run_id: The run.
        epoch: Raised by every claim; a write with an older one changes nothing.
        row: The run as the claim left it, and since when its workflow is paused.
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
    given = {"of_run": run_id, "owner": owner, "lease_ms": lease_ms}

    def take(connection: sa.Connection) -> Claim | None:
        row = connection.execute(_CLAIM, given).one_or_none()
        return None if row is None else Claim(run_id, row.epoch, row)

    return database.write(take)


def check(connection: sa.Connection, claim_: Claim, *, used: int = 0, **values: Any) -> None:
    """Make sure that the claim still holds, until the caller's transaction ends.

    Args:
        connection: In the caller's transaction.
        claim_: The claim.
        used: How many API transactions the run has used beside those it knows of.
        values: What else to change about the run.

    Raises:
        LostRun: Somebody else claimed the run in the meantime.
    """
    _execute(connection, claim_, _KEEP, {"used": used, **values})


def _execute(
    connection: sa.Connection, claim_: Claim, statement: sa.Update, values: Mapping[str, Any]
) -> None:
    given = {"of_run": claim_.run_id, "of_epoch": claim_.epoch, **values}
    if connection.execute(statement, given).rowcount != 1:
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
    if state == UNCERTAIN and not has_unsettled(connection, claim_.run_id):
        wait_ms = 0  # settled while this attempt was ending: nobody will wake the run any more
    values = {
        "state": state,
        "owner": None,
        "lease_until": None,
        "attempts": 0,  # this attempt had an outcome; only deaths add up
        "wait_ms": wait_ms,
        "output": None if output is None else to_json(output),
        "error": None if error is None else to_json(dict(error)),
        "duplicate_of": duplicate_of,
        "trouble": 1 if state in TROUBLED else None,
    }
    _execute(connection, claim_, _PAUSE if state in (*DUE, PAUSED) else _END, values)


def has_unsettled(connection: sa.Connection, run_id: str) -> bool:
    """Say whether the outcome of one of the run's writes is not known yet."""
    states = (EffectState.SENDING, EffectState.UNCERTAIN)
    found = sa.select(effect.c.op_key).where(effect.c.run_id == run_id, effect.c.state.in_(states))
    return connection.execute(found.limit(1)).first() is not None


def cancelled_by(connection: sa.Connection, run_id: str) -> str | None:
    """Return who asked for the end of a run, if anybody did."""
    return cast("str | None", connection.execute(_CANCELLED, {"of_run": run_id}).scalar_one())


def give_back(connection: sa.Connection, claims: Mapping[str, int], wait_ms: int) -> None:
    """Return runs whose worker lives and could not write: no death, and no outcome either.

    Args:
        claims: The epochs of the claims by run; a run that was claimed anew stays as it is.
        wait_ms: When they are tried again.
    """
    now = clock.now_ms(connection)
    values = {
        "state": WAITING,
        "owner": None,
        "lease_until": None,
        "attempts": run.c.attempts - 1,
        "not_before": now + wait_ms,
        "error": to_json(_OUTAGE),
    }
    for run_id, epoch in claims.items():
        is_held = (run.c.id == run_id) & (run.c.epoch == epoch) & (run.c.state == RUNNING)
        connection.execute(run.update().where(is_held).values(**values))


def event_row(connection: sa.Connection, row: sa.Row[Any]) -> sa.Row[Any] | None:
    """Return the event a run came from, that of the first run where it is a replay."""
    return connection.execute(_EVENT, {"first": row.replay_of or row.id}).one_or_none()


def steps_of(connection: sa.Connection, run_id: str) -> dict[str, sa.Row[Any]]:
    """Return the run's steps by path."""
    return {row.path: row for row in connection.execute(_STEPS, {"of_run": run_id})}


class Heartbeats:
    """Keeps the leases of a process's runs alive from one thread.

    A run that stops because the database takes nothing is given back by the same thread as soon
    as it does: the outage of a database is not the death of a worker.

    Args:
        lease_ms: How long a lease lasts; it is renewed four times in that time.
    """

    def __init__(self, database: Database, lease_ms: int) -> None:
        self._database = database
        self._lease_ms = lease_ms
        self._lock = threading.Lock()
        self._held: dict[str, int] = {}
        self._stopped: dict[str, int] = {}
        self._has_stopped = threading.Event()
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
        except StoreUnavailable:
            with self._lock:
                self._stopped[claim_.run_id] = claim_.epoch
            self._has_stopped.set()
            raise
        finally:
            with self._lock:
                # The same run may have been claimed anew by another thread of this process.
                if self._held.get(claim_.run_id) == claim_.epoch:
                    del self._held[claim_.run_id]

    def _beat(self) -> None:
        pause = self._lease_ms / 4000
        while True:
            self._has_stopped.wait(pause)
            with self._lock:
                held, stopped = dict(self._held), dict(self._stopped)
            try:
                if held:
                    self._database.write(partial(self._renew, held))
                if stopped:
                    self._return(stopped)
            except Exception as error:  # noqa: BLE001 - the next beat may still come in time
                LOG.warning("The leases of %d runs were not renewed: %s", len(held), error)
                time.sleep(min(pause, OUTAGE_WAIT_MS / 1000))

    def _return(self, stopped: Mapping[str, int]) -> None:
        self._database.write(lambda c: give_back(c, stopped, OUTAGE_WAIT_MS))
        with self._lock:
            for run_id, epoch in stopped.items():
                if self._stopped.get(run_id) == epoch:
                    del self._stopped[run_id]
            if not self._stopped:
                self._has_stopped.clear()

    def _renew(self, held: Mapping[str, int], connection: sa.Connection) -> None:
        until = clock.now_ms(connection) + self._lease_ms
        for run_id, epoch in held.items():
            connection.execute(
                run.update()
                .where(run.c.id == run_id, run.c.epoch == epoch, run.c.state == RUNNING)
                .values(lease_until=until)
            )
