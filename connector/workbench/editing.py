"""What the composer does to a workflow document: each function returns a new one.

A document may be unfinished; nothing here asks for more than the place that is worked on. Blocks
are named by their place, such as ``steps`` or ``steps[1].cases[0].steps``.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from connector.errors import InputError
from connector.workbench import places
from connector.workbench.places import StepAt, every_step, step_at
from connector.workbench.step_references import references_to, renamed_in
from connector.workflow import steps as kinds
from connector.workflow import yaml_loader
from connector.workflow.source import OPEN
from connector.workflow.wording import printable

_ID = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_BLOCK_NAMES = frozenset({"steps", "otherwise", "onFailure"})
# A block that says nothing when it is empty; the others have to be there.
_OPTIONAL = re.compile(r"(?:.*\.)?(?:otherwise|onError\.steps|onFailure)")
_MOST_IN_BLOCK = 100
# What each kind of step needs, still empty.
_EMPTY: Mapping[str, dict[str, Any]] = {
    kinds.FILTER: {"config": {"condition": ""}},
    kinds.SWITCH: {"cases": [{"when": "", "steps": []}]},
    kinds.FOR_EACH: {"config": {"items": "", "key": ""}, "steps": []},
    kinds.DELAY: {"config": {"for": {"hours": "1"}}},
    kinds.APPROVAL: {"config": {"title": "", "covers": []}},
    kinds.HTTP: {"config": {"method": "GET", "url": ""}},
    kinds.CALL: {"config": {"workflow": ""}},
}


@dataclass(frozen=True)
class Edited:
    """A document after a change.

    Args:
        document: The new document.
        place: Where what was changed stands now; empty where it is gone.
        renamed: Old to new ids of steps, for ``drafts.save``.
    """

    document: Any
    place: str
    renamed: Mapping[str, str] = field(default_factory=dict)


def add_step(
    document: Any, kind: str, block: str = "steps", index: int | None = None, connection: str = ""
) -> Edited:
    """Add an empty step with an id of its own.

    Args:
        document: The workflow.
        kind: ``sage-intacct.`` and the key of an action, or another kind of step.
        block: Where.
        index: Its number there, from nought; at the end where it is None.
        connection: The name of an action's connection.

    Raises:
        InputError: There is no such kind or block, or the block is full.
    """
    if kind not in _EMPTY and "." not in kind:
        raise InputError(f"There is no kind of step '{printable(kind)}'.", field="type")
    step: dict[str, Any] = {"id": fresh_id(document, kind.rpartition(".")[2]), "type": kind}
    if "." in kind:
        step |= {"connection": connection, "config": {}}
    return _inserted(document, {**step, **copy.deepcopy(_EMPTY.get(kind, {}))}, block, index)


def fresh_id(document: Any, wanted: str) -> str:
    """Return the wanted id, with a number where a step has it already."""
    plain = re.sub(r"[^A-Za-z0-9_]", "", wanted)[:60] or "step"
    plain = plain if plain[0].isalpha() else f"step{plain}"
    taken = {step.id for step in every_step(document)}
    number, found = 1, plain
    while found in taken:
        number += 1
        found = f"{plain}{number}"
    return found


def move_step(document: Any, place: str, block: str, index: int | None = None) -> Edited:
    """Take a step elsewhere; the steps inside it go with it.

    Args:
        document: The workflow.
        place: The step's place or id.
        block: Where it goes, in the document as it is now.
        index: The number it will have there; at the end where it is None.

    Raises:
        InputError: There is no such step or block, or the block lies inside the step.
    """
    found = step_at(document, place)
    if block.startswith(f"{found.place}."):
        raise InputError("A step cannot be moved into itself.", field=found.place)
    result, target = _with_block(document, block)
    source = places.at(result, found.block)
    step = source.pop(found.index)
    if source is not target:
        _check_room(target, block)
    target.insert(len(target) if index is None else max(0, index), step)
    _drop_empty(result, found.block)
    return Edited(result, _place_of(result, step))


def duplicate_step(document: Any, place: str) -> Edited:
    """Put a copy of a step behind it, with ids of its own for it and the steps inside.

    Raises:
        InputError: There is no such step, or its block is full.
    """
    found = step_at(document, place)
    step = copy.deepcopy(found.step)
    holder: dict[str, Any] = {"steps": [step]}
    taken = copy.deepcopy(document)
    fresh: dict[str, str] = {}
    for inner in every_step(holder):
        new_id = fresh_id(taken, inner.id or "step")
        taken.setdefault("onFailure", []).append({"id": new_id})
        fresh[inner.id] = new_id
        inner.step["id"] = new_id
    renamed = renamed_in(holder, {old: new for old, new in fresh.items() if old})
    return _inserted(document, renamed["steps"][0], found.block, found.index + 1)


def remove_step(document: Any, place: str, *, despite_references: bool = False) -> Edited:
    """Take a step out, with the steps inside it.

    Raises:
        InputError: There is no such step, or others name it or a step inside it.
    """
    found = step_at(document, place)
    inside = f"{found.place}."
    ids = {found.id, *(s.id for s in every_step(document) if s.place.startswith(inside))}
    users = [
        reference
        for step_id in sorted(ids - {""})
        for reference in references_to(document, step_id)
        if not reference.place.startswith((inside, f"{found.place}["))
    ]
    if users and not despite_references:
        named = ", ".join(dict.fromkeys(user.title for user in users))
        raise InputError(
            f"The step '{found.label}' is still used: {named}.",
            advice="Change these first, or remove the step all the same.",
            field=users[0].place,
        )
    result = places.without(document, found.place)
    _drop_empty(result, found.block)
    return Edited(result, "")


def rename_step(document: Any, place: str, new_id: str) -> Edited:
    """Give a step another id, and rewrite every expression and approval that names it.

    Raises:
        InputError: There is no such step, or the id is not possible or taken.
    """
    found = step_at(document, place)
    if not _ID.fullmatch(new_id):
        raise InputError(
            f"A step cannot have the id '{printable(new_id)}'.",
            advice="Use a letter, then letters, digits and _; at most 64.",
            field=f"{found.place}.id",
        )
    if new_id == found.id:
        return Edited(document, found.place)
    if any(step.id == new_id for step in every_step(document)):
        raise InputError(
            f"Another step has the id '{new_id}'.",
            advice="Give each step an id of its own.",
            field=f"{found.place}.id",
        )
    renamed = {found.id: new_id} if found.id else {}
    result = renamed_in(document, renamed) if renamed else document
    return Edited(places.with_value(result, f"{found.place}.id", new_id), found.place, renamed)


def set_value(
    document: Any, place: str, text: str, schema: Mapping[str, Any] | None = None
) -> Edited:
    """Put what somebody typed at a place; blank text takes out what stands there.

    Texts stay texts, as in a file: whether they are right for the field, ``problems`` says. Only
    where the field takes nothing but lists or groups, one written as JSON or YAML becomes one.

    Args:
        document: The workflow.
        place: Such as ``steps[0].config.customerId`` or ``once``.
        text: What was typed.
        schema: The field's JSON Schema, where it is known.

    Raises:
        InputError: The document has no such place.
    """
    if not text.strip():
        return Edited(places.without(document, place), place)
    kind = (schema or {}).get("type")
    wanted = {kind} if isinstance(kind, str) else set(kind or ())
    value = _structure(text) if wanted and wanted <= {"array", "object"} else text
    return Edited(places.with_value(document, place, value), place)


def _structure(text: str) -> Any:
    """Return the list or group that a text writes out, else the text as it is."""
    if text.lstrip().startswith(OPEN):
        return text
    try:
        found = yaml_loader.load(text)
    except InputError:
        return text
    return found if isinstance(found, dict | list) else text


def set_list_mapping(
    document: Any, place: str, each: str, value: Any, name: str = "line", where: str = ""
) -> Edited:
    """Let a field be made from a list, one entry for each of its items.

    Args:
        document: The workflow.
        place: The field, such as ``steps[0].config.lineItems``.
        each: The expression that gives the list.
        value: What each entry holds; expressions in it name the item.
        name: What they call it.
        where: The expression that says which items are wanted; all where it is empty.

    Raises:
        InputError: The document has no such place.
    """
    form = {"each": each, "as": name, "value": value}
    if where.strip():
        form["where"] = where
    return Edited(places.with_value(document, place, form), place)


def _inserted(document: Any, step: dict[str, Any], block: str, index: int | None) -> Edited:
    result, target = _with_block(document, block)
    _check_room(target, block)
    target.insert(len(target) if index is None else max(0, index), step)
    return Edited(result, _place_of(result, step))


def _with_block(document: Any, block: str) -> tuple[Any, list[Any]]:
    """Return a copy of the document and the list of steps at a place in it, made if need be."""
    last = block.rpartition(".")[2]
    known = {place for step in every_step(document) for _, place in places.blocks_of(*_own(step))}
    allowed = known | set(places.BLOCKS)
    owner = block.removesuffix(".onError.steps")
    is_rule = owner != block and any(step.place == owner for step in every_step(document))
    if last not in _BLOCK_NAMES or not (block in allowed or is_rule):
        raise InputError(
            f"There is no block '{printable(block)}' in this workflow.",
            advice="Load the page anew: the workflow was changed meanwhile.",
        )
    base = document if isinstance(document, dict) else {}
    found = places.at(base, block)
    result = places.with_value(base, block, found if isinstance(found, list) else [])
    return result, places.at(result, block)


def _own(step: StepAt) -> tuple[dict[str, Any], str]:
    return step.step, step.place


def _check_room(target: list[Any], block: str) -> None:
    if len(target) >= _MOST_IN_BLOCK:
        raise InputError(
            f"A block has {_MOST_IN_BLOCK} steps at most.",
            advice="Move some of them into a workflow of their own and call it.",
            field=block,
        )


def _place_of(document: Any, step: dict[str, Any]) -> str:
    return next(found.place for found in every_step(document) if found.step is step)


def _drop_empty(result: Any, block: str) -> None:
    """Take out a block that nobody needs empty, in place: the document is ours already."""
    if _OPTIONAL.fullmatch(block) and places.at(result, block) == []:
        *way, last = places.parts_of(result, block)
        node = result
        for part in way:
            node = node[part]
        del node[last]
