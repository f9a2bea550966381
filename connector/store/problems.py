"""Turns what a database driver reports into a sentence."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import exc

from connector.errors import ConnectorError, SetupError

_GONE = "The database did not answer."


class StoreUnavailable(ConnectorError):
    """The database did not confirm what was asked of it; read again before you act on it.

    Not an ``Unavailable``: that one promises that nothing was executed at Intacct, and a verdict
    that cannot be written comes after a call. Edges answer 503.
    """

    default_advice = "Try again in a moment; what was kept is found again and is not repeated."


def busy() -> StoreUnavailable:
    """Return the error of a change that waited its whole time and was not made."""
    return StoreUnavailable("The database is busy, so the change was not made.")


@contextmanager
def plain_errors() -> Iterator[None]:
    """Let a database that is locked, full, damaged or gone rise as ``StoreUnavailable``.

    Broken constraints and mistakes in a statement rise as they are: they belong to the caller.

    Raises:
        SetupError: The tables are not there yet.
        StoreUnavailable: The database cannot take or answer what was asked.
    """
    try:
        yield
    except exc.TimeoutError as error:
        raise busy() from error
    except exc.DBAPIError as error:
        worded = _worded(error)
        if worded is None:
            raise
        raise worded from error
    except sqlite3.Error as error:  # of a BEGIN, which goes to the driver itself
        worded = _sqlite_problem(getattr(error, "sqlite_errorname", ""), str(error))
        if worded is None:
            raise
        raise worded from error


def _worded(error: exc.DBAPIError) -> ConnectorError | None:
    sqlite_name = getattr(error.orig, "sqlite_errorname", None)
    if sqlite_name is not None:
        return _sqlite_problem(sqlite_name, str(error.orig))
    state = getattr(error.orig, "sqlstate", None)
    if state is None:
        # Without a state the server said nothing: no connection, or it broke.
        is_lost = error.connection_invalidated or isinstance(error, exc.OperationalError)
        return StoreUnavailable(_GONE) if is_lost else None
    return _postgresql_problem(state)


def _sqlite_problem(name: str, message: str) -> ConnectorError | None:
    if name == "SQLITE_ERROR" and message.startswith("no such table"):
        return _not_prepared()
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return busy()
    if name.startswith(("SQLITE_FULL", "SQLITE_IOERR")):
        return _full()
    if name.startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PERM")):
        return StoreUnavailable(
            "The database file cannot be opened or written.",
            advice="Let the account that runs this program own the data folder.",
        )
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return StoreUnavailable(
            "The database file is damaged.",
            advice="Stop the program, keep a copy of the file and restore the last backup.",
        )
    return None


def _postgresql_problem(state: str) -> ConnectorError | None:
    """Judge by SQLSTATE (PostgreSQL manual, appendix A)."""
    if state == "42P01":  # undefined_table
        return _not_prepared()
    if state in {"55P03", "40P01", "40001", "57014"}:  # lock timeout, deadlock, conflict, cancelled
        return busy()
    if state == "53100":  # disk_full
        return _full()
    if state.startswith(("08", "53", "57P", "28", "3D", "58")):
        return StoreUnavailable(
            _GONE,
            advice="Check that it runs and takes the name and password in INTACCT_DATABASE_URL; "
            "what was kept is found again and is not repeated.",
        )
    return None


def _not_prepared() -> SetupError:
    return SetupError(
        "The database has no tables yet.", advice="Run 'intacct db upgrade', then start again."
    )


def _full() -> StoreUnavailable:
    return StoreUnavailable(
        "The disk does not take any more data, so the change was not made.",
        advice="Make room on the disk that holds the database, then try again.",
    )
