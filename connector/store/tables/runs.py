"""Events, the runs they start, their steps, and the approvals they wait for."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    text,
)

from connector.store.tables.columns import (
    ROW_NUMBER,
    count,
    document,
    identifier,
    maybe_document,
    maybe_text,
    maybe_time,
    note,
    table,
    time,
    words,
)

# Lists show runs that are not inside others: only those are worth a place in these indexes.
_OUTERMOST = "parent_id IS NULL"
_INSIDE = "parent_id IS NOT NULL"
_UNPRUNED = "parent_id IS NULL AND pruned_at IS NULL"
_TROUBLED = "trouble IS NOT NULL"


def _partial(condition: str, *columns: str, name: str | None = None, unique: bool = False) -> Index:
    """Return an index of those rows only, on both databases."""
    where = text(condition)
    return Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)


inbox = table(
    "inbox",
    Column("id", ROW_NUMBER, primary_key=True, autoincrement=True),
    words("connection_id"),
    words("trigger_key"),
    words("dedupe_key"),
    words("type"),
    document("data"),
    note("raw_sha256"),
    time("received_at"),
    maybe_time("occurred_at"),
    Column("state", Text, nullable=False, server_default="received"),
    note("note"),
    maybe_time("routed_at"),
    note("event_id"),  # what its sender calls it
    UniqueConstraint("tenant", "connection_id", "trigger_key", "dedupe_key"),
    Index(None, "state", "received_at"),
    Index(None, "event_id"),
    Index(None, "received_at"),
    sqlite_autoincrement=True,
)

run = table(
    "run",
    identifier("id"),
    words("workflow_id"),
    Column("version", Integer, nullable=False),
    Column("inbox_id", BigInteger),  # no foreign key: a run outlives its event
    maybe_text("once"),
    words("state"),
    count("epoch"),
    maybe_text("owner"),
    maybe_time("lease_until"),
    time("not_before"),
    count("attempts"),
    maybe_document("input"),
    maybe_document("output"),
    maybe_document("error"),
    count("api_transactions"),
    maybe_text("duplicate_of"),
    time("created_at"),
    maybe_time("started_at"),
    maybe_time("finished_at"),
    # A run inside another one: of a loop's item, of a called workflow, after a failure.
    maybe_text("parent_id"),
    maybe_text("block"),  # the step of the parent it belongs to
    maybe_text("item_key"),
    maybe_text("root_id"),  # the outermost run
    maybe_text("replay_of"),
    maybe_text("started_by"),  # a person, where it was one
    maybe_text("cancelled_by"),  # who asked for its end, also before it has come
    Column("item_number", Integer),
    count("depth"),
    Column("priority", Integer, nullable=False, server_default="1"),  # ``runtime.limits.Priority``
    Column("trouble", Integer),  # 1 until ``operations.issues`` has taken note of how it ended
    maybe_time("pruned_at"),  # when its inputs and outputs were removed for their age
    ForeignKeyConstraint(
        ["workflow_id", "version"], ["workflow_version.workflow_id", "workflow_version.version"]
    ),
    UniqueConstraint("workflow_id", "inbox_id"),
    Index(None, "state", "not_before"),
    Index(None, "workflow_id", "once"),
    _partial(_INSIDE, "parent_id", "block", "item_key", unique=True),
    _partial(_INSIDE, "parent_id", "block", "state", "item_number"),
    Index(None, "root_id"),
    Index(None, "replay_of"),
    Index(None, "once"),
    Index(None, "inbox_id"),
    _partial(_OUTERMOST, "created_at", "id"),
    _partial(_OUTERMOST, "state", "created_at", "id"),
    _partial(_OUTERMOST, "workflow_id", "created_at", "id"),
    _partial(_OUTERMOST, "workflow_id", "finished_at"),
    _partial(_UNPRUNED, "created_at", name="ix_run_unpruned"),
    _partial(_TROUBLED, "trouble"),
)

step = table(
    "step",
    identifier("run_id", ForeignKey("run.id", ondelete="CASCADE")),
    identifier("path"),
    words("state"),
    maybe_document("inputs"),
    maybe_document("output"),
    maybe_document("error"),
    count("attempts"),
    maybe_time("started_at"),
    maybe_time("finished_at"),
    count("retries"),  # those that the step's own rule asked for
    count("api_transactions"),
)

# What somebody is to approve, frozen; ``runtime.approvals``.
approval = table(
    "approval",
    identifier("id"),
    Column("run_id", Text, ForeignKey("run.id", ondelete="CASCADE"), nullable=False),
    words("path"),
    words("state"),
    words("title"),
    document("document"),
    words("fingerprint"),
    count("needed"),
    document("excluded"),  # who may not approve
    time("requested_at"),
    time("expires_at"),
    maybe_time("decided_at"),
    Index(None, "run_id", "path"),
    Index(None, "state", "requested_at"),
)

approval_vote = table(
    "approval_vote",
    identifier("approval_id", ForeignKey("approval.id", ondelete="CASCADE")),
    identifier("approver"),
    words("decision"),
    note("reason"),
    time("at"),
)
