"""The one thread of a process that writes to SQLite: what is queued shares a commit.

Measured with two processes of 16 threads and synchronous=FULL: a transaction per thread waits up
to 2 s for its turn, grouped commits behind a file lock at most 19 ms at seven times the rows.
"""

from __future__ import annotations

import fcntl
import os
import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine

from connector.store.problems import busy, plain_errors

T = TypeVar("T")
Work = Callable[[Connection], Any]

_GROUP_LIMIT = 200  # keeps one commit, and so everybody's wait, short


class Writer:
    """Runs functions in the writer thread and returns their results after the commit.

    Args:
        engine: Begins its transactions with BEGIN IMMEDIATE; used by nobody else.
        lock_path: A file beside the database; whoever holds its lock may write.
        patience: Seconds a caller waits for its turn.
    """

    def __init__(self, engine: Engine, lock_path: Path, patience: float) -> None:
        self._engine = engine
        self._lock_path = lock_path
        self._patience = patience
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def run(self, work: Callable[[Connection], T], patience: float | None = None) -> T:
        """Return what ``work`` returns, once it is committed.

        Raises:
            StoreUnavailable: The turn did not come in time; nothing was changed.
        """
        job = _Job(work)
        self._jobs.put(job)
        self._start()
        try:
            job.outcome.result(self._patience if patience is None else patience)
        except TimeoutError:
            if job.outcome.cancel():
                raise busy() from None
        # Begun: only the commit tells. An error of the work itself is raised here, too.
        result: T = job.outcome.result()
        return result

    def close(self) -> None:
        """Finish what is queued and end the thread; the next ``run`` starts another."""
        with self._starting:
            if self._thread is not None:
                self._jobs.put(None)
                self._thread.join(self._patience)
                self._thread = None

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="writer", daemon=True)
                self._thread.start()

    def _work(self) -> None:
        # Opened here, so that a thread started after a fork has a lock of its own.
        lock = os.open(self._lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            is_open = True
            while is_open:
                jobs, is_open = self._next_group()
                self._commit(jobs, lock)
        finally:
            self._engine.dispose()
            os.close(lock)

    def _next_group(self) -> tuple[list[_Job], bool]:
        """Return the jobs that wait, at least one, and whether more may follow."""
        jobs: list[_Job] = []
        job = self._jobs.get()
        while job is not None:
            jobs.append(job)
            if len(jobs) == _GROUP_LIMIT:
                return jobs, True
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return jobs, True
        return jobs, False

    def _commit(self, jobs: list[_Job], lock: int) -> None:
        try:
            with plain_errors(), _held(lock), self._engine.begin() as connection:
                if len(jobs) == 1:
                    jobs[0].attempt_alone(connection)
                else:
                    for job in jobs:
                        job.attempt(connection)
        except BaseException as error:  # noqa: BLE001 - each caller gets it; the thread goes on
            for job in jobs:
                job.fail(error)
        else:
            for job in jobs:
                job.deliver()


class _Job:
    """One function, and its caller who waits for the commit."""

    def __init__(self, work: Work) -> None:
        self.outcome: Future[Any] = Future()
        self._work = work
        self._result: Any = None
        self._error: BaseException | None = None

    def attempt(self, connection: Connection) -> None:
        """Run in a savepoint, so that a failure takes back this function's changes only."""
        if not self.outcome.set_running_or_notify_cancel():
            return
        # To the driver itself: under load nearly every change pays for these lines.
        driver = _driver(connection)
        driver.execute("SAVEPOINT job")
        try:
            with plain_errors():
                self._result = self._work(connection)
        except BaseException as error:
            self._error = error
            if not driver.in_transaction:
                raise  # SQLite took everything back, the others' changes too
            driver.execute("ROLLBACK TO job")
        driver.execute("RELEASE job")

    def attempt_alone(self, connection: Connection) -> None:
        """Run as the whole transaction, which needs no savepoint: a failure ends it."""
        if self.outcome.set_running_or_notify_cancel():
            with plain_errors():
                self._result = self._work(connection)

    def deliver(self) -> None:
        """Tell the caller; called after the commit."""
        if self.outcome.cancelled():
            return
        if self._error is not None:
            self.outcome.set_exception(self._error)
        else:
            self.outcome.set_result(self._result)

    def fail(self, error: BaseException) -> None:
        """Tell the caller that nothing was kept."""
        if self.outcome.running() or self.outcome.set_running_or_notify_cancel():
            self.outcome.set_exception(self._error or error)


def _driver(connection: Connection) -> Any:
    # A full disk ends the whole transaction behind SQLAlchemy's back; only the driver knows.
    return connection.connection.dbapi_connection


@contextmanager
def _held(lock: int) -> Iterator[None]:
    fcntl.flock(lock, fcntl.LOCK_EX)  # queues fairly, and ends with the process that holds it
    try:
        yield
    finally:
        fcntl.flock(lock, fcntl.LOCK_UN)
