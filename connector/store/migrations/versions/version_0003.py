"""What a restored backup and a repeated order need: restores, checks, generations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the table of restores and what an effect remembers of its checks."""
    row_number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "restore",
        sa.Column("tenant", sa.Text(), server_default="main", nullable=False),
        sa.Column("id", row_number, autoincrement=True, nullable=False),
        sa.Column("backup_at", sa.BigInteger(), nullable=False),
        sa.Column("restored_at", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("audit_seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_restore"),
    )
    op.add_column("effect", sa.Column("check_kind", sa.Text(), nullable=True))
    op.add_column("effect", sa.Column("cleared_at", sa.BigInteger(), nullable=True))
    op.add_column("effect", sa.Column("base_key", sa.Text(), nullable=True))
    op.add_column(
        "effect", sa.Column("generation", sa.Integer(), server_default="0", nullable=False)
    )
