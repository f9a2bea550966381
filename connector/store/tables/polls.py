"""What asks instead of being told."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer

from connector.store.tables.columns import (
    count,
    document,
    identifier,
    maybe_document,
    maybe_time,
    note,
    table,
    time,
    words,
)

# What asks instead of being told: one row for each workflow that was ever published. A row without
# ``due_at`` belongs to a workflow that is started otherwise.
poll = table(
    "poll",
    identifier("workflow_id"),
    Column("version", Integer, nullable=False),
    words("fingerprint"),  # of the trigger with its settings; another one starts anew
    document("state"),
    time("since"),
    note("listens_to"),  # the connection whose deliveries make it due at once
    maybe_time("due_at"),
    maybe_time("lease_until"),
    count("epoch"),
    count("failures"),
    maybe_time("polled_at"),
    note("note"),
    maybe_document("problem"),
    Index(None, "due_at"),
    Index(None, "listens_to"),
)

# The records a poll has seen: what tells a new one from a changed or a deleted one.
poll_record = table(
    "poll_record",
    identifier("workflow_id", ForeignKey("poll.workflow_id", ondelete="CASCADE")),
    identifier("key"),
    note("id"),
    note("version"),
    note("state"),
    count("mark"),
    Index(None, "workflow_id", "mark"),
    Index(None, "workflow_id", "version"),
)
