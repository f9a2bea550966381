"""OAuth: the tokens of a connection, and consents that were asked for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def _owned(name: str, *columns: sa.Column[object], key: str) -> None:
    op.create_table(
        name,
        sa.Column("tenant", sa.Text(), server_default="main", nullable=False),
        *columns,
        sa.ForeignKeyConstraint(
            ["connection_id"],
            ["connection.id"],
            name=f"fk_{name}_connection_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(key, name=f"pk_{name}"),
    )


def upgrade() -> None:
    """Add both tables."""
    _owned(
        "token",
        sa.Column("connection_id", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), server_default="", nullable=False),
        sa.Column("facts", sa.Text(), server_default="", nullable=False),
        sa.Column("renew_at", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("claim", sa.Text(), server_default="", nullable=False),
        sa.Column("claimed_until", sa.BigInteger(), nullable=True),
        sa.Column("lost_at", sa.BigInteger(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("warned_at", sa.BigInteger(), nullable=True),
        key="connection_id",
    )
    _owned(
        "consent",
        sa.Column("state_hash", sa.Text(), nullable=False),
        sa.Column("connection_id", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("caller", sa.Text(), nullable=False),
        sa.Column("binding", sa.Text(), server_default="", nullable=False),
        sa.Column("redirect_url", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        key="state_hash",
    )
