"""Places in a workflow document, such as ``steps[1].config.amount``, and what stands there.

A document may be anything that JSON can say: people save what they have not finished.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from connector.errors import InputError
from connector.workflow.wording import printable

Part = str | int

_INDEX = re.compile(r"\[([0-9]{1,6})\]")
_NAME = re.compile(r"[^.\[\]]+")
BLOCKS = ("steps", "onFailure")


@dataclass(frozen=True)
class StepAt:
    """One step of a document, as it was written.

    Args:
        place: Where it stands, such as ``steps[1].steps[0]``.
        block: The list it stands in, such as ``steps[1].steps``.
        index: Its number there, from nought.
        step: The step itself.
    """

    place: str
    block: str
    index: int
    step: dict[str, Any]

    @property
    def id(self) -> str:
        """What others call it; empty where it has no id yet."""
        found = self.step.get("id")
        return found if isinstance(found, str) else ""

    @property
    def label(self) -> str:
        """What people read."""
        found = self.step.get("name")
        return found if isinstance(found, str) and found else self.id or self.place


def every_step(document: Any) -> Iterator[StepAt]:
    """Yield every step of a document, those inside others after the one they are in."""
    if isinstance(document, dict):
        for name in BLOCKS:
            yield from _in_block(document.get(name), name)


def _in_block(block: Any, place: str) -> Iterator[StepAt]:
    for index, step in enumerate(block if isinstance(block, list) else ()):
        if isinstance(step, dict):
            where = f"{place}[{index}]"
            yield StepAt(where, place, index, step)
            for inner, inner_place in blocks_of(step, where):
                yield from _in_block(inner, inner_place)


def blocks_of(step: dict[str, Any], place: str) -> Iterator[tuple[Any, str]]:
    """Yield the lists of steps inside a step, each with its place."""
    cases = step.get("cases")
    for index, case in enumerate(cases if isinstance(cases, list) else ()):
        if isinstance(case, dict):
            yield case.get("steps"), f"{place}.cases[{index}].steps"
    for name in ("otherwise", "steps"):
        yield step.get(name), f"{place}.{name}"
    rule = step.get("onError")
    if isinstance(rule, dict):
        yield rule.get("steps"), f"{place}.onError.steps"


def step_at(document: Any, place: str) -> StepAt:
    """Return the step that stands at a place, or the one with that id.

    Raises:
        InputError: There is none.
    """
    for found in every_step(document):
        if place in (found.place, found.id):
            return found
    raise InputError(f"There is no step at '{printable(place)}'.", advice="Load the page anew.")


def parts_of(document: Any, place: str) -> tuple[Part, ...]:
    """Return a place's parts; names with points in them are known by the document.

    Raises:
        InputError: It is no place.
    """
    parts: list[Part] = []
    rest, found = place, document
    while rest:
        index = _INDEX.match(rest)
        if index and parts:
            part: Part = int(index[1])
            rest = rest[index.end() :]
        else:
            part = _name(found, rest, place)
            rest = rest[len(part) :]
        parts.append(part)
        rest = rest.removeprefix(".")
        found = below(found, part)
    if not parts:
        raise InputError("A place is missing.", advice="Name one, such as steps[0].config.amount.")
    return tuple(parts)


def _name(found: Any, rest: str, place: str) -> str:
    """Return the longest name of the document that the rest begins with, else its first word."""
    names = found if isinstance(found, dict) else ()
    fitting = [n for n in names if n and (rest == n or rest.startswith((f"{n}.", f"{n}[")))]
    if fitting:
        return str(max(fitting, key=len))
    word = _NAME.match(rest)
    if word is None:
        raise InputError(f"'{printable(place)}' is no place in a workflow.", advice="Check it.")
    return word[0]


def below(found: Any, part: Part) -> Any:
    """Return what stands under a name or number, None where there is nothing."""
    if isinstance(part, int):
        return found[part] if isinstance(found, list) and part < len(found) else None
    return found.get(part) if isinstance(found, dict) else None


def at(document: Any, place: str) -> Any:
    """Return what stands at a place, None where there is nothing."""
    found = document
    for part in parts_of(document, place):
        found = below(found, part)
    return found


def with_value(document: Any, place: str, value: Any) -> Any:
    """Return a copy of the document with a value at a place; groups on the way are made.

    Raises:
        InputError: Something else stands on the way, or a list has no such entry.
    """
    parts = parts_of(document, place)
    result = copy.deepcopy(document)
    node = result
    for depth, part in enumerate(parts[:-1]):
        _check_node(node, part, place)
        inner = below(node, part)
        if inner is None:
            inner = [] if isinstance(parts[depth + 1], int) else {}
            _set(node, part, inner)
        node = inner
    _check_node(node, parts[-1], place)
    _set(node, parts[-1], copy.deepcopy(value))
    return result


def without(document: Any, place: str) -> Any:
    """Return a copy of the document with nothing at a place; empty groups stay."""
    *way, last = parts_of(document, place)
    result = copy.deepcopy(document)
    node = result
    for part in way:
        node = below(node, part)
    if isinstance(last, int):
        if isinstance(node, list) and last < len(node):
            del node[last]
    elif isinstance(node, dict):
        node.pop(last, None)
    return result


def _check_node(node: Any, part: Part, place: str) -> None:
    if isinstance(part, int):
        is_fitting = isinstance(node, list) and part <= len(node)
    else:
        is_fitting = isinstance(node, dict)
    if not is_fitting:
        raise InputError(
            f"There is no '{printable(place)}' in this workflow.",
            advice="Load the page anew: the workflow was changed meanwhile.",
            field=place,
        )


def _set(node: Any, part: Part, value: Any) -> None:
    if isinstance(part, int) and part == len(node):
        node.append(value)
    else:
        node[part] = value
