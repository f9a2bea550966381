"""Actions that use the record which is there, and make it where there is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Unpack

from actions import examples, outputs
from actions.declaring import Words, declared
from connector.component import Action, Context, Effect, Inputs, Inverse, Output
from connector.errors import DuplicateRecord, InputError
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.operation import Condition
from connector.intacct.ports import EffectState

Values = Callable[[Inputs], Mapping[str, Any]]

FOUND_OR_CREATED: dict[str, Any] = {
    "type": "object",
    "required": ["key", "id", "href", "created"],
    "properties": {
        **outputs.KEYS,
        "created": {
            "type": "boolean",
            "title": "Created",
            "description": "True when this call made the record, false when it was there.",
        },
    },
}

CREATED_OR_UPDATED: dict[str, Any] = {
    "type": "object",
    "required": ["key", "id", "href", "outcome"],
    "properties": {
        **outputs.KEYS,
        "outcome": {
            "enum": ["created", "updated", "already there"],
            "title": "Outcome",
            "description": "Whether the record was made, or was there and has been changed; "
            "already there means that nothing was given to change.",
        },
    },
}

_PARTLY = Inverse(
    why="A record that it made is taken back like any other of its kind; what it changed in one "
    "that was there stays, since nobody has kept what stood there before."
)


def find_or_create(
    object_name: str,
    *,
    id_field: str,
    name_field: str,
    values: Values,
    **words: Unpack[Words],
) -> Action:
    """Return an action that uses a record as it is, and makes it where there is none.

    Args:
        object_name: Our name of the object.
        id_field: Our name of the id; where it is given it alone decides.
        name_field: Our name of the name, which decides where no id is given; may be the id.
        values: Turns checked inputs into a new record's fields, or refuses them.
        words: Key, label, description and example.
    """

    def perform(ctx: Context, inputs: Inputs) -> Output:
        new = values(inputs)
        record, was_there = _used_or_made(ctx, object_name, inputs, new, (id_field, name_field))
        is_new = not was_there and record["outcome"] == "created"
        return {**_keys(record), "created": is_new}

    words["example"] = examples.written(object_name, words["example"])
    return declared(object_name, Effect.CREATE, perform, FOUND_OR_CREATED, **words)


def create_or_update(
    object_name: str,
    *,
    id_field: str,
    name_field: str,
    values: Values,
    changes: Values,
    **words: Unpack[Words],
) -> Action:
    """Return an action that changes a record, and makes it where there is none.

    A record that an earlier try of the same step has made counts as made by this one.

    Args:
        object_name: Our name of the object.
        id_field: Our name of the id; where it is given it alone decides.
        name_field: Our name of the name, which decides where no id is given; may be the id.
        values: Turns checked inputs into a new record's fields, or refuses them.
        changes: Turns checked inputs into what changes in a record that is there, which is no
            more than what was given, or refuses them.
        words: Key, label, description and example.
    """

    def perform(ctx: Context, inputs: Inputs) -> Output:
        new, changed = values(inputs), changes(inputs)
        record, was_there = _used_or_made(ctx, object_name, inputs, new, (id_field, name_field))
        if not was_there and not _was_looked_up(ctx):
            return {**_keys(record), "outcome": "created"}
        if not set(changed) - {id_field if id_field in inputs else name_field}:
            return {**_keys(record), "outcome": "already there" if was_there else "created"}
        if id_field not in inputs:
            changed = {ObjectSchema.find(object_name).key: record["key"], **changed}
        # Another call than the creation: the two are different writes with different content.
        updated = ctx.intacct.update(object_name, changed, call="update")
        return {**_keys(updated), "outcome": "updated" if was_there else "created"}

    words["example"] = examples.written(object_name, words["example"])
    return declared(
        object_name, Effect.UPDATE, perform, CREATED_OR_UPDATED, inverse=_PARTLY, **words
    )


def _used_or_made(
    ctx: Context,
    object_name: str,
    inputs: Inputs,
    new: Mapping[str, Any],
    names: tuple[str, str],
) -> tuple[Output, bool]:
    """Return the record's keys and whether it was there; where it was not, it is made."""
    existing = None if _has_tried(ctx) else find(ctx, object_name, inputs, *names)
    if existing:
        return existing, True
    known_by = "" if names[0] in inputs else names[1]
    try:
        return ctx.intacct.create(object_name, new, known_by=known_by), False
    except DuplicateRecord:
        # Another step made it between our look and our create; any other record in the way of
        # this one, such as a contact of the same name, stays a refusal.
        existing = find(ctx, object_name, inputs, *names)
        if existing is None:
            raise
        return existing, True


def _was_looked_up(ctx: Context) -> bool:
    """Say whether Intacct never answered the creation, and a look found a record of the name.

    It may be somebody else's, made in that very moment, who knows nothing of our values.
    """
    effect = ctx.intacct.earlier("main")
    return effect is not None and not effect.reply


def _has_tried(ctx: Context) -> bool:
    """Say whether this step has sent its creation before, so that the ledger answers, not a look.

    What a look would find may be the step's own record, made by a try that was broken off: using
    it as somebody else's would call it found, and leave the creation without an outcome.
    """
    effect = ctx.intacct.earlier("main")
    if effect is None or effect.state in {EffectState.PLANNED, EffectState.REFUSED}:
        return False
    return effect.is_own or effect.state is not EffectState.SUCCEEDED


def find(
    ctx: Context, object_name: str, inputs: Inputs, id_field: str, name_field: str
) -> Output | None:
    """Return ``{"key", "id", "href"}`` of the record the inputs mean, None where there is none.

    An id is a record's identity: two customers of one name must not be mixed up, so the name
    decides only where no id is given.

    Raises:
        InputError: Several records have the name.
    """
    if id_field not in inputs:
        return _find_by(ctx, object_name, id_field, name_field, inputs[name_field])
    if "," in inputs[id_field]:  # reading by id takes a comma for two ids (xml-api 3.1)
        return _find_by(ctx, object_name, id_field, id_field, inputs[id_field])
    key_field = ObjectSchema.find(object_name).key
    record = ctx.intacct.get(object_name, id=inputs[id_field], fields=(key_field, id_field))
    return _keys(record) if record["found"] else None


def _find_by(ctx: Context, object_name: str, id_field: str, field: str, text: str) -> Output | None:
    schema = ObjectSchema.find(object_name)
    rows = ctx.intacct.query(
        object_name,
        select=[schema.key, id_field],
        where=Condition(field, "equalTo", (text,)),
        limit=2,
    )
    if len(rows) > 1:
        raise InputError(
            f"Several {schema.plural} are called '{text}'.",
            advice=f"Give the {id_field} of the one you mean.",
            field=id_field,
        )
    if not rows:
        return None
    key = str(rows[0][schema.key])
    return {"key": key, "id": str(rows[0][id_field]), "href": schema.href(key)}


def _keys(record: Mapping[str, Any]) -> Output:
    return {name: record[name] for name in outputs.KEYS}
