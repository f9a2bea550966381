"""A database that is only read: one SELECT at a time, its values bound, in a read-only transaction.

Whoever composes a workflow writes the query, so what may be asked is held in several ways: the
text is one SELECT, the transaction cannot write and is rolled back, rows and time are limited, and
the database is one that the machine's administrator has named. What the database's user may read
is for the database to say.
"""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
import time
import uuid
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa

from connector.errors import ConnectionProblem, InputError, Refused, SetupError, Unreachable
from connector.http.addresses import origin
from connector.settings import Settings

KIND = "sql"
FOLDER = "databases"
MOST_BYTES = 1_000_000
SECONDS = 60
_CONNECT_SECONDS = 10
_POSTGRESQL_PORT = 5432
_TLS = {"sslmode"}  # any other option of the address could lead to another host or file
_STEPS_BETWEEN_LOOKS = 10_000  # of SQLite's machine: some milliseconds
_TIMED_OUT = ("57014", "interrupted")  # PostgreSQL's query_canceled, and SQLite's word


@dataclass(frozen=True)
class SqlDatabase:
    """One database, ready to be asked.

    Args:
        name: What the connection is called.
        url: Where it is.
        seconds: How long one question may take.
    """

    name: str
    url: sa.URL
    seconds: float = SECONDS

    def rows(self, query: str, parameters: Mapping[str, Any], most: int) -> list[dict[str, Any]]:
        """Return what a SELECT finds: amounts as text, days and moments as ISO text.

        Args:
            query: One SELECT with names such as ``:first`` for its values.
            parameters: The values of all its names.
            most: How many rows there may be.

        Raises:
            InputError: It is no single SELECT, its names are not those of the parameters, or it
                finds more than may be returned.
            Refused: The database does not understand it, or it takes too long.
            Unreachable: The database does not answer.
        """
        statement = _bound(_checked(query), parameters)
        with self._opened() as connection:
            try:
                result = connection.execute(statement)
                names = list(result.keys())
                found = result.fetchmany(most + 1)
            except sa.exc.DBAPIError as error:
                raise self._refusal(error) from None
        if len(found) > most:
            raise InputError(
                f"The query finds more than {most:,} rows.",
                advice="Let it find fewer, or raise Most rows.",
                field="mostRows",
            )
        return _data(names, found)

    @contextmanager
    def _opened(self) -> Iterator[sa.Connection]:
        engine = self._engine()
        try:
            with engine.connect() as connection:
                if engine.dialect.name == "postgresql":
                    connection.exec_driver_sql("SET TRANSACTION READ ONLY")
                    limit_ms = int(self.seconds * 1000)
                    connection.exec_driver_sql(f"SET LOCAL statement_timeout = {limit_ms}")
                yield connection
                connection.rollback()
        except sa.exc.DBAPIError:
            raise Unreachable(
                f"The database of the connection '{self.name}' does not answer.",
                advice="It is asked again by itself. Check its address, user and password.",
            ) from None
        finally:
            engine.dispose()

    def _engine(self) -> sa.Engine:
        options: dict[str, Any] = {"hide_parameters": True, "poolclass": sa.pool.NullPool}
        if self.url.drivername == "sqlite":
            return sa.create_engine("sqlite://", creator=self._open_file, **options)
        try:
            return sa.create_engine(
                self.url, connect_args={"connect_timeout": _CONNECT_SECONDS}, **options
            )
        except ImportError:
            raise SetupError(
                "The driver for PostgreSQL is not installed.",
                advice="Install sage-intacct-connector[postgres].",
            ) from None

    def _open_file(self) -> sqlite3.Connection:
        place = quote(str(self.url.database))
        found = sqlite3.connect(f"file:{place}?mode=ro", uri=True, timeout=_CONNECT_SECONDS)
        deadline = time.monotonic() + self.seconds
        found.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS_BETWEEN_LOOKS)
        return found

    def _refusal(self, error: sa.exc.DBAPIError) -> Refused:
        said = str(error.orig).splitlines()[0] if str(error.orig) else "no reason"
        code = str(getattr(error.orig, "sqlstate", None) or said)
        if code in _TIMED_OUT:
            return Refused(
                f"The query took longer than {self.seconds:g} seconds and was stopped.",
                advice="Let it read less, or ask whoever runs the database for an index.",
            )
        return Refused(f"The database refused the query: {said}", advice="Correct the query.")


