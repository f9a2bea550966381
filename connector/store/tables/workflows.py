"""Workflows and their versions."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, UniqueConstraint

from connector.store.tables.columns import document, identifier, note, table, time, words

workflow = table(
    "workflow",
    identifier("id"),
    words("name"),
    Column("published_version", Integer),
    time("created_at"),
    UniqueConstraint("tenant", "name"),
)

workflow_version = table(
    "workflow_version",
    identifier("workflow_id", ForeignKey("workflow.id")),
    Column("version", Integer, primary_key=True, autoincrement=False),
    document("document"),
    words("fingerprint"),
    time("created_at"),
    note("author"),
)
