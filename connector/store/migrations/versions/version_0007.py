"""Runs inside runs, approvals, and who published a version."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add what loops, calls, cancelling, replays and approvals need."""
    for name in ("parent_id", "block", "item_key", "root_id", "replay_of", "started_by"):
        op.add_column("run", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("run", sa.Column("cancelled_by", sa.Text(), nullable=True))
    op.add_column("run", sa.Column("item_number", sa.Integer(), nullable=True))
    op.add_column("run", sa.Column("depth", sa.Integer(), server_default="0", nullable=False))
    op.create_index(
        "ix_run_parent_id_block_item_key", "run", ["parent_id", "block", "item_key"], unique=True
    )
    op.create_index(
        "ix_run_parent_id_block_state_item_number",
        "run",
        ["parent_id", "block", "state", "item_number"],
    )
    op.create_index("ix_run_root_id", "run", ["root_id"])
    op.create_index("ix_run_replay_of", "run", ["replay_of"])
    op.add_column("step", sa.Column("retries", sa.Integer(), server_default="0", nullable=False))
    op.add_column(
        "workflow_version",
        sa.Column("author", sa.Text(), server_default=sa.text("''"), nullable=False),
    )
    _make_approval()
    _make_approval_vote()


def _make_approval() -> None:
    op.create_table(
        "approval",
        sa.Column("tenant", sa.Text(), server_default="main", nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("needed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("excluded", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["run_id"], ["run.id"], name="fk_approval_run_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_approval"),
    )
    op.create_index("ix_approval_run_id_path", "approval", ["run_id", "path"])
    op.create_index("ix_approval_state_requested_at", "approval", ["state", "requested_at"])


def _make_approval_vote() -> None:
    op.create_table(
        "approval_vote",
        sa.Column("tenant", sa.Text(), server_default="main", nullable=False),
        sa.Column("approval_id", sa.Text(), nullable=False),
        sa.Column("approver", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["approval_id"],
            ["approval.id"],
            name="fk_approval_vote_approval_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("approval_id", "approver", name="pk_approval_vote"),
    )
