"""The records of one object, for rows of a step: their fields, and the actions that write them."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import schemas
from actions.sync.single_write import written_by
from actions.sync.targets import path_of
from connector.component import Action, Context
from connector.component.inputs import InputForm
from connector.errors import InputError
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.operation import Verb, Write

MAIN = "main"


@dataclass(frozen=True)
class Row:
    """One row that can be written.

    Args:
        number: Its place, from 1.
        given: What its columns are mapped to.
        natural: Its values of the match.
    """

    number: int
    given: dict[str, Any]
    natural: tuple[str, ...]

    @property
    def name(self) -> str:
        """Names the row's writes in the keys of their effects."""
        item = json.dumps(self.natural) if all(self.natural) else str(self.number)
        return f"row {item}"


class Records:
    """The records of one object: their form, and the actions that write them."""

    def __init__(self, name: str) -> None:
        self.schema = ObjectSchema.find(name)
        self._actions = {verb: _action(self.schema, verb) for verb in (Verb.CREATE, Verb.UPDATE)}
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

    def write(self, row: Row, verb: Verb, inputs: Mapping[str, Any]) -> Write:
        """Return the one write that a row comes to, by its own action's rules where there is one.

        Raises:
            InputError: The row is not what the object takes.
            NeedsMoreCallsError: Its action has to run by itself.
        """
        action = self._actions[verb]
        values = (
            written_by(action, inputs, verb, self.schema.name)
            if action is not None
            else self._plain.check(inputs)
        )
        return Write(verb, self.schema.name, values, f"{row.name} {MAIN}")

    def run(self, ctx: Context, verb: Verb, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Run the row's action by itself, in as many calls as it needs."""
        action = self._actions[verb]
        if action is None:
            raise InputError(f"No action writes a {self.schema.name} in several calls.")
        return action.perform(ctx, action.form.check(inputs))


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
