"""Where exported records go: JSON lines, CSV, or a table; each can go on where it was left."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import orjson
import sqlalchemy as sa

from connector.errors import InputError

KEY = "key"


class Sink(Protocol):
    """Takes pages of records."""

    def begin(self, place: int | None) -> None:
        """Get ready: anew for None, else at a place that was kept."""

    def write(self, records: Sequence[Mapping[str, Any]]) -> int:
        """Write one page for good; return the place behind it."""

    def close(self) -> None:
        """Let go of what is open."""


class FileSink:
    """A file of lines; what stands behind the last place that was kept is cut off on resuming.

    Args:
        path: The file.
        columns: The fields, in order.
        is_csv: CSV with a header instead of JSON lines.
    """

    def __init__(self, path: Path, columns: Sequence[str], *, is_csv: bool) -> None:
        self._path = path
        self._columns = tuple(columns)
        self._is_csv = is_csv
        self._file: Any = None

    def begin(self, place: int | None) -> None:
        """Open the file.

        Raises:
            InputError: It cannot be written, or is shorter than what was kept of it.
        """
        try:
            self._file = self._path.open("wb" if place is None else "r+b")
        except OSError as error:
            raise InputError(
                f"{self._path} cannot be written: {error.strerror}.",
                advice="Name another file, or begin anew with --overwrite.",
            ) from error
        if place is None:
            self._header()
            return
        end = self._file.seek(0, os.SEEK_END)
        if place > end:
            raise InputError(
                f"{self._path.name} is shorter than the export left it.",
                advice="Begin anew with --overwrite.",
            )
        self._file.seek(place)
        self._file.truncate()

    def write(self, records: Sequence[Mapping[str, Any]]) -> int:
        """Write one page and bring it to the disk."""
        if self._is_csv:
            self._file.write(self._csv(records))
        else:
            lines = [orjson.dumps(dict(record), default=str) for record in records]
            self._file.write(b"".join(line + b"\n" for line in lines))
        self._file.flush()
        os.fsync(self._file.fileno())
        place: int = self._file.tell()
        return place

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    def _header(self) -> None:
        if self._is_csv:
            text = io.StringIO()
            csv.writer(text).writerow(self._columns)
            self._file.write(text.getvalue().encode())

    def _csv(self, records: Sequence[Mapping[str, Any]]) -> bytes:
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerows([_cell(r.get(name)) for name in self._columns] for r in records)
        return text.getvalue().encode()


class TableSink:
    """A table of texts in any database that SQLAlchemy writes; a record replaces itself by key.

    Args:
        url: As SQLAlchemy writes it.
        table: The table's name; it is made where it is missing.
        columns: The fields, in order; ``key`` is the primary one.

    Raises:
        InputError: The address names no database, or it does not answer.
    """

    def __init__(self, url: str, table: str, columns: Sequence[str]) -> None:
        try:
            self._engine = sa.create_engine(url, hide_parameters=True)
        except (sa.exc.ArgumentError, ImportError, ValueError):
            raise InputError(
                "The target's address names no database that can be written.",
                advice="Write it as SQLAlchemy does, and install that database's driver.",
                field="to",
            ) from None
        names = [name for name in columns if name != KEY]
        self._table = sa.Table(
            table,
            sa.MetaData(),
            # A length, since some databases index no text without one.
            sa.Column(KEY, sa.String(64), primary_key=True),
            *(sa.Column(name, sa.Text) for name in names),
        )

    def begin(self, place: int | None) -> None:
        """Make the table where it is missing; empty it for an export that begins anew."""
        try:
            with self._engine.begin() as connection:
                self._table.create(connection, checkfirst=True)
                if place is None:
                    connection.execute(self._table.delete())
        except sa.exc.SQLAlchemyError as error:
            raise _refused(error) from None

    def write(self, records: Sequence[Mapping[str, Any]]) -> int:
        """Write one page in one transaction."""
        names = [column.name for column in self._table.columns]
        rows = [{name: _cell(record.get(name)) for name in names} for record in records]
        rows = list({row[KEY]: row for row in rows}.values())
        try:
            with self._engine.begin() as connection:
                for start in range(0, len(rows), 500):
                    keys = [row[KEY] for row in rows[start : start + 500]]
                    connection.execute(self._table.delete().where(self._table.c[KEY].in_(keys)))
                if rows:
                    connection.execute(self._table.insert(), rows)
        except sa.exc.SQLAlchemyError as error:
            raise _refused(error) from None
        return 0

    def close(self) -> None:
        """Close the database."""
        self._engine.dispose()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | dict):
        return orjson.dumps(value, default=str).decode()
    return str(value)


def _refused(error: sa.exc.SQLAlchemyError) -> InputError:
    said = str(getattr(error, "orig", None) or type(error).__name__).splitlines()[0]
    return InputError(f"The target's database refused the records: {said}", field="to")
