"""What expressions can name at a place of a workflow document: names, samples, kinds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import schemas
from connector.errors import InputError
from connector.registry import COMPONENT, Registry
from connector.workbench import places
from connector.workbench.places import StepAt, every_step
from connector.workbench.preview import kind_of, preview
from connector.workflow import shapes
from connector.workflow import steps as kinds
from connector.workflow.expressions import is_mapping_form
from connector.workflow.shapes import ANYTHING, FAILURE, Shape
from connector.workflow.steps import Step
from connector.workflow.wording import join, printable

EXAMPLE = "example"
NOTHING = "nothing"

_DEEPEST = 6
_MOST_FIELDS = 1_000
_SPOKEN = {
    "string": "text",
    "integer": "number",
    "number": "number",
    "boolean": "yes/no",
    "array": "list",
    "object": "group",
}
_BY_FORMAT = {"money": "money", "date": "date", "date-time": "date", "decimal": "number"}
_PLAIN_NAME = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789"


@dataclass(frozen=True)
class Field:
    """One thing that can be inserted.

    Args:
        path: As it is written in an expression, such as ``steps.customer.id``.
        kind: ``text``, ``money``, ``date``, ``number``, ``yes/no``, ``list``, ``group``, ``any``.
        title: What people call it; empty where nobody has said.
        value: Its sample; None where there is none.
    """

    path: str
    kind: str
    title: str = ""
    value: Any = None


@dataclass(frozen=True)
class Reach:
    """What can be named.

    Args:
        roots: Name to data, for ``preview``.
        fields: What can be inserted, in the order of the workflow, at most 1,000.
        sources: Where the sample of ``input`` and of each step is from: ``delivery``, ``run``,
            ``typed``, ``example``, or ``nothing`` where it has none and was never tried.
    """

    roots: Mapping[str, Any]
    fields: tuple[Field, ...]
    sources: Mapping[str, str]


def reach_of(
    document: Any, registry: Registry, samples: Mapping[str, tuple[str, Any]], place: str = ""
) -> Reach:
    """Return what the expressions at a place can name.

    Args:
        document: A workflow document, valid or not.
        registry: What is installed.
        samples: The source and the data of ``input`` and of steps by their ids.
        place: The field; the end of the outermost steps where it is empty.
    """
    return _Reader(document, registry, samples, place).reach()


class _Reader:
    def __init__(
        self,
        document: Any,
        registry: Registry,
        samples: Mapping[str, tuple[str, Any]],
        place: str,
    ) -> None:
        self.document = document if isinstance(document, dict) else {}
        self.registry = registry
        self.samples = samples
        self.place = place
        self.steps = list(every_step(self.document))
        self.around = [step for step in self.steps if _holds(step.place, place)]
        self.roots: dict[str, Any] = {}
        self.shapes: dict[str, Shape] = {}
        self.sources: dict[str, str] = {}

    def reach(self) -> Reach:
        self._take_event()
        outputs, output_shapes = self._results()
        tables = self.document.get("tables")
        self.roots |= {"steps": outputs, "tables": tables if isinstance(tables, dict) else {}}
        self.shapes["steps"] = {"properties": output_shapes}
        self._take_item()
        self._take_failure()
        self._take_lines()
        fields: list[Field] = []
        for name, value in self.roots.items():
            for found in _fields(name, self.shapes.get(name, ANYTHING), value, 0):
                if len(fields) < _MOST_FIELDS and found.path != "steps":
                    fields.append(found)
        return Reach(self.roots, tuple(fields), self.sources)

    def _take_event(self) -> None:
        wanted = self.document.get("trigger")
        key = wanted.get("type") if isinstance(wanted, dict) else ""
        trigger = self.registry.triggers.get(key) if isinstance(key, str) else None
        source, event = self.samples.get("input", (NOTHING, {}))
        if trigger is not None:
            if source == NOTHING and trigger.example:
                source, event = EXAMPLE, dict(trigger.example)
            if trigger.event and schemas.exists(trigger.event):
                self.shapes["input"] = schemas.resolve(trigger.event)
        self.sources["input"] = source
        self.roots["input"] = event

    def _results(self) -> tuple[dict[str, Any], dict[str, Shape]]:
        outputs: dict[str, Any] = {}
        found: dict[str, Shape] = {}
        for step in self.steps:
            if not step.id or not self._comes_before(step):
                continue
            source, output = self.samples.get(step.id, (NOTHING, None))
            action = self.registry.actions.get(_type(step).removeprefix(f"{COMPONENT}."))
            if source == NOTHING and action is not None:
                source, output = EXAMPLE, dict(action.example)
            self.sources[step.id] = source
            if source != NOTHING:
                outputs[step.id] = output
            found[step.id] = _shape(step, action.output if action else ANYTHING)
        return outputs, found

    def _comes_before(self, step: StepAt) -> bool:
        if not self.place:
            return step.block == "steps"
        return any(step.block == outer.block and step.index < outer.index for outer in self.around)

    def _take_item(self) -> None:
        for outer in self.around:
            is_key = self.place == f"{outer.place}.config.key"
            if _type(outer) == kinds.FOR_EACH and (
                is_key or self.place.startswith(f"{outer.place}.steps[")
            ):
                config = outer.step.get("config")
                self._bind("item", config.get("items") if isinstance(config, dict) else None)

    def _take_failure(self) -> None:
        in_rule = any(
            self.place.startswith(f"{outer.place}.onError.steps[") for outer in self.around
        )
        if in_rule or self.place.startswith("onFailure["):
            self.roots["failure"] = dict.fromkeys(FAILURE["properties"], "")
            self.shapes["failure"] = FAILURE

    def _take_lines(self) -> None:
        """Bind the items of the list mappings that the place stands in."""
        try:
            parts = places.parts_of(self.document, self.place) if self.place else ()
        except InputError:
            return
        node: Any = self.document
        for part in parts:
            if isinstance(node, dict) and is_mapping_form(node) and part in {"value", "where"}:
                self._bind(node.get("as"), node.get("each"))
            node = places.below(node, part)

    def _bind(self, name: Any, items: Any) -> None:
        if not isinstance(name, str) or not name.isidentifier():
            return
        found = preview(items, self.roots).value if isinstance(items, str) else items
        self.roots[name] = found[0] if isinstance(found, list) and found else {}
        self.shapes[name] = shapes.items_of(self._shape_at(items))

    def _shape_at(self, text: Any) -> Shape:
        """Return the shape of a text that is nothing but a path; anything for others."""
        if not isinstance(text, str):
            return ANYTHING
        path = text.strip().removeprefix("{{").removesuffix("}}").strip().split(".")
        if not all(part.isidentifier() for part in path) or path[0] not in self.shapes:
            return ANYTHING
        return shapes.at(self.shapes[path[0]], tuple(path[1:]))[0]


def _holds(outer: str, place: str) -> bool:
    return place == outer or place.startswith(f"{outer}.")


def _type(step: StepAt) -> str:
    found = step.step.get("type")
    return found if isinstance(found, str) else ""


def _shape(step: StepAt, output: Shape) -> Shape:
    config = step.step.get("config")
    plain = Step(step.id, _type(step), config=config if isinstance(config, dict) else {})
    return shapes.output_of(plain, output)


def _fields(path: str, shape: Shape, value: Any, depth: int) -> Iterator[Field]:
    """Yield what stands at a path and below it, by its shape and by its sample."""
    yield Field(path, _kind(shape, value), str(shape.get("title", "")), value)
    if depth == _DEEPEST:
        return
    properties = shape.get("properties")
    known = properties if isinstance(properties, Mapping) else {}
    there = value if isinstance(value, Mapping) else {}
    for name in dict.fromkeys([*known, *there]):
        inner = known.get(name, ANYTHING)
        below = inner if isinstance(inner, Mapping) else ANYTHING
        yield from _fields(_below(path, name), below, there.get(name), depth + 1)


def _below(path: str, name: str) -> str:
    """Return the path of a field, as the expression language writes it."""
    is_plain = name and not name[0].isdigit() and all(sign in _PLAIN_NAME for sign in name)
    if is_plain:
        return join(path, name)
    escaped = name.replace("\\", "\\\\").replace("'", "\\'")
    return f"{path}['{escaped}']" if name.isprintable() else f"{path}['{printable(name)}']"


def _kind(shape: Shape, value: Any) -> str:
    by_format = _BY_FORMAT.get(str(shape.get("format", "")))
    if by_format:
        return by_format
    kind = shape.get("type")
    if isinstance(kind, str) and kind in _SPOKEN:
        return _SPOKEN[kind]
    return "any" if value is None else kind_of(value)
