"""Copies of a SQLite database that runs, and their way back into its place."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection

from connector.errors import InputError, SetupError
from connector.store.database import Database, file_of

T = TypeVar("T")


def backup(url: str, target: Path) -> None:
    """Write one file that holds the database of this moment; writers go on meanwhile.

    Raises:
        InputError: The database is PostgreSQL, whose own tool does this, or the target is there.
        SetupError: The target cannot be written, or the copy is not whole.
    """
    path = file_of(url)
    if path is None:
        raise InputError(
            "PostgreSQL is backed up by its own tool.",
            advice=f'Run: pg_dump --format=custom --file={target} --dbname="$INTACCT_DATABASE_URL"',
        )
    if target.exists():
        raise InputError(f"The file {target} is there already.", advice="Choose another name.")
    draft = target.with_name(target.name + ".partial")
    try:
        _copy(path, draft)
        _keep(draft, target)
    except OSError as error:
        raise SetupError(
            f"The backup {target} cannot be written.",
            advice="Choose a folder that can be written and has room.",
        ) from error
    finally:
        draft.unlink(missing_ok=True)


def restore(url: str, source: Path, mark: Callable[[Connection], T]) -> tuple[T, Path | None]:
    """Put a backup in the place of the database, changed by ``mark`` before anybody sees it.

    Args:
        url: The database whose place it takes.
        source: A file that ``backup`` wrote, or a copy of the database file.
        mark: Runs in a transaction on the backup's copy, its tables up to date.

    Returns:
        What ``mark`` returned, and where the database that was replaced is kept.

    Raises:
        InputError: The database is PostgreSQL, or ``source`` is no backup of this program.
        SetupError: Some process still uses the database, or the folder cannot be written.
    """
    path = file_of(url)
    if path is None:
        raise InputError(
            "PostgreSQL is restored by its own tool.",
            advice="End every process, then run: pg_restore --clean --if-exists "
            f'--single-transaction --dbname="$INTACCT_DATABASE_URL" {source} '
            "and then: intacct db restored",
        )
    draft = path.with_name(path.name + ".restoring")
    _remove(draft)
    try:
        _copy(source, draft)
        marked = _marked(draft, mark)
        with _alone(path):
            kept = _set_aside(path)
            _keep(draft, path)
    except OSError as error:
        raise SetupError(
            f"The backup cannot be put in place of {path}.",
            advice="Let the account that runs this program own the data folder, and make room.",
        ) from error
    finally:
        _remove(draft)
    return marked, kept


def _copy(source: Path, target: Path) -> None:
    if not source.is_file():
        raise InputError(f"There is no file {source}.")
    os.close(os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    address = f"{source.resolve().as_uri()}?mode=ro"
    try:
        with (
            closing(sqlite3.connect(address, uri=True)) as old,
            closing(sqlite3.connect(target)) as new,
        ):
            old.backup(new)
            new.execute("PRAGMA journal_mode = DELETE")  # all in one file
            (verdict,) = new.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorname", "").startswith(("SQLITE_FULL", "SQLITE_IOERR")):
            raise OSError from error
        verdict = str(error)
    if verdict != "ok":
        raise InputError(
            f"The file {source} is no whole database of this program.",
            advice="Take an older backup.",
        )


def _marked(draft: Path, mark: Callable[[Connection], T]) -> T:
    with closing(sqlite3.connect(draft)) as driver:
        found = driver.execute("SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'")
        if found.fetchone() != (1,):
            raise InputError(f"The file is a database, but none of this program ({draft.name}).")
    with closing(Database(f"sqlite:///{draft}")) as database:
        database.upgrade()
        marked = database.write(mark)
    with closing(sqlite3.connect(draft)) as driver:
        driver.execute("PRAGMA journal_mode = DELETE")
    return marked


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Keep everybody out of the database.

    Raises:
        SetupError: Somebody uses it.
    """
    if not path.exists():
        yield
        return
    lock = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with closing(sqlite3.connect(path, isolation_level=None, timeout=1.0)) as driver:
            _refuse_company(driver)
            yield
    finally:
        os.close(lock)


def _refuse_company(driver: sqlite3.Connection) -> None:
    try:
        # Leaving the shared mode is refused while anybody else has the file open.
        (mode,) = driver.execute("PRAGMA journal_mode = DELETE").fetchone()
        if mode == "delete":
            driver.execute("BEGIN EXCLUSIVE")
            return
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            return  # too damaged to be used by anybody
    except sqlite3.DatabaseError:
        return  # same
    raise SetupError(
        "The database is in use.",
        advice="End every process of this installation (Ctrl-C ends 'intacct run'), then again.",
    )


def _set_aside(path: Path) -> Path | None:
    """Keep what is replaced beside it; the name itself never goes missing."""
    if not path.exists():
        return None
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    kept = path.with_name(f"{path.name}.before-{stamp}")
    os.link(path, kept)
    for side in ("-wal", "-shm"):
        # Left over from a damaged file only; the new one must not find them.
        beside = path.with_name(path.name + side)
        if beside.exists():
            beside.rename(kept.with_name(kept.name + side))
    return kept


def _keep(draft: Path, target: Path) -> None:
    """Put the finished file under its name, and both on the disk."""
    _sync(draft)
    draft.replace(target)
    _sync(target.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(draft: Path) -> None:
    for name in (draft.name, f"{draft.name}-wal", f"{draft.name}-shm", f"{draft.name}.lock"):
        draft.with_name(name).unlink(missing_ok=True)
