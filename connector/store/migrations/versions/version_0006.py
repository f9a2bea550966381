"""People of the console: accounts, their sessions, API keys, attempts to sign in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _time(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _tenant() -> sa.Column[str]:
    return sa.Column("tenant", sa.Text(), server_default="main", nullable=False)


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "account",
        _tenant(),
        _text("id"),
        _text("login"),
        _text("name"),
        _text("role"),
        _text("password"),
        sa.Column("is_active", sa.Integer(), server_default="1", nullable=False),
        _time("created_at"),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
        sa.UniqueConstraint("tenant", "login", name="uq_account_tenant_login"),
    )
    op.create_table(
        "web_session",
        _tenant(),
        _text("id"),
        _text("account_id"),
        _text("browser"),
        _text("address"),
        _time("created_at"),
        _time("seen_at"),
        _time("confirmed_at"),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name="fk_web_session_account_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_web_session"),
    )
    op.create_index("ix_web_session_account_id", "web_session", ["account_id"])
    op.create_table(
        "api_key",
        _tenant(),
        _text("id"),
        _text("name"),
        _text("role"),
        _text("hash"),
        _text("ending"),
        _text("created_by"),
        _time("created_at"),
        sa.PrimaryKeyConstraint("id", name="pk_api_key"),
        sa.UniqueConstraint("hash", name="uq_api_key_hash"),
    )
    op.create_table(
        "sign_in_attempt",
        _tenant(),
        _text("id"),
        sa.Column("failures", sa.Integer(), nullable=False),
        _time("last_at"),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in_attempt"),
    )
