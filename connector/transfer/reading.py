"""From a source's row to what it is about: its inputs, and the key of its effect."""

from __future__ import annotations

import json

from actions.sync.finding import NaturalKey
from actions.sync.modes import Mode
from connector.errors import InputError
from connector.transfer import mapping
from connector.transfer.items import Item
from connector.transfer.jobs import Job, Match
from connector.transfer.ledger import RowLedger
from connector.transfer.mapping import FieldMapping
from connector.transfer.rows import SourceRow
from connector.transfer.shaping import Shaper


class Reading:
    """Reads the rows of one job.

    Args:
        job: What it does.
        match: How its rows find their records.
        shaper: Knows the object's fields.
        ledger: Knows the effects of this run.
    """

    def __init__(self, job: Job, match: Match, shaper: Shaper, ledger: RowLedger) -> None:
        self._job = job
        self._match = match
        self._shaper = shaper
        self._ledger = ledger
        self._mappings: dict[tuple[str, ...], FieldMapping] = {}
        if job.mapping is not None:
            # A table that is wrong is wrong for every row.
            self._mappings[()] = mapping.compiled(job.mapping, shaper.place)

    def item(self, row: SourceRow) -> Item:
        """Return the row on its way.

        Raises:
            ConnectorError: It cannot be read, a column is missing, or it does not say which
                record it is.
        """
        if row.error is not None:
            raise row.error
        inputs = self._mapping(row).inputs(row.values)
        natural = self._match.values(inputs)
        item = self._business_key(row, natural)
        return Item(row, inputs, item, self._ledger.op_key(item), natural)

    def _mapping(self, row: SourceRow) -> FieldMapping:
        columns = () if self._job.mapping is not None else tuple(row.values)
        found = self._mappings.get(columns)
        if found is None:
            found = mapping.by_name(columns, self._shaper.place)
            self._mappings[columns] = found
        return found

    def _business_key(self, row: SourceRow, values: NaturalKey) -> str:
        if self._job.mode is Mode.UPDATE and not all(values):
            raise _no_key(self._match)
        if not all(values) or (self._job.mode is Mode.INSERT and self._match.is_key):
            if self._job.mode is Mode.UPSERT and not self._match.is_key:
                missing = self._match.fields[values.index("")]
                raise InputError(
                    f"{missing} is required: it says which record the row is.", field=missing
                )
            return f"row {row.number}"
        return json.dumps([list(self._match.fields), list(values)])


def _no_key(match: Match) -> InputError:
    if match.is_key:
        return InputError(
            "Record ID is required for update mode.",
            advice="Map a column to recordNo, or match by another field such as the customer ID.",
            field=match.fields[0],
        )
    return InputError(
        f"Record ID is required for update mode: the row has no {' and '.join(match.fields)}.",
        advice="Fill it in, or match by the record number.",
        field=match.fields[0],
    )
