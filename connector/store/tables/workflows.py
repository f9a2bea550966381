"""Workflows, their versions, what people are changing in them, and samples to try that on."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, UniqueConstraint

from connector.store.tables.columns import (
    count,
    document,
    identifier,
    maybe_time,
    note,
    table,
    time,
    words,
)

workflow = table(
    "workflow",
    identifier("id"),
    words("name"),
    Column("published_version", Integer),
    time("created_at"),
    Column("resting_version", Integer),  # the one that was published when it was disabled
    maybe_time("deleted_at"),  # its name stays taken, so that its writes are never made anew
    maybe_time("paused_at"),  # events are kept, and their runs wait
    note("paused_by"),
    note("pause_reason"),
    maybe_time("resumed_at"),
    UniqueConstraint("tenant", "name"),
)

workflow_version = table(
    "workflow_version",
    identifier("workflow_id", ForeignKey("workflow.id")),
    Column("version", Integer, primary_key=True, autoincrement=False),
    document("document"),
    words("fingerprint"),
    time("created_at"),
    note("author"),
    note("note"),
)

# What somebody is changing. A new workflow has a draft before it has a row of its own.
workflow_draft = table(
    "workflow_draft",
    identifier("workflow_id"),
    Column("revision", BigInteger, nullable=False),
    count("base_version"),
    document("document"),
    document("skipped"),  # the steps that are left out in tests
    words("author"),
    words("changed_by"),
    time("created_at"),
    time("changed_at"),
)

# Earlier revisions of a draft, to tell what somebody else has changed meanwhile.
workflow_draft_revision = table(
    "workflow_draft_revision",
    identifier("workflow_id", ForeignKey("workflow_draft.workflow_id", ondelete="CASCADE")),
    Column("revision", BigInteger, primary_key=True, autoincrement=False),
    document("document"),
)

workflow_sample = table(
    "workflow_sample",
    identifier("id"),
    words("workflow_id"),
    words("place"),  # 'input' or the id of a step
    words("name"),
    words("source"),
    note("origin"),
    document("document"),
    count("is_pinned"),
    words("author"),
    time("created_at"),
    Index(None, "workflow_id", "place", "created_at"),
)
