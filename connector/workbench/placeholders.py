"""Stand-ins for what only a write could tell, and which later steps lean on them.

A stand-in for a record number is a number that no company will ever reach; it depends on nothing
but the effect it stands for, so two rehearsals of the same run agree. Steps that would ask Intacct
about a stand-in are not carried out.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from connector.workflow import steps as kinds
from connector.workflow.expressions import Template, templates
from connector.workflow.steps import Step

ALL = ("*",)
_STAND_IN = re.compile(r"99[0-9]{13}|NEW-[0-9]{9}")
_PATH_TO_FIELD = 3  # steps, the step's id, the field


def key_for(op_key: str) -> str:
    """Return the stand-in for the record number that an effect will be given."""
    return f"99{_digits(op_key, 13)}"


def id_for(op_key: str) -> str:
    """Return the stand-in for the business id that an effect will be given."""
    return f"NEW-{_digits(op_key, 9)}"


def _digits(op_key: str, count: int) -> str:
    number = int(hashlib.sha256(op_key.encode()).hexdigest(), 16) % 10**count
    return f"{number:0{count}d}"


def parts_of(text: str, known: frozenset[str]) -> Iterator[tuple[str, bool]]:
    """Yield the pieces of a text, each with whether it is one of the known stand-ins."""
    place = 0
    for match in _STAND_IN.finditer(text):
        if match[0] in known:
            yield text[place : match.start()], False
            yield match[0], True
            place = match.end()
    yield text[place:], False


def holds(value: Any, known: frozenset[str] | set[str]) -> bool:
    """Say whether a known stand-in occurs anywhere in JSON data."""
    if isinstance(value, str):
        return any(match in known for match in _STAND_IN.findall(value))
    if isinstance(value, Mapping):
        return any(holds(inner, known) for inner in value.values())
    return isinstance(value, list | tuple) and any(holds(inner, known) for inner in value)


def fields_with(output: Any, known: frozenset[str] | set[str]) -> tuple[str, ...]:
    """Return the names of an output's fields that hold a stand-in."""
    if not isinstance(output, Mapping):
        return ALL if holds(output, known) else ()
    return tuple(name for name, value in output.items() if holds(value, known))


@dataclass(frozen=True)
class Assumptions:
    """What is not the truth in what expressions can name.

    Args:
        outputs: The doubtful fields of steps' results by the step's id, ``ALL`` for everything.
        roots: Names that are doubtful as a whole, such as ``item``.
    """

    outputs: dict[str, tuple[str, ...]] = field(default_factory=dict)
    roots: frozenset[str] = frozenset()

    def inside(self, *, item: bool = False) -> Assumptions:
        """Return the same for a block inside, whose item may be doubtful, too."""
        more = frozenset({"item"}) if item else frozenset()
        return Assumptions(dict(self.outputs), (self.roots - {"item"}) | more)

    def note(self, step_id: str, fields: tuple[str, ...]) -> None:
        """Keep which fields of a step's result are assumed; none makes it the truth."""
        self.outputs.pop(step_id, None)
        if fields:
            self.outputs[step_id] = fields

    def touch(self, step: Step) -> bool:
        """Say whether a step's own settings name something that is assumed."""
        return any(self._touches(template) for template in _own_templates(step))

    def touch_text(self, text: str) -> bool:
        """Say whether one text's expressions name something that is assumed."""
        return any(self._touches(template) for _, template in templates(text))

    def _touches(self, template: Template) -> bool:
        return any(self._is_assumed(path) for path in template.paths)

    def _is_assumed(self, path: tuple[str, ...]) -> bool:
        if path[0] in self.roots:
            return True
        if path[0] != "steps":
            return False
        if len(path) == 1:
            return bool(self.outputs)
        found = self.outputs.get(path[1], ())
        return bool(found) and (found == ALL or len(path) < _PATH_TO_FIELD or path[2] in found)


def _own_templates(step: Step) -> Iterator[Template]:
    for _, template in templates(step.config):
        yield template
    if step.type == kinds.SWITCH:
        for case in step.cases:
            for _, template in templates(case.when):
                yield template
