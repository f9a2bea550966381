"""Sync Records: insert, update or upsert the rows of an earlier step, each with its own outcome."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, cast

from actions.sync.decisions import Decisions
from actions.sync.modes import Mode, mode_named
from actions.sync.records import MAIN, Records, Row
from actions.sync.single_write import NeedsMoreCallsError
from connector.component import Action, Context, Effect, Inputs, Inverse, Output, ResultForm
from connector.errors import Conflict, ConnectorError, InputError, Refused
from connector.intacct.client import IntacctClient
from connector.intacct.operation import Verb, Write

_FAILURES = (Refused, InputError, Conflict)


class _OneRow:
    """The company, with every write named after its row: each row is an effect of its own."""

    def __init__(self, client: IntacctClient, row: str) -> None:
        self._client = client
        self._row = row

    def create(
        self, object_name: str, values: Mapping[str, Any], *, call: str = MAIN
    ) -> dict[str, Any]:
        """Create one record, once."""
        return self._client.create(object_name, values, call=f"{self._row} {call}")

    def update(
        self, object_name: str, values: Mapping[str, Any], *, call: str = MAIN
    ) -> dict[str, Any]:
        """Change one record, once."""
        return self._client.update(object_name, values, call=f"{self._row} {call}")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)


def perform(ctx: Context, inputs: Inputs) -> Output:
    """Write the rows, each once, in the fewest requests; tell what became of each.

    A row that fails leaves the others alone. What passes by itself, such as an outage, ends the
    step instead: when it is tried again, the rows that were written are not written again.
    """
    mode = mode_named(inputs["mode"])
    records = Records(inputs["objectType"])
    match = records.match([name.strip() for name in inputs.get("match", "").split(",") if name])
    told: list[dict[str, Any]] = []
    ready = _readable(records, mode, match, inputs, told)
    decisions = Decisions(ctx, records, mode, match, ready)
    together: list[tuple[Row, Write]] = []
    alone: list[tuple[Row, Verb, dict[str, Any]]] = []
    for row in ready:
        try:
            verb, values = decisions.of(row)
            together.append((row, records.write(row, verb, values)))
        except NeedsMoreCallsError:
            alone.append((row, verb, values))
        except _FAILURES as error:
            told.append(_failed(row.number, error))
    told += _written_together(ctx, together)
    told += [_written_alone(ctx, records, *each) for each in alone]
    told.sort(key=lambda one: int(one["row"]))
    counts = {word: sum(one["outcome"] == word for one in told) for word in ("created", "updated")}
    return {**counts, "failed": len(told) - sum(counts.values()), "rows": told}


def _readable(
    records: Records,
    mode: Mode,
    match: tuple[str, ...],
    inputs: Inputs,
    told: list[dict[str, Any]],
) -> list[Row]:
    """Return the rows that can be read; what is wrong with the others is told."""
    ready: list[Row] = []
    seen: dict[tuple[str, ...], int] = {}
    for number, row in enumerate(inputs["rows"], 1):
        try:
            given = records.inputs(row, inputs.get("mapping", {}))
            natural = _natural(records, mode, match, given)
            _refuse_double(seen, natural, number)
            ready.append(Row(number, given, natural))
        except InputError as error:
            told.append(_failed(number, error))
    return ready


def _written_together(ctx: Context, writes: Sequence[tuple[Row, Write]]) -> list[dict[str, Any]]:
    answers = ctx.intacct.write_many([write for _, write in writes])
    told = []
    for (row, write), answer in zip(writes, answers, strict=True):
        if not isinstance(answer, ConnectorError):
            told.append(_told(row.number, write.verb, answer))
        elif isinstance(answer, _FAILURES):
            told.append(_failed(row.number, answer))
        else:
            raise answer
    return told


def _written_alone(
    ctx: Context, records: Records, row: Row, verb: Verb, values: Mapping[str, Any]
) -> dict[str, Any]:
    client = cast("IntacctClient", _OneRow(ctx.intacct, row.name))
    try:
        done = records.run(dataclasses.replace(ctx, intacct_client=client), verb, values)
    except _FAILURES as error:
        return _failed(row.number, error)
    return _told(row.number, verb, done)


def _refuse_double(seen: dict[tuple[str, ...], int], natural: tuple[str, ...], number: int) -> None:
    if all(natural) and seen.setdefault(natural, number) != number:
        raise InputError(
            f"Row {seen[natural]} is about the same record.",
            advice="Keep one row for each record.",
        )


def _natural(
    records: Records, mode: Mode, match: tuple[str, ...], given: Mapping[str, Any]
) -> tuple[str, ...]:
    natural = records.natural(given, match)
    is_key = match == (records.schema.key,)
    if mode is Mode.UPDATE and not all(natural):
        raise InputError(
            "Record ID is required for update mode.",
            advice=f"Fill in {' and '.join(match)}, or match by another field.",
            field=match[0],
        )
    if mode is Mode.UPSERT and not is_key and not all(natural):
        raise InputError(f"{match[natural.index('')]} is required.", field=match[0])
    return natural


def _told(number: int, verb: Verb, done: Mapping[str, Any]) -> dict[str, Any]:
    outcome = "created" if verb is Verb.CREATE else "updated"
    key, known_as = str(done.get("key", "")), str(done.get("id", ""))
    return {"row": number, "outcome": outcome, "key": key, "id": known_as}


def _failed(number: int, error: ConnectorError) -> dict[str, Any]:
    outcome = "refused" if isinstance(error, Refused) else "invalid"
    field = f" [{error.field}]" if error.field and error.field not in error.title else ""
    told = {"row": number, "outcome": outcome, "key": "", "id": ""}
    return {**told, "error": f"{error.title}{field}", "advice": error.advice}


ACTION = Action(
    key="syncRecords",
    label="Sync Records",
    description="Inserts, updates or upserts the rows of an earlier step, with an outcome for "
    "each row.",
    object_name="",
    inputs="actions/syncRecords.json",
    effect=Effect.ANY,
    perform=perform,
    inverse=Inverse(
        why="A record that it made is taken back like any other of its kind; what it changed in "
        "one that was there stays, since nobody has kept what stood there before."
    ),
    only_over=("xml", "rest"),
    forms=(ResultForm.NORMAL,),
    output={
        "type": "object",
        "required": ["created", "updated", "failed", "rows"],
        "properties": {
            "created": {"type": "integer", "title": "Created", "description": "Rows created."},
            "updated": {"type": "integer", "title": "Updated", "description": "Rows updated."},
            "failed": {
                "type": "integer",
                "title": "Failed",
                "description": "Rows that were invalid or refused.",
            },
            "rows": {
                "type": "array",
                "title": "Rows",
                "description": "What became of each row: row, outcome, key, id, error, advice.",
            },
        },
    },
    example={
        "created": 1,
        "updated": 1,
        "failed": 0,
        "rows": [
            {"row": 1, "outcome": "created", "key": "160", "id": "C-1"},
            {"row": 2, "outcome": "updated", "key": "12", "id": "C-2"},
        ],
    },
)
