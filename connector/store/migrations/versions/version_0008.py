"""Triggers that ask: what each of them did last, and the records it has seen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add both tables."""
    op.create_table(
        "poll",
        sa.Column("tenant", sa.Text(), server_default="main", nullable=False),
        sa.Column("workflow_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("listens_to", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("epoch", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("polled_at", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("workflow_id", name="pk_poll"),
    )
    op.create_index("ix_poll_due_at", "poll", ["due_at"])
    op.create_index("ix_poll_listens_to", "poll", ["listens_to"])
    op.create_table(
        "poll_record",
        sa.Column("tenant", sa.Text(), server_default="main", nullable=False),
        sa.Column("workflow_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("version", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("mark", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["workflow_id"],
            ["poll.workflow_id"],
            name="fk_poll_record_workflow_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workflow_id", "key", name="pk_poll_record"),
    )
    op.create_index("ix_poll_record_workflow_id_mark", "poll_record", ["workflow_id", "mark"])
    op.create_index("ix_poll_record_workflow_id_version", "poll_record", ["workflow_id", "version"])
