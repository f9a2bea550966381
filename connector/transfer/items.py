"""A row on its way from its source to a request."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any

from actions.sync.finding import NaturalKey
from connector.intacct.operation import Operation
from connector.transfer.rows import SourceRow


@dataclass(frozen=True)
class Item:
    """A row on its way.

    Args:
        row: As the source gave it.
        inputs: What its columns are mapped to.
        item: Its business key, or its number where it has none.
        op_key: Its effect.
        natural: The values that find its record, empty texts where it has none.
        operation: Its write, frozen; None as long as it is not made.
        control_id: Of the effect's present attempt class.
        is_second: It was tried as a creation before, and the record was there.
    """

    row: SourceRow
    inputs: dict[str, Any] = field(default_factory=dict)
    item: str = ""
    op_key: str = ""
    natural: NaturalKey = ()
    operation: Operation | None = None
    control_id: str = ""
    is_second: bool = False

    def planned_as(self, operation: Operation, control_id: str) -> Item:
        """Return the item with its write."""
        return dataclasses.replace(self, operation=operation, control_id=control_id)

    @property
    def made(self) -> Operation:
        """The write, once it is made."""
        if self.operation is None:
            raise ValueError("A row reached the wire before its write was made.")
        return self.operation

    @property
    def write(self) -> Operation:
        """The write, as it travels."""
        return self.made.planned_as(self.op_key, self.control_id)
