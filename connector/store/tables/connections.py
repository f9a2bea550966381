"""Connections, and what is kept of a connection: sign-ins, tokens, what was read of its company."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, Text, UniqueConstraint

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

connection = table(
    "connection",
    identifier("id"),
    words("name"),
    words("kind"),
    document("settings"),
    words("secrets"),  # ciphertext: connector.connections.encrypt
    words("hook_token"),
    time("created_at"),
    time("changed_at"),
    Column("state", Text, nullable=False, server_default="ready"),
    maybe_document("problem"),
    UniqueConstraint("tenant", "name"),
    UniqueConstraint("hook_token"),
)

session = table(
    "session",
    identifier("connection_id", ForeignKey("connection.id", ondelete="CASCADE")),
    identifier("scope"),  # the entity signed in to; empty is the top level
    words("secret"),
    time("expires_at"),
    Column("version", Integer, nullable=False, server_default="1"),
)

live_schema = table(
    "live_schema",
    identifier("connection_id", ForeignKey("connection.id", ondelete="CASCADE")),
    identifier("object"),  # Intacct's name, such as ARINVOICE
    document("document"),
    time("read_at"),
)

# The OAuth tokens of a connection; kept by ``connector.connections.grants`` alone.
token = table(
    "token",
    identifier("connection_id", ForeignKey("connection.id", ondelete="CASCADE")),
    note("sealed"),  # ciphertext of access and refresh token
    note("facts"),  # whom the access token says it is for
    maybe_time("renew_at"),
    maybe_time("expires_at"),  # of the access token
    maybe_time("ends_at"),  # of the refresh token
    count("version"),
    note("claim"),  # who renews at the moment
    maybe_time("claimed_until"),
    maybe_time("lost_at"),  # when a renewal was asked for and not answered
    maybe_document("problem"),
    maybe_time("warned_at"),
)

# Consents that were asked for and not yet given: ``connector.connections.consents``.
consent = table(
    "consent",
    identifier("state_hash"),
    Column("connection_id", Text, ForeignKey("connection.id", ondelete="CASCADE"), nullable=False),
    words("sealed"),
    words("caller"),
    note("binding"),
    words("redirect_url"),
    words("actor"),
    time("expires_at"),
)
