"""The ledger of a run that keeps to an approved plan: what was not approved is not even planned.

A plan names every write its run may make by the key of the effect, with the hash of the frozen
bytes. Where the bytes hold a record number that the run itself makes, the plan has them in pieces:
what stands between the pieces is open, the same everywhere, and nothing else may differ.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from connector.errors import ConnectorError
from connector.intacct.operation import Operation
from connector.intacct.ports import Effect
from connector.runtime.effects import SqlEffects
from connector.runtime.intents import Intent
from connector.runtime.services import Services
from connector.store.json_text import from_json
from connector.store.tables import plan, plan_write, run

_ADVICE = "Rehearse the event again, and have the new plan approved."
# A replay is held to the plan of the run that it repeats.
_FIRST = sa.select(run.c.replay_of).where(run.c.id == sa.bindparam("of_run")).scalar_subquery()
_PLAN = sa.select(plan.c.id).where(
    plan.c.run_id == sa.func.coalesce(_FIRST, sa.bindparam("of_run"))
)
_WRITE = sa.select(plan_write).where(
    plan_write.c.plan_id == sa.bindparam("of_plan"), plan_write.c.op_key == sa.bindparam("of_key")
)


@dataclass(frozen=True)
class Place:
    """Whose writes are to be planned and judged.

    Args:
        intent: What they are for.
        actor: Who writes, for the audit trail.
        run_id: The run.
        root_id: The outermost run around it, or itself; empty where no plan can have made it.
        step_path: The step within the run.
    """

    intent: Intent
    actor: str
    run_id: str
    root_id: str
    step_path: str


def effects_of(services: Services, place: Place) -> SqlEffects:
    """Return the ledger of a step, one that keeps to the plan where the run was made from one."""
    more: dict[str, Any] = {
        "actor": place.actor,
        "run_id": place.run_id,
        "step_path": place.step_path,
    }
    plan_id = _plan_of(services, place.root_id)
    if plan_id is None:
        return SqlEffects(services.database, place.intent, services.patience, **more)
    return _ApprovedEffects(services, place, plan_id, more)


def _plan_of(services: Services, run_id: str) -> str | None:
    if not run_id:
        return None
    given = {"of_run": run_id}
    found: str | None = services.database.read(
        lambda c: c.execute(_PLAN, given).scalar_one_or_none()
    )
    return found


class _ApprovedEffects(SqlEffects):
    def __init__(
        self, services: Services, place: Place, plan_id: str, more: dict[str, Any]
    ) -> None:
        super().__init__(services.database, place.intent, services.patience, **more)
        self._place = place
        self._plan_id = plan_id

    def plan(self, operation: Operation) -> Effect:
        """Plan a write that the plan allows.

        Raises:
            ConnectorError: The plan holds no such write, or another content for it.
        """
        op_key = self._place.intent.op_key(operation.call)
        given = {"of_plan": self._plan_id, "of_key": op_key}
        row = self._database.read(lambda c: c.execute(_WRITE, given).one_or_none())
        payload = operation.frozen.payload if operation.frozen else ""
        if row is None:
            title = (
                f"The approved plan holds no write such as this one of '{self._place.step_path}'"
            )
            raise ConnectorError(f"{title}; nothing was sent.", advice=_ADVICE)
        if not _is_same(row, payload):
            title = f"The request of '{self._place.step_path}' is not the one that was approved"
            raise ConnectorError(f"{title}; nothing was sent.", advice=_ADVICE)
        return super().plan(operation)


def _is_same(row: sa.Row[Any], payload: str) -> bool:
    if row.payload is None:
        return bool(row.payload_hash == hashlib.sha256(payload.encode()).hexdigest())
    return matches(from_json(row.payload), payload)


def matches(pieces: Sequence[Sequence[Any]], payload: str) -> bool:
    """Say whether bytes are those of a plan, whatever stands in its open places.

    Args:
        pieces: Text and whether it is a stand-in; the same stand-in is the same text everywhere.
        payload: The bytes.
    """
    groups: dict[str, str] = {}
    pattern = ""
    for text, is_open in pieces:
        if not is_open:
            pattern += re.escape(text)
        elif text in groups:
            pattern += f"(?P={groups[text]})"
        else:
            groups[text] = f"open{len(groups)}"
            pattern += f'(?P<{groups[text]}>[^<>"\\\\]{{1,100}}?)'
    return re.fullmatch(pattern, payload) is not None
