"""People of the console: ``connector.accounts``."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Text, UniqueConstraint

from connector.store.tables.columns import count, identifier, maybe_time, table, time, words

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
    count("is_partial"),  # 1 while the code of a second factor is awaited
    Index(None, "account_id"),
)

# Codes by time from an app; it counts once ``confirmed_at`` is there.
second_factor = table(
    "second_factor",
    identifier("account_id", ForeignKey("account.id", ondelete="CASCADE")),
    words("sealed"),
    Column("last_step", BigInteger, nullable=False, server_default="0"),  # no code opens twice
    time("created_at"),
    maybe_time("confirmed_at"),
)

recovery_code = table(
    "recovery_code",
    identifier("id"),  # a hash
    Column("account_id", Text, ForeignKey("account.id", ondelete="CASCADE"), nullable=False),
    maybe_time("used_at"),
    Index(None, "account_id"),
)

# The roles that must have a second factor.
factor_rule = table("factor_rule", identifier("role"))

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
