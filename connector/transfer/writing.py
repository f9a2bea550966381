"""Which record a row is about, and the write it comes to, frozen."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from actions.sync import finding
from actions.sync.finding import NaturalKey
from actions.sync.modes import Mode
from actions.sync.single_write import NeedsMoreCallsError
from connector.errors import Conflict, InputError, NotFound
from connector.intacct.operation import Operation
from connector.transfer.door import Door
from connector.transfer.items import Item
from connector.transfer.jobs import Job, Match
from connector.transfer.ledger_rows import Known
from connector.transfer.rows import Outcome, Told
from connector.transfer.shaping import Shaper

Found = Mapping[NaturalKey, Sequence[str]]


class Writing:
    """Makes the writes of one job.

    Args:
        job: What it does.
        match: How its rows find their records.
        shaper: Makes writes of inputs.
        door: The company.
    """

    def __init__(self, job: Job, match: Match, shaper: Shaper, door: Door) -> None:
        self._job = job
        self._match = match
        self._shaper = shaper
        self._door = door

    @property
    def looks(self) -> bool:
        """Whether records have to be found by their natural key."""
        return self._job.mode is not Mode.INSERT and not self._match.is_key

    def look(self, items: list[Item]) -> tuple[list[Item], Found]:
        """Return the rows with the record numbers under which Intacct has them."""
        if not self.looks or not items:
            return items, {}
        wanted = [item.natural for item in items]
        schema = self._shaper.schema
        return items, finding.find(self._door.client, schema, self._match.fields, wanted)

    def decided(self, item: Item, found: Found) -> Item:
        """Return the row with its write, frozen; as it is where its action needs several calls.

        Raises:
            ConnectorError: It cannot be written.
        """
        key = self._key(item, found)
        try:
            return item.planned_as(self._write(item, key), "")
        except NeedsMoreCallsError:
            if not key:
                return item
            own = {n: value for n, value in item.inputs.items() if n not in self._match.fields}
            return dataclasses.replace(item, inputs={**own, self._shaper.schema.key: key})

    def _key(self, item: Item, found: Found) -> str:
        """Return the record number a row is about, or nothing for a new record."""
        if self._job.mode is Mode.INSERT:
            return ""
        values = item.natural
        if self._match.is_key:
            return values[0]
        keys = found.get(values, ())
        what = ", ".join(values)
        if len(keys) > 1:
            raise InputError(
                f"Several {self._shaper.schema.plural} are known by {what}.",
                advice="Match by the record number.",
                field=self._match.fields[0],
            )
        if not keys and self._job.mode is Mode.UPDATE:
            raise NotFound(f"There is no {self._shaper.schema.name} {what}.")
        return keys[0] if keys else ""

    def _write(self, item: Item, key: str) -> Operation:
        if key:
            operation = self._shaper.update(item.inputs, key, self._match.fields)
        else:
            operation = self._shaper.create(item.inputs)
        return operation.with_frozen(self._door.router.freeze(operation))

    def told_before(self, item: Item, known: Known) -> Told:
        """Return what became of a row that this run has written before."""
        is_new = known.function.startswith(("create", "POST "))
        outcome = Outcome.CREATED if is_new else Outcome.UPDATED
        told = Told(item.row.number, outcome, known.key, known.external_id, op_key=item.op_key)
        try:
            again = self._write(item, "" if is_new else known.key)
        except (InputError, NeedsMoreCallsError):
            again = None
        if again is not None and again.frozen and again.frozen.payload != known.payload:
            other = Conflict(
                f"An earlier row of this sync has written {known.external_id or known.key} with "
                "other content.",
                advice="Keep one row for each record, or start a new sync for changed rows.",
            )
            return told.with_outcome(Outcome.INVALID, error=other)
        return told
