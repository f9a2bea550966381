"""Plans: what a rehearsal showed, approved by a person, and the run that keeps to it."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer

from connector.store.tables.columns import (
    document,
    identifier,
    maybe_document,
    maybe_time,
    note,
    table,
    time,
    words,
)

plan = table(
    "plan",
    identifier("id"),
    words("workflow_id"),
    Column("version", Integer, nullable=False),
    words("run_id"),  # the run it allows; chosen with the plan, since writes are keyed by it
    words("state"),
    words("hash"),
    document("event"),
    document("rehearsal"),
    words("author"),
    document("excluded"),  # who may not approve
    note("approver"),
    note("executor"),
    time("created_at"),
    time("expires_at"),
    maybe_time("approved_at"),
    maybe_time("executed_at"),
    Index(None, "run_id", unique=True),
    Index(None, "state", "created_at"),
)

# The writes a plan allows; its run makes no other.
plan_write = table(
    "plan_write",
    identifier("plan_id", ForeignKey("plan.id", ondelete="CASCADE")),
    identifier("op_key"),
    words("step"),
    note("item"),
    words("payload_hash"),
    maybe_document("payload"),  # kept where parts of it are known only once the run has begun
)
