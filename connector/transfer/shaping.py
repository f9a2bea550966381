"""From inputs to one write: by the rules of the object's own actions where it has some."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import schemas
from actions.sync.single_write import written_by
from actions.sync.targets import path_of
from connector.component import Action, Effect
from connector.component.inputs import InputForm
from connector.errors import InputError
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.identity import identity_of, identity_of_change
from connector.intacct.operation import Operation, Verb
from connector.registry import Registry


@dataclass(frozen=True)
class Shaper:
    """Makes the writes of one object.

    Args:
        schema: The object.
        creating: The action that creates it; None where there is none.
        updating: The action that changes it; None where there is none.
        properties: The stanzas of all its inputs, by name.
        plain: The check of a row where no action does it.
    """

    schema: ObjectSchema
    creating: Action | None
    updating: Action | None
    properties: Mapping[str, Any]
    plain: InputForm

    @classmethod
    def of(cls, registry: Registry, object_name: str) -> Shaper:
        """Return the shaper of an object, under our name or Intacct's.

        Raises:
            InputError: ``object_name`` is no name.
        """
        schema = ObjectSchema.find(object_name)
        own: dict[str, Any] = {}
        if schema.is_known:
            own = schemas.resolve(f"objects/{schema.name}.json")["properties"]
        actions = [
            _action(registry, schema.name, effect, word)
            for effect, word in ((Effect.CREATE, "create"), (Effect.UPDATE, "update"))
        ]
        stanzas = [action.form.schema["properties"] for action in actions if action]
        properties = {name: stanza for each in stanzas for name, stanza in each.items()}
        form = InputForm({"type": "object", "properties": own})
        return cls(schema, actions[0], actions[1], {**own, **properties}, form)

    def place(self, target: str) -> tuple[str, ...]:
        """Return where among the inputs a target's value belongs (``targets.path_of``)."""
        return path_of(self.schema, self.properties, target)

    def create(self, inputs: Mapping[str, Any]) -> Operation:
        """Return the creation of the record that the inputs describe.

        Raises:
            InputError: They are not what the object takes.
            NeedsMoreCallsError: One call is not enough for it.
        """
        given = {name: value for name, value in inputs.items() if name != self.schema.key}
        values = self._values(self.creating, given, Verb.CREATE)
        return Operation(
            Verb.CREATE,
            self.schema.name,
            values,
            identity=identity_of(self.schema, values),
            external_id=str(values.get(self.schema.id) or ""),
        )

    def update(self, inputs: Mapping[str, Any], key: str, match: Sequence[str]) -> Operation:
        """Return the change of one record to what the inputs say.

        Args:
            inputs: Fields to be changed, and those that found the record.
            key: Its record number.
            match: The fields that found it: they are what they are and need no writing.
        """
        given = {name: value for name, value in inputs.items() if name not in match}
        given[self.schema.key] = key
        if set(given) == {self.schema.key}:
            raise InputError("The row changes nothing.", advice="Map the fields to be changed.")
        values = self._values(self.updating, given, Verb.UPDATE)
        return Operation(
            Verb.UPDATE,
            self.schema.name,
            {**values, self.schema.key: key},
            keys=(key,),
            identity=identity_of_change(self.schema, values),
        )

    def _values(
        self, action: Action | None, inputs: Mapping[str, Any], verb: Verb
    ) -> dict[str, Any]:
        if action is None:
            return self.plain.check(inputs)
        return written_by(action, inputs, verb, self.schema.name)


def _action(registry: Registry, object_name: str, effect: Effect, word: str) -> Action | None:
    return next(
        (
            action
            for action in registry.actions.values()
            if action.object_name == object_name
            and action.effect is effect
            and action.key.lower() == f"{word}{object_name}".lower()
        ),
        None,
    )
