"""The live schema of each company's objects, as it was last read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the table of live schemas."""
    op.create_table(
        "live_schema",
        sa.Column("tenant", sa.Text(), server_default="main", nullable=False),
        sa.Column("connection_id", sa.Text(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("read_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"],
            ["connection.id"],
            name="fk_live_schema_connection_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("connection_id", "object", name="pk_live_schema"),
    )
