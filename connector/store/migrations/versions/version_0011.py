"""Subscribers of our own events, and alerts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _tenant() -> sa.Column[str]:
    return sa.Column("tenant", sa.Text(), server_default="main", nullable=False)


def _note(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default=sa.text("''"), nullable=False)


def _words(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), server_default="0", nullable=False)


def upgrade() -> None:
    """Add the four tables."""
    op.create_table(
        "subscriber",
        _tenant(),
        _words("id"),
        _words("name"),
        _words("kind"),
        _words("target"),
        _note("secrets"),
        _words("types"),
        _words("workflows"),
        sa.Column("state", sa.Text(), server_default="active", nullable=False),
        _note("problem"),
        _count("failures"),
        sa.Column("paused_until", sa.BigInteger(), nullable=True),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        _count("epoch"),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_subscriber"),
        sa.UniqueConstraint("tenant", "name", name="uq_subscriber_tenant_name"),
    )
    op.create_table(
        "outbound_event",
        _tenant(),
        sa.Column("number", _NUMBER, autoincrement=True, nullable=False),
        _words("id"),
        _words("type"),
        _words("subject"),
        _words("data"),
        sa.Column("run_id", sa.Text(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_outbound_event"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbound_event_at", "outbound_event", ["at"])
    op.create_index("ix_outbound_event_run_id", "outbound_event", ["run_id"])
    op.create_table(
        "outbound_delivery",
        _tenant(),
        sa.Column("event_number", _NUMBER, autoincrement=False, nullable=False),
        _words("subscriber_id"),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        _count("attempts"),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        _note("note"),
        sa.ForeignKeyConstraint(
            ["event_number"],
            ["outbound_event.number"],
            name="fk_outbound_delivery_event_number",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["subscriber.id"],
            name="fk_outbound_delivery_subscriber_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("event_number", "subscriber_id", name="pk_outbound_delivery"),
    )
    op.create_index(
        "ix_outbound_delivery_subscriber_id_state_due_at",
        "outbound_delivery",
        ["subscriber_id", "state", "due_at"],
    )
    op.create_table(
        "alert",
        _tenant(),
        _words("issue_id"),
        _words("state"),
        sa.Column("told_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("issue_id", name="pk_alert"),
    )
