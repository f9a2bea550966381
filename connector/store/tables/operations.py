"""What people look after: troubles grouped by their cause, and plans for replaying many runs."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Text

from connector.store.tables.columns import (
    count,
    identifier,
    maybe_text,
    maybe_time,
    note,
    table,
    time,
    words,
)

# One cause: its id is made of what the cause is, so that it finds its row again.
issue = table(
    "issue",
    identifier("id"),
    words("kind"),
    Column("state", Text, nullable=False, server_default="open"),
    maybe_text("workflow_id"),
    maybe_text("connection_id"),
    note("step"),
    note("error_type"),
    note("code"),
    note("place"),
    words("title"),
    note("advice"),
    count("seen"),  # how often, over all times
    count("needs_person"),  # 0 while everything in it is tried again or looked up by itself
    time("first_at"),
    time("last_at"),
    time("opened_at"),  # when it last came up
    maybe_time("resolved_at"),
    note("resolved_by"),
    note("muted_by"),
    Index(None, "state", "last_at"),
)

# The runs of an issue. No foreign key to the run: the issue remembers it longer.
issue_run = table(
    "issue_run",
    identifier("run_id"),
    Column("issue_id", Text, ForeignKey("issue.id", ondelete="CASCADE"), nullable=False),
    time("at"),
    maybe_time("settled_at"),
    Index(None, "issue_id", "settled_at", "at"),
    Index(None, "settled_at"),
)

# When something that is done now and then was last begun.
chore = table("chore", identifier("name"), time("at"))

# What somebody is about to retry or replay; the id is a hash of all of it.
replay_plan = table(
    "replay_plan",
    identifier("id"),
    words("action"),  # retry or replay
    words("actor"),
    Column("state", Text, nullable=False, server_default="planned"),
    time("created_at"),
    maybe_time("started_at"),
    note("started_by"),
    maybe_time("finished_at"),
    Index(None, "state", "started_at"),
)

replay_item = table(
    "replay_item",
    identifier("plan_id", ForeignKey("replay_plan.id", ondelete="CASCADE")),
    identifier("run_id"),
    count("number"),
    words("forecast"),
    note("reason"),
    words("mark"),  # what the run and its writes were when the plan was made
    Column("state", Text, nullable=False, server_default="planned"),
    note("started_run"),
    Index(None, "plan_id", "state", "number"),
    Index(None, "started_run"),
)
