"""What people look after: issues, paused workflows, replay plans, and finding runs quickly."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_OUTERMOST = "parent_id IS NULL"
_INSIDE = "parent_id IS NOT NULL"
_PARTIES = ("customerId", "vendorId", "employeeId")


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _maybe_text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=True)


def _note(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default=sa.text("''"), nullable=False)


def _count(name: str, default: str = "0") -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), server_default=default, nullable=False)


def _time(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _maybe_time(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=True)


def _tenant() -> sa.Column[str]:
    return sa.Column("tenant", sa.Text(), server_default="main", nullable=False)


def _index(
    table: str, *columns: str, where: str = "", name: str = "", unique: bool = False
) -> None:
    condition = sa.text(where) if where else None
    op.create_index(
        name or f"ix_{table}_{'_'.join(columns)}",
        table,
        list(columns),
        unique=unique,
        sqlite_where=condition,
        postgresql_where=condition,
    )


def upgrade() -> None:
    """Add the tables, the columns and the indexes."""
    _add_columns()
    _add_indexes()
    _add_issues()
    _add_plans()
    _name_parties()
    op.execute("UPDATE run SET trouble = 1 WHERE state IN ('failed', 'parked', 'uncertain')")


def _add_columns() -> None:
    op.add_column("run", _count("priority", "1"))
    op.add_column("run", sa.Column("trouble", sa.Integer(), nullable=True))
    op.add_column("run", _maybe_time("pruned_at"))
    op.add_column("inbox", _note("event_id"))
    op.add_column("step", _count("api_transactions"))
    op.add_column("effect", _note("party"))
    op.add_column("workflow", _maybe_time("paused_at"))
    op.add_column("workflow", _note("paused_by"))
    op.add_column("workflow", _note("pause_reason"))
    op.add_column("workflow", _maybe_time("resumed_at"))


def _add_indexes() -> None:
    # Runs inside others alone: most have no parent, and a list of those needs another order.
    op.drop_index("ix_run_parent_id_block_item_key", "run")
    op.drop_index("ix_run_parent_id_block_state_item_number", "run")
    _index("run", "parent_id", "block", "item_key", where=_INSIDE, unique=True)
    _index("run", "parent_id", "block", "state", "item_number", where=_INSIDE)
    _index("run", "once")
    _index("run", "inbox_id")
    _index("run", "created_at", "id", where=_OUTERMOST)
    _index("run", "state", "created_at", "id", where=_OUTERMOST)
    _index("run", "workflow_id", "created_at", "id", where=_OUTERMOST)
    _index("run", "workflow_id", "finished_at", where=_OUTERMOST)
    _index("run", "created_at", where=f"{_OUTERMOST} AND pruned_at IS NULL", name="ix_run_unpruned")
    _index("run", "trouble", where="trouble IS NOT NULL")
    _index("inbox", "event_id")
    _index("inbox", "received_at")
    _index("effect", "external_id")
    _index("effect", "key")
    _index("effect", "party")


def _add_issues() -> None:
    op.create_table(
        "issue",
        _tenant(),
        _text("id"),
        _text("kind"),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        _maybe_text("workflow_id"),
        _maybe_text("connection_id"),
        _note("step"),
        _note("error_type"),
        _note("code"),
        _note("place"),
        _text("title"),
        _note("advice"),
        _count("seen"),
        _count("needs_person"),
        _time("first_at"),
        _time("last_at"),
        _time("opened_at"),
        _maybe_time("resolved_at"),
        _note("resolved_by"),
        _note("muted_by"),
        sa.PrimaryKeyConstraint("id", name="pk_issue"),
    )
    _index("issue", "state", "last_at")
    op.create_table(
        "issue_run",
        _tenant(),
        _text("run_id"),
        _text("issue_id"),
        _time("at"),
        _maybe_time("settled_at"),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["issue.id"], name="fk_issue_run_issue_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", name="pk_issue_run"),
    )
    _index("issue_run", "issue_id", "settled_at", "at")
    _index("issue_run", "settled_at")


def _add_plans() -> None:
    op.create_table(
        "chore",
        _tenant(),
        _text("name"),
        _time("at"),
        sa.PrimaryKeyConstraint("name", name="pk_chore"),
    )
    op.create_table(
        "replay_plan",
        _tenant(),
        _text("id"),
        _text("action"),
        _text("actor"),
        sa.Column("state", sa.Text(), server_default="planned", nullable=False),
        _time("created_at"),
        _maybe_time("started_at"),
        _note("started_by"),
        _maybe_time("finished_at"),
        sa.PrimaryKeyConstraint("id", name="pk_replay_plan"),
    )
    _index("replay_plan", "state", "started_at")
    op.create_table(
        "replay_item",
        _tenant(),
        _text("plan_id"),
        _text("run_id"),
        _count("number"),
        _text("forecast"),
        _note("reason"),
        _text("mark"),
        sa.Column("state", sa.Text(), server_default="planned", nullable=False),
        _note("started_run"),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["replay_plan.id"], name="fk_replay_item_plan_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("plan_id", "run_id", name="pk_replay_item"),
    )
    _index("replay_item", "plan_id", "state", "number")
    _index("replay_item", "started_run")


def _name_parties() -> None:
    """Say whose record each write of the past is, so that a customer finds those, too."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for part in ("match", "agree"):
        for name in _PARTIES:
            value = (
                f"json_extract(natural_key, '$.{part}.{name}')"
                if is_sqlite
                else f"natural_key::json #>> '{{{part},{name}}}'"
            )
            op.execute(
                f"UPDATE effect SET party = COALESCE({value}, '')"  # noqa: S608 - our own names
                " WHERE party = '' AND natural_key IS NOT NULL"
            )
