"""The ledger: one row for every record that was created, changed or deleted, in order."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connector.sandbox.config import COMPANY_ID
from connector.sandbox.events.outbox import record_change
from connector.sandbox.store import Body, Record, Store

COLUMNS = (
    "seq", "at", "function", "control_id", "object", "operation", "key", "id", "entity", "company",
)  # fmt: skip


@dataclass(frozen=True)
class Cause:
    """Which function of which request changes something, and when."""

    function: str
    control_id: str
    at: datetime
    user: str = ""


def note(
    store: Store, cause: Cause, operation: str, record: Record, before: Body | None = None
) -> None:
    """Append one row and make the events of the change; the transaction undoes both.

    `before` is what an updated record held earlier, for triggers on one field.
    """
    store.execute(
        "INSERT INTO ledger (at, function, control_id, object, operation, key, id, entity, company)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            cause.at.isoformat(),
            cause.function,
            cause.control_id,
            record.object,
            operation,
            str(record.recordno),
            record.id,
            record.entity,
            COMPANY_ID,
        ),
    )
    store.execute("INSERT INTO ledger_user VALUES (last_insert_rowid(), ?)", (cause.user,))
    record_change(store, cause, operation, record, before)


def entries(store: Store, object_name: str | None = None) -> list[dict[str, Any]]:
    """Return the ledger as dictionaries, oldest first, of one object or of all."""
    condition, values = ("WHERE object = ?", [object_name]) if object_name else ("", [])
    sql = f"SELECT {', '.join(COLUMNS)} FROM ledger {condition} ORDER BY seq"  # noqa: S608 # own text
    return [dict(zip(COLUMNS, row, strict=True)) for row in store.execute(sql, values)]
