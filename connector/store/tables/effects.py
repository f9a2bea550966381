"""Writes and what they cost; ``connector.runtime.effects`` explains their states."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Text

from connector.store.tables.columns import (
    ROW_NUMBER,
    count,
    identifier,
    maybe_document,
    maybe_text,
    maybe_time,
    note,
    table,
    time,
    words,
)

# No foreign keys: an effect is remembered after its connection, run and workflow are gone.
effect = table(
    "effect",
    identifier("op_key"),
    words("control_id"),
    words("connection_id"),
    note("call"),
    note("object_name"),
    words("api"),
    note("function"),
    words("payload"),
    words("payload_hash"),
    maybe_document("natural_key"),
    Column("state", Text, nullable=False, server_default="planned"),
    count("attempt_class"),
    count("attempts"),
    count("epoch"),
    maybe_time("call_deadline"),
    count("resends"),
    count("looks"),
    maybe_time("look_at"),
    note("key"),
    note("external_id"),
    maybe_document("result"),
    maybe_document("evidence"),
    maybe_text("run_id"),
    maybe_text("step_path"),
    time("created_at"),
    time("changed_at"),
    # While a restored ledger does not know whether this went out: ``unsent`` or ``doubtful``.
    maybe_text("check_kind"),
    maybe_time("cleared_at"),  # when a look or a person last said that it is not in Intacct
    maybe_text("base_key"),  # the first generation's key, for a later one
    count("generation"),  # the newest one on the first's row, else its own
    note("party"),  # whose record it is, such as a customer's id
    Index(None, "state", "look_at"),
    Index(None, "run_id"),
    Index(None, "external_id"),
    Index(None, "key"),
    Index(None, "party"),
)

# Until ``until`` every write is looked up before it is first sent (``runtime.reconcile_first``).
restore = table(
    "restore",
    Column("id", ROW_NUMBER, primary_key=True, autoincrement=True),
    time("backup_at"),
    time("restored_at"),
    time("until"),
    words("actor"),
    Column("audit_seq", BigInteger, nullable=False),  # its own row; what was found comes after
)

usage = table(
    "usage",
    identifier("connection_id"),
    identifier("month"),  # YYYY-MM
    identifier("kind"),
    count("calls"),
)
