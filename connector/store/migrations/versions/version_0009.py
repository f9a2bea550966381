"""Drafts of workflows, samples to try them on, and workflows that rest or are deleted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), server_default="0", nullable=False)


def _note(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default=sa.text("''"), nullable=False)


def _tenant() -> sa.Column[str]:
    return sa.Column("tenant", sa.Text(), server_default="main", nullable=False)


def upgrade() -> None:
    """Add the tables, and the columns of workflows and their versions."""
    op.add_column("workflow", sa.Column("resting_version", sa.Integer(), nullable=True))
    op.add_column("workflow", sa.Column("deleted_at", sa.BigInteger(), nullable=True))
    op.add_column("workflow_version", _note("note"))
    op.create_table(
        "workflow_draft",
        _tenant(),
        _text("workflow_id"),
        _number("revision"),
        _count("base_version"),
        _text("document"),
        _text("skipped"),
        _text("author"),
        _text("changed_by"),
        _number("created_at"),
        _number("changed_at"),
        sa.PrimaryKeyConstraint("workflow_id", name="pk_workflow_draft"),
    )
    op.create_table(
        "workflow_draft_revision",
        _tenant(),
        _text("workflow_id"),
        _number("revision"),
        _text("document"),
        sa.ForeignKeyConstraint(
            ["workflow_id"],
            ["workflow_draft.workflow_id"],
            name="fk_workflow_draft_revision_workflow_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workflow_id", "revision", name="pk_workflow_draft_revision"),
    )
    op.create_table(
        "workflow_sample",
        _tenant(),
        _text("id"),
        _text("workflow_id"),
        _text("place"),
        _text("name"),
        _text("source"),
        _note("origin"),
        _text("document"),
        _count("is_pinned"),
        _text("author"),
        _number("created_at"),
        sa.PrimaryKeyConstraint("id", name="pk_workflow_sample"),
    )
    op.create_index(
        "ix_workflow_sample_workflow_id_place_created_at",
        "workflow_sample",
        ["workflow_id", "place", "created_at"],
    )
