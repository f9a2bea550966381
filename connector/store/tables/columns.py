"""What tables are made of: kinds of columns, by what they hold."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Integer,
    MetaData,
    Table,
    Text,
    text,
)

TENANT = "main"  # one tenant today; the column leaves room for a wall

# Names are spelled out so that a later migration can drop what an earlier one made.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite numbers rows by itself only where the column is called INTEGER.
ROW_NUMBER = BigInteger().with_variant(Integer(), "sqlite")


def table(name: str, *parts: Any, **options: Any) -> Table:
    """Return a table of ours, which starts with its tenant."""
    tenant = Column("tenant", Text, nullable=False, server_default=TENANT)
    return Table(name, metadata, tenant, *parts, **options)


def identifier(name: str, *constraints: ForeignKey) -> Column[Any]:
    """Return a column of text that is the key, or a part of it."""
    return Column(name, Text, *constraints, primary_key=True)


def words(name: str) -> Column[Any]:
    """Return a column of text that always says something."""
    return Column(name, Text, nullable=False)


def note(name: str) -> Column[Any]:
    """Return a column of text that is empty until there is something to say."""
    return Column(name, Text, nullable=False, server_default=text("''"))


def maybe_text(name: str) -> Column[Any]:
    """Return a column of text that may be missing."""
    return Column(name, Text)


def document(name: str) -> Column[Any]:
    """Return a column of JSON text."""
    return Column(name, Text, nullable=False)


def maybe_document(name: str) -> Column[Any]:
    """Return a column of JSON text that may be missing."""
    return Column(name, Text)


def count(name: str) -> Column[Any]:
    """Return a column of whole numbers that starts at nought."""
    return Column(name, Integer, nullable=False, server_default="0")


def time(name: str) -> Column[Any]:
    """Return a column of milliseconds since 1970 (UTC)."""
    return Column(name, BigInteger, nullable=False)


def maybe_time(name: str) -> Column[Any]:
    """Return a column of milliseconds since 1970 (UTC) that may be missing."""
    return Column(name, BigInteger)
