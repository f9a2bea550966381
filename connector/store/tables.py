"""The tables. Times are milliseconds since 1970 (UTC), documents are JSON text (``json_text``).

States, in the words the console shows:

- connection: ``ready``, ``needs-attention``
- inbox: ``received``, ``routed``, ``ignored``, ``rejected``
- effect: ``planned``, ``sending``, ``uncertain``, ``succeeded``, ``refused``, ``parked``

The schema of a database is made by ``migrations/`` alone; a test holds both against each other.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
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
_ROW_NUMBER = BigInteger().with_variant(Integer(), "sqlite")


def _table(name: str, *parts: Any, **options: Any) -> Table:
    tenant = Column("tenant", Text, nullable=False, server_default=TENANT)
    return Table(name, metadata, tenant, *parts, **options)


def _id(name: str, *constraints: ForeignKey) -> Column[Any]:
    return Column(name, Text, *constraints, primary_key=True)


def _text(name: str) -> Column[Any]:
    """Return a column of text that always says something."""
    return Column(name, Text, nullable=False)


def _note(name: str) -> Column[Any]:
    """Return a column of text that is empty until there is something to say."""
    return Column(name, Text, nullable=False, server_default=text("''"))


def _maybe_text(name: str) -> Column[Any]:
    return Column(name, Text)


def _document(name: str) -> Column[Any]:
    return Column(name, Text, nullable=False)


def _maybe_document(name: str) -> Column[Any]:
    return Column(name, Text)


def _count(name: str) -> Column[Any]:
    return Column(name, Integer, nullable=False, server_default="0")


def _time(name: str) -> Column[Any]:
    return Column(name, BigInteger, nullable=False)


def _maybe_time(name: str) -> Column[Any]:
    return Column(name, BigInteger)


connection = _table(
    "connection",
    _id("id"),
    _text("name"),
    _text("kind"),
    _document("settings"),
    _text("secrets"),  # ciphertext: connector.connections.encrypt
    _text("hook_token"),
    _time("created_at"),
    _time("changed_at"),
    Column("state", Text, nullable=False, server_default="ready"),
    _maybe_document("problem"),
    UniqueConstraint("tenant", "name"),
    UniqueConstraint("hook_token"),
)

session = _table(
    "session",
    _id("connection_id", ForeignKey("connection.id", ondelete="CASCADE")),
    _id("scope"),  # the entity signed in to; empty is the top level
    _text("secret"),
    _time("expires_at"),
    Column("version", Integer, nullable=False, server_default="1"),
)

workflow = _table(
    "workflow",
    _id("id"),
    _text("name"),
    Column("published_version", Integer),
    _time("created_at"),
    UniqueConstraint("tenant", "name"),
)

workflow_version = _table(
    "workflow_version",
    _id("workflow_id", ForeignKey("workflow.id")),
    Column("version", Integer, primary_key=True, autoincrement=False),
    _document("document"),
    _text("fingerprint"),
    _time("created_at"),
)

inbox = _table(
    "inbox",
    Column("id", _ROW_NUMBER, primary_key=True, autoincrement=True),
    _text("connection_id"),
    _text("trigger_key"),
    _text("dedupe_key"),
    _text("type"),
    _document("data"),
    _note("raw_sha256"),
    _time("received_at"),
    _maybe_time("occurred_at"),
    Column("state", Text, nullable=False, server_default="received"),
    _note("note"),
    _maybe_time("routed_at"),
    UniqueConstraint("tenant", "connection_id", "trigger_key", "dedupe_key"),
    Index(None, "state", "received_at"),
    sqlite_autoincrement=True,
)

run = _table(
    "run",
    _id("id"),
    _text("workflow_id"),
    Column("version", Integer, nullable=False),
    Column("inbox_id", BigInteger),  # no foreign key: a run outlives its event
    _maybe_text("once"),
    _text("state"),
    _count("epoch"),
    _maybe_text("owner"),
    _maybe_time("lease_until"),
    _time("not_before"),
    _count("attempts"),
    _maybe_document("input"),
    _maybe_document("output"),
    _maybe_document("error"),
    _count("api_transactions"),
    _maybe_text("duplicate_of"),
    _time("created_at"),
    _maybe_time("started_at"),
    _maybe_time("finished_at"),
    ForeignKeyConstraint(
        ["workflow_id", "version"], ["workflow_version.workflow_id", "workflow_version.version"]
    ),
    UniqueConstraint("workflow_id", "inbox_id"),
    Index(None, "state", "not_before"),
    Index(None, "workflow_id", "once"),
)

step = _table(
    "step",
    _id("run_id", ForeignKey("run.id", ondelete="CASCADE")),
    _id("path"),
    _text("state"),
    _maybe_document("inputs"),
    _maybe_document("output"),
    _maybe_document("error"),
    _count("attempts"),
    _maybe_time("started_at"),
    _maybe_time("finished_at"),
)

# No foreign keys: an effect is remembered after its connection, run and workflow are gone.
effect = _table(
    "effect",
    _id("op_key"),
    _text("control_id"),
    _text("connection_id"),
    _note("call"),
    _note("object_name"),
    _text("api"),
    _note("function"),
    _text("payload"),
    _text("payload_hash"),
    _maybe_document("natural_key"),
    Column("state", Text, nullable=False, server_default="planned"),
    _count("attempt_class"),
    _count("attempts"),
    _count("epoch"),
    _maybe_time("call_deadline"),
    _count("resends"),
    _count("looks"),
    _maybe_time("look_at"),
    _note("key"),
    _note("external_id"),
    _maybe_document("result"),
    _maybe_document("evidence"),
    _maybe_text("run_id"),
    _maybe_text("step_path"),
    _time("created_at"),
    _time("changed_at"),
    Index(None, "state", "look_at"),
    Index(None, "run_id"),
)

usage = _table(
    "usage",
    _id("connection_id"),
    _id("month"),  # YYYY-MM
    _id("kind"),
    _count("calls"),
)

audit = _table(
    "audit",
    # Numbered by ``audit.append``, not by a sequence: a gap must mean that a row is missing.
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    _time("at"),
    _text("actor"),
    _text("action"),
    _text("object"),
    _maybe_document("before"),
    _maybe_document("after"),
    _maybe_text("external_ref"),
    _maybe_text("run_id"),
    _maybe_text("op_key"),
    _maybe_text("ip"),
    _text("prev_hash"),
    _text("hash"),
)

heartbeat = _table("heartbeat", _id("name"), _time("at"))
