"""What large loads and their cost need: budgets of connections, and bulk jobs under way."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Text

from connector.store.tables.columns import (
    count,
    document,
    identifier,
    note,
    table,
    time,
    words,
)

budget = table(
    "budget",
    identifier("connection_id", ForeignKey("connection.id", ondelete="CASCADE")),
    count("warn_at"),
    count("stop_at"),
    note("warned_month"),  # YYYY-MM in which the warning was told
    time("changed_at"),
)

# Jobs that Intacct has accepted and whose results are not read yet: ``connector.transfer.bulk``.
bulk_job = table(
    "bulk_job",
    identifier("id"),
    Column("connection_id", Text, ForeignKey("connection.id", ondelete="CASCADE"), nullable=False),
    words("run_id"),
    words("job"),  # Intacct's name of it
    document("rows"),  # the effects it carries with their epochs, in the order of its file
    time("created_at"),
    Index(None, "run_id"),
)
