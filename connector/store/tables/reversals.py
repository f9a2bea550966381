"""Reversals: what somebody saw before a run was taken back, and the run that does it."""

from __future__ import annotations

from sqlalchemy import Column, Index, Text

from connector.store.tables.columns import (
    document,
    identifier,
    maybe_text,
    maybe_time,
    note,
    table,
    time,
    words,
)

# No foreign keys: who took back what is remembered longer than runs are.
reversal = table(
    "reversal",
    identifier("id"),  # a hash of all of it
    words("of_run"),
    words("day"),
    words("actor"),
    document("writes"),
    Column("state", Text, nullable=False, server_default="planned"),
    time("created_at"),
    maybe_time("started_at"),
    note("started_by"),
    maybe_text("reversal_run"),
    Index(None, "of_run", "created_at"),
    Index(None, "reversal_run"),
)
