"""Sync Records: insert, update or upsert the rows of an earlier step, each with its own outcome."""

from __future__ import annotations

import dataclasses
import importlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

import schemas
from actions.sync import finding
from actions.sync.modes import Mode, mode_named
from actions.sync.targets import path_of
from connector.component import Action, Context, Effect, Inputs, Output, ResultForm
from connector.component.inputs import InputForm
from connector.errors import ConnectorError, InputError, NotFound, Refused
from connector.intacct.client import IntacctClient
from connector.intacct.dialects.object_schema import ObjectSchema

_FAILURES = (Refused, InputError)


class _OneRow:
    """The company, with every write named after its row: each row is an effect of its own."""

    def __init__(self, client: IntacctClient, row: str) -> None:
        self._client = client
        self._row = row

    def create(
        self, object_name: str, values: Mapping[str, Any], *, call: str = "main"
    ) -> dict[str, Any]:
        """Create one record, once."""
        return self._client.create(object_name, values, call=f"{self._row} {call}")

    def update(
        self, object_name: str, values: Mapping[str, Any], *, call: str = "main"
    ) -> dict[str, Any]:
        """Change one record, once."""
        return self._client.update(object_name, values, call=f"{self._row} {call}")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)


class _Records:
    """The records of one object: their form, and the actions that write them."""

    def __init__(self, name: str) -> None:
        self.schema = ObjectSchema.find(name)
        self._actions = {word: _action(self.schema, word) for word in ("create", "update")}
        own: dict[str, Any] = {}
        if self.schema.is_known:
            own = schemas.resolve(f"objects/{self.schema.name}.json")["properties"]
        self._plain = InputForm({"type": "object", "properties": own})
        actions = [action for action in self._actions.values() if action]
        more = [action.form.schema["properties"] for action in actions]
        self._properties = {name: field for each in [own, *more] for name, field in each.items()}

    def match(self, names: Sequence[str]) -> tuple[str, ...]:
        """Return our names of the fields that find a record."""
        named = tuple(path_of(self.schema, self._properties, name)[0] for name in names)
        return named or (self.schema.lookup[0] if self.schema.lookup else (self.schema.key,))

    def inputs(self, row: Any, mapping: Mapping[str, str]) -> dict[str, Any]:
        """Return what a row's columns are mapped to."""
        if not isinstance(row, Mapping):
            raise InputError("The row is not an object of names and values.")
        found: dict[str, Any] = {}
        pairs = mapping or {name: name for name in row}
        for target, source in pairs.items():
            value = _at(row, source)
            if value is None or value == "":
                continue
            *parents, last = path_of(self.schema, self._properties, target)
            node = found
            for parent in parents:
                node = node.setdefault(parent, {})
            node[last] = value
        return found

    def natural(self, inputs: Mapping[str, Any], match: Sequence[str]) -> tuple[str, ...]:
        """Return a row's values of the match, in the form that Intacct compares."""
        stanzas = {name: self._properties.get(name, {}) for name in match}
        form = InputForm({"type": "object", "properties": stanzas})
        given = form.check({name: inputs.get(name) for name in match})
        return tuple(str(given.get(name, "")).strip() for name in match)

    def write(self, ctx: Context, word: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Create or update one record, by its own action's rules where there is one."""
        action = self._actions[word]
        if action is not None:
            return action.perform(ctx, action.form.check(inputs))
        values = self._plain.check(inputs)
        verb = ctx.intacct.create if word == "create" else ctx.intacct.update
        return verb(self.schema.name, values)


def _action(schema: ObjectSchema, word: str) -> Action | None:
    snake = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", schema.name).lower()
    folder = "class_" if snake == "class" else snake
    try:
        module = importlib.import_module(f"actions.{folder}.{word}_{snake}")
    except ModuleNotFoundError:
        return None
    return cast("Action", module.ACTION)


def _at(row: Mapping[str, Any], source: str) -> Any:
    """Return a column, or what stands at a path in a nested row; None where it is missing."""
    if source in row:
        return row[source]
    node: Any = row
    for part in source.split("."):
        node = node.get(part) if isinstance(node, Mapping) else None
    return node


def perform(ctx: Context, inputs: Inputs) -> Output:
    """Write each row once, and tell what became of it; a row that fails leaves the others alone.

    What passes by itself, such as an outage, ends the step instead: when it is tried again, the
    rows that were written are not written again.
    """
    mode = mode_named(inputs["mode"])
    records = _Records(inputs["objectType"])
    match = records.match([name.strip() for name in inputs.get("match", "").split(",") if name])
    rows = inputs["rows"]
    told: list[dict[str, Any]] = []
    ready: list[tuple[int, dict[str, Any], tuple[str, ...]]] = []
    seen: dict[tuple[str, ...], int] = {}
    for number, row in enumerate(rows, 1):
        try:
            given = records.inputs(row, inputs.get("mapping", {}))
            natural = _natural(records, mode, match, given)
            _refuse_double(seen, natural, number)
            ready.append((number, given, natural))
        except InputError as error:
            told.append(_failed(number, error))
    found = _found(ctx, records, mode, match, [natural for _, _, natural in ready])
    for number, given, natural in ready:
        item = json.dumps(natural) if all(natural) else str(number)
        row_ctx = dataclasses.replace(
            ctx, intacct_client=cast("IntacctClient", _OneRow(ctx.intacct, f"row {item}"))
        )
        try:
            told.append(_written(row_ctx, records, mode, (number, given, natural), match, found))
        except _FAILURES as error:
            told.append(_failed(number, error))
    told.sort(key=lambda one: int(one["row"]))
    counts = {word: sum(one["outcome"] == word for one in told) for word in ("created", "updated")}
    return {**counts, "failed": len(told) - sum(counts.values()), "rows": told}


def _refuse_double(seen: dict[tuple[str, ...], int], natural: tuple[str, ...], number: int) -> None:
    if all(natural) and seen.setdefault(natural, number) != number:
        raise InputError(
            f"Row {seen[natural]} is about the same record.",
            advice="Keep one row for each record.",
        )


def _natural(
    records: _Records, mode: Mode, match: tuple[str, ...], given: Mapping[str, Any]
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


def _found(
    ctx: Context,
    records: _Records,
    mode: Mode,
    match: tuple[str, ...],
    naturals: Sequence[tuple[str, ...]],
) -> Mapping[tuple[str, ...], Sequence[str]]:
    if mode is Mode.INSERT or match == (records.schema.key,) or not naturals:
        return {}
    return finding.find(ctx.intacct, records.schema, match, naturals)


def _written(
    ctx: Context,
    records: _Records,
    mode: Mode,
    row: tuple[int, dict[str, Any], tuple[str, ...]],
    match: tuple[str, ...],
    found: Mapping[tuple[str, ...], Sequence[str]],
) -> dict[str, Any]:
    number, given, natural = row
    key_name = records.schema.key
    keys = [natural[0]] if match == (key_name,) and natural[0] else found.get(natural, ())
    if mode is Mode.INSERT or (mode is Mode.UPSERT and not keys):
        new = {name: value for name, value in given.items() if name != key_name}
        return _told(number, "created", records.write(ctx, "create", new))
    if not keys:
        raise NotFound(f"There is no {records.schema.name} {', '.join(natural)}.")
    if len(keys) > 1:
        raise InputError(
            f"Several {records.schema.plural} are known by {', '.join(natural)}.",
            advice="Match by the record number.",
        )
    changed = {name: value for name, value in given.items() if name not in match}
    return _told(number, "updated", records.write(ctx, "update", {**changed, key_name: keys[0]}))


def _told(number: int, outcome: str, done: Mapping[str, Any]) -> dict[str, Any]:
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
