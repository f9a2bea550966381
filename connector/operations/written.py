"""A write of a run and its record, as far as they matter for taking the write back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connector.component.inverse import Inverse, of_created

_CREATING = ("create", "POST /objects/")


@dataclass(frozen=True)
class Written:
    """One write of the run.

    Args:
        op_key: Its key in the ledger.
        run_id: The run it belongs to, which may be one inside the run.
        step: The step.
        connection_id: On whose books.
        connection: What the connection is called.
        api: Over which API it went.
        object_name: The object, as the ledger has it.
        function: What it is called on the wire.
        state: Its state in the ledger.
        key: The record number.
        id: What people call the record.
        payload: What was sent.
        decided_by: The person who said that it is there; empty for an answer or a look.
        declared: How the step's action is taken back.
        inputs: The step's inputs, for journal entries; None where they are not kept any more.
    """

    op_key: str
    run_id: str
    step: str
    connection_id: str
    connection: str
    api: str
    object_name: str
    function: str
    state: str
    key: str
    id: str
    payload: str
    decided_by: str
    declared: Inverse | None
    inputs: Mapping[str, Any] | None

    @property
    def record(self) -> tuple[str, str, str]:
        """What tells its record from all others."""
        return self.connection_id, self.object_name, self.key

    @property
    def is_creation(self) -> bool:
        """Whether it made the record."""
        return self.function.startswith(_CREATING)

    @property
    def inverse(self) -> Inverse:
        """How it is taken back: as its object says where it made a record, else as its action."""
        if self.is_creation and self.object_name:
            return of_created(self.object_name)
        return self.declared or Inverse(
            why="Nothing is known here about taking this back; do it where it was done."
        )

    @property
    def name(self) -> str:
        """What people call the record."""
        return f"{self.object_name or self.function} {self.id or self.key}".strip()


@dataclass(frozen=True)
class Record:
    """A record as it is now.

    Args:
        state: Where it stands, such as ``Posted``; empty for what has no states.
        is_active: Whether it is in use.
        made_by: The user who made it; empty where Intacct does not say.
        changed_by: The user who last changed it.
    """

    state: str = ""
    is_active: bool = True
    made_by: str = ""
    changed_by: str = ""
