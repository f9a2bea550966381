"""People of the console: ``connector.accounts``."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Text, UniqueConstraint

from connector.store.tables.columns import identifier, table, time, words

account = table(
    "account",
    identifier("id"),
    words("login"),
    words("name"),
    words("role"),
    words("password"),  # a salted hash with its costs
    Column("is_active", Integer, nullable=False, server_default="1"),
    time("created_at"),
    UniqueConstraint("tenant", "login"),
)

web_session = table(
    "web_session",
    identifier("id"),  # a hash of the cookie, so that whoever reads the table cannot use it
    Column("account_id", Text, ForeignKey("account.id", ondelete="CASCADE"), nullable=False),
    words("browser"),
    words("address"),
    time("created_at"),
    time("seen_at"),
    time("confirmed_at"),  # when the password was last given
    Index(None, "account_id"),
)

api_key = table(
    "api_key",
    identifier("id"),
    words("name"),
    words("role"),
    words("hash"),
    words("ending"),  # its last letters, so that people can tell keys apart
    words("created_by"),
    time("created_at"),
    UniqueConstraint("hash"),
)

# Whom the log-in lets wait: names, networks and both together, as hashes.
sign_in_attempt = table(
    "sign_in_attempt",
    identifier("id"),
    Column("failures", Integer, nullable=False),
    time("last_at"),
)
