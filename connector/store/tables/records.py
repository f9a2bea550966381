"""What the installation keeps of itself: the audit log and who is alive."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column

from connector.store.tables.columns import (
    identifier,
    maybe_document,
    maybe_text,
    table,
    time,
    words,
)

audit = table(
    "audit",
    # Numbered by ``audit.append``, not by a sequence: a gap must mean that a row is missing.
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    time("at"),
    words("actor"),
    words("action"),
    words("object"),
    maybe_document("before"),
    maybe_document("after"),
    maybe_text("external_ref"),
    maybe_text("run_id"),
    maybe_text("op_key"),
    maybe_text("ip"),
    words("prev_hash"),
    words("hash"),
)

heartbeat = table("heartbeat", identifier("name"), time("at"))
