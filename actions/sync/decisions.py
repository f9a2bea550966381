"""Whether a row of a step makes a record or changes one, and which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from actions.sync import finding
from actions.sync.modes import Mode
from actions.sync.records import MAIN, Records, Row
from connector.component import Context
from connector.errors import InputError, NotFound
from connector.intacct.operation import Verb
from connector.intacct.ports import Effect, EffectState

# An effect in one of these says nothing yet about what the row shall become.
_OPEN = {EffectState.PLANNED, EffectState.REFUSED}


class Decisions:
    """Whether each row makes a record or changes one, and which.

    What was decided when the step was tried before stays so: a record that the step itself has
    made must not look like one that was there.
    """

    def __init__(
        self,
        ctx: Context,
        records: Records,
        mode: Mode,
        match: tuple[str, ...],
        rows: Sequence[Row],
    ) -> None:
        self._records = records
        self._mode = mode
        self._match = match
        found = {row.number: ctx.intacct.earlier(f"{row.name} {MAIN}") for row in rows}
        self._earlier = {n: each for n, each in found.items() if each and each.state not in _OPEN}
        wanted = [row.natural for row in rows if not _is_decided(self._earlier.get(row.number))]
        self._found = _found(ctx, records, mode, match, wanted)

    def of(self, row: Row) -> tuple[Verb, dict[str, Any]]:
        """Return what is done, and the inputs of the action that does it.

        Raises:
            NotFound: There is no record to be changed.
            InputError: There are several.
        """
        key = self._key(row)
        own = self._records.schema.key
        if not key:
            return Verb.CREATE, {n: value for n, value in row.given.items() if n != own}
        changed = {n: value for n, value in row.given.items() if n not in self._match}
        return Verb.UPDATE, {**changed, own: key}

    def _key(self, row: Row) -> str:
        earlier = self._earlier.get(row.number)
        if self._mode is Mode.INSERT or (earlier and earlier.is_creation):
            return ""
        if self._match == (self._records.schema.key,):
            return row.natural[0]
        keys = [earlier.key] if earlier and earlier.key else self._found.get(row.natural, ())
        what = ", ".join(row.natural)
        if len(keys) > 1:
            raise InputError(
                f"Several {self._records.schema.plural} are known by {what}.",
                advice="Match by the record number.",
            )
        if not keys and self._mode is Mode.UPDATE:
            raise NotFound(f"There is no {self._records.schema.name} {what}.")
        return keys[0] if keys else ""


def _is_decided(earlier: Effect | None) -> bool:
    return earlier is not None and (earlier.is_creation or bool(earlier.key))


def _found(
    ctx: Context,
    records: Records,
    mode: Mode,
    match: tuple[str, ...],
    naturals: Sequence[tuple[str, ...]],
) -> Mapping[tuple[str, ...], Sequence[str]]:
    if mode is Mode.INSERT or match == (records.schema.key,) or not naturals:
        return {}
    return finding.find(ctx.intacct, records.schema, match, naturals)
