"""Who is told of our own events, what they are told, and which troubles were reported."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Text, UniqueConstraint

from connector.store.tables.columns import (
    ROW_NUMBER,
    count,
    document,
    identifier,
    maybe_text,
    maybe_time,
    note,
    table,
    time,
    words,
)

# A program at a web address, or a person with a mail address.
subscriber = table(
    "subscriber",
    identifier("id"),
    words("name"),
    words("kind"),  # ``webhook`` or ``mail``
    words("target"),
    note("secrets"),  # sealed; what deliveries are signed with
    document("types"),  # empty for all
    document("workflows"),  # ids; empty for all
    Column("state", Text, nullable=False, server_default="active"),
    note("problem"),
    count("failures"),  # in a row
    maybe_time("paused_until"),
    maybe_time("lease_until"),
    count("epoch"),
    time("created_at"),
    time("changed_at"),
    UniqueConstraint("tenant", "name"),
)

outbound_event = table(
    "outbound_event",
    Column("number", ROW_NUMBER, primary_key=True, autoincrement=True),
    words("id"),
    words("type"),
    words("subject"),
    document("data"),
    maybe_text("run_id"),  # no foreign key: what was told outlives what it was about
    time("at"),
    Index(None, "at"),
    Index(None, "run_id"),
    sqlite_autoincrement=True,
)

outbound_delivery = table(
    "outbound_delivery",
    Column(
        "event_number",
        BigInteger().with_variant(Integer(), "sqlite"),
        ForeignKey("outbound_event.number", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    identifier("subscriber_id", ForeignKey("subscriber.id", ondelete="CASCADE")),
    Column("state", Text, nullable=False, server_default="waiting"),
    count("attempts"),
    time("due_at"),
    maybe_time("ended_at"),
    Column("status", Integer),  # of the last answer, where there was one
    note("note"),
    Index(None, "subscriber_id", "state", "due_at"),
)

# The issues that somebody was told of; ``connector.operations.alerts``.
alert = table(
    "alert",
    identifier("issue_id"),
    words("state"),  # ``told`` until it is over
    time("told_at"),
    maybe_time("ended_at"),
)
