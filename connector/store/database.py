"""One small face for both databases: read, write, upgrade."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

from connector.errors import SetupError
from connector.store.forks import ForkGate
from connector.store.migrations import migrate
from connector.store.problems import plain_errors
from connector.store.writer import Writer

T = TypeVar("T")

_SQLITE = {"sqlite", "sqlite+pysqlite"}
_POSTGRESQL = {"postgres", "postgresql", "postgresql+psycopg"}
_TRUSTED_SECONDS = 1.0  # how long a connection that was not used is taken to be there
_UPGRADE_PATIENCE = 120.0  # seconds a process waits for another one's migrations


class Database:
    """The place of truth: SQLite by default, PostgreSQL by URL.

    Threads share one ``Database``; a forked child may go on using it.

    Args:
        url: ``sqlite:///path`` or ``postgresql://user:password@host/name``.
        patience: Seconds to wait for a lock or a connection before giving up.

    Raises:
        SetupError: The URL names another kind of database, or a folder that cannot be written.
    """

    def __init__(self, url: str, *, patience: float = 5.0) -> None:
        address = _address(url)
        self._writer: Writer | None = None
        if address.get_backend_name() == "sqlite":
            path = _prepared_file(address)
            self._engine = _sqlite_engine(address, patience, is_writer=False)
            writing = _sqlite_engine(address, patience, is_writer=True)
            self._writer = Writer(writing, path.with_name(path.name + ".lock"), patience)
        else:
            self._engine = _postgresql_engine(address, patience)
        # One moment for all statements of a read; SQLite's reads are so by nature.
        self._reading = (
            self._engine
            if self._writer
            else self._engine.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        )
        self._inside = threading.local()
        self._gate = ForkGate(self.close, patience)

    def read(self, work: Callable[[Connection], T]) -> T:
        """Return what ``work`` finds; everything it reads is of one moment, and it cannot write.

        Return plain values: rows are gone when the connection is.

        Raises:
            StoreUnavailable: The database is locked, full, damaged or gone.
            SetupError: The tables are not there yet.
        """
        with self._gate.use(), plain_errors(), self._reading.begin() as connection:
            return work(connection)

    def write(self, work: Callable[[Connection], T]) -> T:
        """Return what ``work`` returns, after its changes were committed to disk.

        ``work`` shares its transaction with others on SQLite: keep it short, do nothing in it but
        SQL, raise to take back its own changes. It may not call ``write`` itself.

        Raises:
            StoreUnavailable: The database is locked, full, damaged or gone.
            SetupError: The tables are not there yet.
        """
        return self._write(work, None)

    def upgrade(self) -> None:
        """Bring the tables up to date; processes that start at once wait for one another.

        Raises:
            SetupError: A newer version of this program has changed the tables already.
        """
        self._write(migrate, _UPGRADE_PATIENCE)

    def close(self) -> None:
        """Finish queued writes and close every connection; the next use opens anew."""
        if self._writer is not None:
            self._writer.close()
        self._engine.dispose()

    def _write(self, work: Callable[[Connection], T], patience: float | None) -> T:
        if getattr(self._inside, "write", False):
            message = "write() was called inside write(), which would wait for itself."
            raise RuntimeError(message)
        with self._gate.use():
            if self._writer is not None:
                return self._writer.run(self._marked(work), patience)
            with plain_errors(), self._engine.begin() as connection:
                return self._marked(work)(connection)

    def _marked(self, work: Callable[[Connection], T]) -> Callable[[Connection], T]:
        def marked(connection: Connection) -> T:
            self._inside.write = True
            try:
                return work(connection)
            finally:
                self._inside.write = False

        return marked


def file_of(url: str) -> Path | None:
    """Return the file of a SQLite database, None for PostgreSQL.

    Raises:
        SetupError: The URL names another kind of database.
    """
    address = _address(url)
    return Path(str(address.database)) if address.get_backend_name() == "sqlite" else None


def _address(url: str) -> URL:
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):
        raise _unknown_url() from None
    if address.drivername in _POSTGRESQL:
        return address.set(drivername="postgresql+psycopg")
    if address.drivername not in _SQLITE or not address.database or address.database == ":memory:":
        raise _unknown_url()
    return address


def _unknown_url() -> SetupError:
    return SetupError(
        "INTACCT_DATABASE_URL names no database this program can use.",
        advice="Write sqlite:///path/to/file.db or postgresql://user:password@host/name.",
    )


def _prepared_file(address: URL) -> Path:
    """Return the file's path; make it, readable by its owner only, where it is missing."""
    path = Path(str(address.database))
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise SetupError(
            f"The database file {path} cannot be made or written.",
            advice="Let the account that runs this program own the data folder.",
        ) from error
    return path


def _sqlite_engine(address: URL, patience: float, *, is_writer: bool) -> Engine:
    engine = create_engine(
        address,
        hide_parameters=True,  # an error may be shown; what was written may be private
        pool_size=1 if is_writer else 16,
        pool_timeout=patience,
        connect_args={"timeout": patience, "isolation_level": None},  # we say BEGIN ourselves
    )

    @event.listens_for(engine, "connect")
    def _prepare(driver: Any, _record: Any) -> None:
        driver.execute("PRAGMA foreign_keys = ON")
        if not is_writer:
            driver.execute("PRAGMA query_only = ON")
            return
        # Under the writer's file lock: two processes switching at once refuse one another.
        (mode,) = driver.execute("PRAGMA journal_mode = WAL").fetchone()
        if mode != "wal":
            raise SetupError(
                "The database file lies on a disk that SQLite cannot share safely.",
                advice="Put the data folder on a local disk, or use PostgreSQL.",
            )
        driver.execute("PRAGMA synchronous = FULL")
        # Without it, INSERT OR REPLACE deletes a row that a trigger protects.
        driver.execute("PRAGMA recursive_triggers = ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A reader that turns writer is refused despite its patience; so say it at once. To the
        # driver itself: every transaction pays for this line.
        driver: Any = connection.connection.dbapi_connection
        driver.execute("BEGIN IMMEDIATE" if is_writer else "BEGIN")

    return engine


def _postgresql_engine(address: URL, patience: float) -> Engine:
    try:
        engine = create_engine(
            address,
            hide_parameters=True,
            pool_size=5,
            max_overflow=15,
            pool_timeout=patience,
            connect_args={
                "connect_timeout": max(2, int(patience)),
                # A host or firewall that vanished says nothing: give up on what it leaves unheard.
                "tcp_user_timeout": int(patience * 2000),
                "keepalives_idle": max(1, int(patience)),
                "keepalives_interval": max(1, int(patience)),
                "keepalives_count": 2,
            },
        )
    except ImportError:
        raise SetupError(
            "The driver for PostgreSQL is not installed.",
            advice="Install this program with its extra 'postgres'.",
        ) from None

    @event.listens_for(engine, "connect")
    def _prepare(driver: Any, _record: Any) -> None:
        # A server may be set to answer before its disk has the commit.
        driver.execute("SET synchronous_commit = on")
        driver.execute(f"SET lock_timeout = {int(patience * 1000)}")
        driver.commit()

    @event.listens_for(engine, "checkin")
    def _note(_driver: Any, record: ConnectionPoolEntry) -> None:
        record.info["used_at"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _probe(driver: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:
        # One trip more for each transaction would be a tenth of its time; a connection that has
        # just been used is there, or whoever uses it hears that it is not.
        if time.monotonic() - record.info.get("used_at", time.monotonic()) < _TRUSTED_SECONDS:
            return
        try:
            driver.execute("SELECT 1")
            driver.rollback()
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error  # SQLAlchemy takes another one

    return engine
