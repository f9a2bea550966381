"""Budgets of connections, and bulk jobs that carry rows of a sync."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add both tables."""
    op.create_table(
        "budget",
        sa.Column("tenant", sa.Text(), server_default="main", nullable=False),
        sa.Column("connection_id", sa.Text(), nullable=False),
        sa.Column("warn_at", sa.Integer(), server_default="0", nullable=False),
        sa.Column("stop_at", sa.Integer(), server_default="0", nullable=False),
        sa.Column("warned_month", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"],
            ["connection.id"],
            name="fk_budget_connection_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("connection_id", name="pk_budget"),
    )
    op.create_table(
        "bulk_job",
        sa.Column("tenant", sa.Text(), server_default="main", nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("connection_id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("rows", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"],
            ["connection.id"],
            name="fk_bulk_job_connection_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_bulk_job"),
    )
    op.create_index("ix_bulk_job_run_id", "bulk_job", ["run_id"])
