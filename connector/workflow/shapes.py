"""What data will look like, told by JSON Schemas before there is any."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cel_expr_python import cel

from connector.errors import InputError
from connector.workflow import steps as kinds
from connector.workflow.wording import printable

Shape = Mapping[str, Any]
ANYTHING: Shape = {}

# What no form reads from text beforehand, so it has to be of its kind.
CONDITION: Shape = {"type": "boolean", "title": "Condition"}
A_LIST: Shape = {"type": "array", "title": "List"}

_TYPES = {
    "string": cel.Type.STRING,
    "integer": cel.Type.INT,
    "boolean": cel.Type.BOOL,
    "array": cel.Type.LIST,
    "object": cel.Type.MAP,
}
_TEXT: Shape = {"type": "string"}
_COUNT: Shape = {"type": "integer"}
_MOST_NAMES = 12
# Which results each kind of input takes; what is not known before there is data passes.
_TAKEN = {
    "string": {"STRING", "INT", "NULL"},
    "integer": {"INT", "STRING", "NULL"},
    "number": {"INT", "STRING", "NULL"},
    "boolean": {"BOOL", "STRING", "NULL"},
    "array": {"LIST", "MAP", "STRING", "NULL"},
    "object": {"MAP", "LIST", "STRING", "NULL"},
}
_SPOKEN = {
    "STRING": "text",
    "INT": "a whole number",
    "DOUBLE": "a decimal fraction",
    "BOOL": "yes or no",
    "LIST": "a list",
    "MAP": "a group of fields",
    "NULL": "null",
}
_WANTED = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "yes or no",
    "array": "a list",
    "object": "a group of fields",
}


@dataclass(frozen=True)
class Gap:
    """Where a path leaves what is known.

    Args:
        title: What is not there.
        advice: What is.
        is_certain: The schema says that nothing else can be there.
    """

    title: str
    advice: str
    is_certain: bool


def at(shape: Shape, path: tuple[str, ...], so_far: str = "") -> tuple[Shape, Gap | None]:
    """Return the shape of what a path names, and where it leaves the known, if it does."""
    for name in path:
        properties = shape.get("properties")
        if properties is None:
            kind = shape.get("type")
            if not isinstance(kind, str):
                return ANYTHING, None  # one of several kinds: nobody knows before there is data
            if kind in {"string", "integer", "boolean"}:
                title = f"There is no '{printable(name)}' in {so_far}: it is {_WANTED[kind]}."
                return ANYTHING, Gap(title, "Use the value itself.", is_certain=True)
            if kind == "array":
                advice = "Name an item, such as [0], or map the list with 'each'."
                title = f"There is no '{printable(name)}' in {so_far}: it is a list."
                return ANYTHING, Gap(title, advice, is_certain=True)
            return ANYTHING, None
        if name not in properties:
            others = shape.get("additionalProperties", True)
            if isinstance(others, Mapping):
                shape = others
                continue
            return ANYTHING, _missing(name, so_far, properties, is_certain=others is False)
        shape = properties[name]
        so_far = f"{so_far}.{name}" if so_far else name
    return shape, None


def _missing(name: str, so_far: str, names: Mapping[str, Any], *, is_certain: bool) -> Gap:
    close = difflib.get_close_matches(name, list(names), 1)
    guess = f"Did you mean {close[0]}? " if close else ""
    listed = sorted(names)
    more = f" and {len(listed) - _MOST_NAMES} more" if len(listed) > _MOST_NAMES else ""
    return Gap(
        f"There is no '{printable(name)}' in {so_far}.",
        f"{guess}There is: {', '.join(listed[:_MOST_NAMES])}{more}.",
        is_certain=is_certain,
    )


def cel_type(shape: Shape) -> cel.Type:
    """Return the expression engine's type of such data; DYN where it is not one for sure."""
    kind = shape.get("type")
    return _TYPES.get(kind, cel.Type.DYN) if isinstance(kind, str) else cel.Type.DYN


def items_of(shape: Shape) -> Shape:
    """Return the shape of a list's items."""
    items = shape.get("items")
    return items if isinstance(items, Mapping) else ANYTHING


def check_taken(shape: Shape, result: str) -> None:
    """Refuse a result that an input of this shape cannot take.

    Args:
        shape: The input's schema.
        result: The expression engine's word for the type of the result.

    Raises:
        InputError: It says what is there and what is wanted.
    """
    plain = result.partition("<")[0]
    kind = shape.get("type")
    known = [kind] if isinstance(kind, str) else kind or list(_TAKEN)
    taken = set().union(*(_TAKEN.get(name, set()) for name in known))
    if shape in (CONDITION, A_LIST):
        taken = {"BOOL"} if shape == CONDITION else {"LIST"}
    if plain not in _SPOKEN or plain in taken:
        return
    wanted = " or ".join(_WANTED[name] for name in known if name in _WANTED)
    advice = "Write decimal fractions as text and calculate with add, sub, mul and div."
    if plain != "DOUBLE":
        advice = "Use a field of that kind, or turn it into text with text(...)."
    raise InputError(f"It gives {_SPOKEN[plain]}, and {wanted} is wanted.", advice=advice)


def output_of(step: kinds.Step, action_output: Shape) -> Shape:
    """Return the shape of a step's result, as later steps see it."""
    shape = _OUTPUTS.get(step.type, action_output)
    if step.type == kinds.APPROVAL and "payload" not in step.config:
        return _fields(approvedBy=_list(_TEXT), covered=ANYTHING)
    if step.on_error.then == kinds.STOP:
        return shape
    # After a failure that was passed over, the result is {failed, error} instead.
    return {"type": "object"}


def _fields(**properties: Shape) -> Shape:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _list(items: Shape) -> Shape:
    return {"type": "array", "items": items}


_OUTPUTS: Mapping[str, Shape] = {
    kinds.FILTER: _fields(),
    kinds.SWITCH: _fields(case=_TEXT, result=ANYTHING),
    kinds.FOR_EACH: _fields(
        count=_COUNT,
        succeeded=_COUNT,
        skipped=_COUNT,
        failed=_COUNT,
        items=_list(_fields(key=_TEXT, state=_TEXT, result=ANYTHING)),
    ),
    kinds.DELAY: _fields(until=_TEXT),
    kinds.APPROVAL: _fields(approvedBy=_list(_TEXT), payload=ANYTHING),
    kinds.HTTP: _fields(status=_COUNT, headers={"type": "object"}, body=ANYTHING),
    kinds.CALL: _fields(runId=_TEXT, steps={"type": "object"}),
}
FAILURE: Shape = _fields(
    step=_TEXT,
    type=_TEXT,
    title=_TEXT,
    advice=_TEXT,
    field=_TEXT,
    code=_TEXT,
    supportId=_TEXT,
    runId=_TEXT,
    workflow=_TEXT,
    event=_TEXT,
)