def opened(name: str, values: Mapping[str, Any], settings: Settings) -> SqlDatabase:
    """Return the database of a connection.

    Args:
        name: What the connection is called.
        values: What it holds, with its secrets.
        settings: They name the hosts that may be asked, and the data folder, in whose folder
            ``databases`` SQLite files are.

    Raises:
        ConnectionProblem: The address is none of a database that may be read.
    """
    try:
        url = sa.make_url(str(values["address"]))
    except (sa.exc.ArgumentError, ValueError):
        raise _wrong(name, "is not the address of a database") from None
    if url.password:
        raise _wrong(name, "holds a password in its address")
    if url.drivername == "sqlite":
        return SqlDatabase(
            name, url.set(database=str(_file(name, url, settings.data_dir)), query={})
        )
    if not url.host or set(url.query) - _TLS:
        raise _wrong(name, "has options in its address that are not taken")
    place = origin(url.host, url.port or _POSTGRESQL_PORT)
    if place not in {entry.lower() for entry in settings.allowed_origins}:
        raise ConnectionProblem(
            f"The database at {place} may not be asked.",
            advice="The machine's administrator names it in INTACCT_ALLOWED_ORIGINS.",
            field="address",
        )
    driver = url.set(drivername="postgresql+psycopg", password=values.get("password") or None)
    return SqlDatabase(name, driver)


def _file(name: str, url: sa.URL, data_dir: Path) -> Path:
    folder = (data_dir / FOLDER).resolve()
    found = (folder / str(url.database or "")).resolve()
    if url.host or not found.is_relative_to(folder) or not found.is_file():
        raise _wrong(name, f"names no file in the folder {FOLDER} of the data folder")
    return found


def _wrong(name: str, what: str) -> ConnectionProblem:
    return ConnectionProblem(
        f"The connection '{name}' {what}.",
        advice="Write it like postgresql://user@host:5432/name, or sqlite:///file.db.",
        field="address",
    )


def _checked(query: str) -> str:
    """Return the query where it is one SELECT; the transaction cannot write whatever it says."""
    text = query.strip().removesuffix(";").rstrip()
    if not text.lower().startswith(("select", "with")):
        raise InputError(
            "The query does not begin with SELECT.", advice="Only reading is possible."
        )
    if ";" in text:
        raise InputError(
            "The query has a semicolon within.",
            advice="Write one SELECT; a value with a semicolon goes into the parameters.",
            field="query",
        )
    return text


def _bound(query: str, parameters: Mapping[str, Any]) -> sa.TextClause:
    statement = sa.text(query)
    wanted, given = set(statement.compile().params), set(parameters)
    if missing := sorted(wanted - given):
        raise InputError(
            f"The query names :{missing[0]}, and there is no such parameter.",
            advice=f"Add {missing[0]} to the parameters.",
            field="parameters",
        )
    if strange := sorted(given - wanted):
        raise InputError(
            f"The query does not name :{strange[0]}.",
            advice="Take the parameter out, or use it.",
            field=f"parameters.{strange[0]}",
        )
    # Without a type of ours the database decides what a text stands for, such as a day.
    kinds = [sa.bindparam(name, parameters[name], type_=sa.types.NullType()) for name in wanted]
    return statement.bindparams(*kinds)


def _data(names: list[str], found: Collection[Any]) -> list[dict[str, Any]]:
    double = next((name for name in names if names.count(name) > 1), None)
    if double is not None:
        raise InputError(
            f"Two columns are called {double}.",
            advice="Give one of them another name with AS.",
            field="query",
        )
    rows = [
        {name: _plain(name, value) for name, value in zip(names, row, strict=True)} for row in found
    ]
    if len(json.dumps(rows, ensure_ascii=False).encode()) > MOST_BYTES:
        raise InputError(
            "The query finds more than 1 MB.", advice="Let it find fewer rows or columns."
        )
    return rows


def _plain(name: str, value: Any) -> Any:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f")
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    raise InputError(
        f"The column {name} holds what no workflow can use.",
        advice="Turn it into text in the query, with CAST.",
        field="query",
    )
