"""Reversals of runs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "reversal",
        sa.Column("tenant", sa.Text(), server_default="main", nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("of_run", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("writes", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="planned", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("started_by", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("reversal_run", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_reversal"),
    )
    op.create_index("ix_reversal_of_run_created_at", "reversal", ["of_run", "created_at"])
    op.create_index("ix_reversal_reversal_run", "reversal", ["reversal_run"])
