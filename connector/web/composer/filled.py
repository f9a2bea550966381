"""What the form of one step holds: read from the document or from what was posted, put back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from connector.web.composer import kinds
from connector.web.composer.values import Shown, posted, shown, stored
from connector.workbench import places
from connector.workbench.editing import Edited, rename_step
from connector.workbench.places import StepAt
from connector.workflow import steps as kinds_of_steps

ERROR = "step_error"
CASES = "step_case"
COVERS = "step_covers."
_ROW = re.compile(rf"{CASES}\.([0-9]{{1,3}})\.was")
_MOST_CASES = 20


@dataclass(frozen=True)
class Case:
    """One way of a switch.

    Args:
        name: What its result calls it.
        when: Its condition.
        was: Its number in the document; empty for a new one.
    """

    name: str = ""
    when: str = ""
    was: str = ""


@dataclass(frozen=True)
class Filled:
    """The form of one step.

    Args:
        id: What expressions call the step.
        name: What people call it.
        connection: The name of its connection.
        config: Its settings.
        on_error: What happens when it fails.
        cases: The ways of a switch.
        covers: The steps that an approval is about.
    """

    id: str
    name: str
    connection: str
    config: Shown
    on_error: Shown
    cases: tuple[Case, ...] = ()
    covers: tuple[str, ...] = field(default=())


def kind_of(step: Mapping[str, Any]) -> str:
    """Return a step's type; empty where it has none yet."""
    found = step.get("type")
    return found if isinstance(found, str) else ""


def form_schema(schema: Mapping[str, Any], step: StepAt) -> Mapping[str, Any]:
    """Return the schema of the fields: covered steps are ticked, not written."""
    if kind_of(step.step) != kinds_of_steps.APPROVAL:
        return schema
    fields = {name: each for name, each in schema["properties"].items() if name != "covers"}
    return {**schema, "properties": fields}


def of_document(schema: Mapping[str, Any], step: StepAt) -> Filled:
    """Return what the form of a step shows first."""
    config = _group(step.step.get("config"))
    covers = config.get("covers") if kind_of(step.step) == kinds_of_steps.APPROVAL else None
    if covers is not None:
        config = {name: value for name, value in config.items() if name != "covers"}
    rule = _group(step.step.get("onError"))
    return Filled(
        id=step.id,
        name=_text(step.step.get("name")),
        connection=_text(step.step.get("connection")),
        config=shown(form_schema(schema, step), config),
        on_error=shown(_rule_schema(), {ERROR: {k: v for k, v in rule.items() if k != "steps"}}),
        cases=tuple(_cases(step.step)),
        covers=tuple(each for each in covers if isinstance(each, str)) if covers else (),
    )


def _cases(step: Mapping[str, Any]) -> list[Case]:
    found = step.get("cases")
    return [
        Case(_text(case.get("name")), _text(case.get("when")), str(number))
        for number, case in enumerate(found if isinstance(found, list) else ())
        if isinstance(case, dict)
    ]


def of_post(schema: Mapping[str, Any], step: StepAt, fields: Mapping[str, str]) -> Filled:
    """Return what was posted, over the same fields as the document's own form has.

    Raises:
        InputError: There are more lines than any record takes.
    """
    first = of_document(schema, step)
    numbers = sorted(int(found[1]) for name in fields if (found := _ROW.fullmatch(name)))
    cases = (
        Case(*(fields.get(f"{CASES}.{number}.{part}", "") for part in ("name", "when", "was")))
        for number in numbers[:_MOST_CASES]
    )
    return Filled(
        id=fields.get("step_id", first.id).strip(),
        name=fields.get("step_name", first.name).strip(),
        connection=fields.get("step_connection", first.connection),
        config=posted(first.config.schema, fields),
        on_error=posted(first.on_error.schema, fields),
        cases=tuple(cases),
        covers=tuple(name.removeprefix(COVERS) for name in fields if name.startswith(COVERS)),
    )


def applied(document: Any, step: StepAt, filled: Filled) -> Edited:
    """Return the document with a step as its form has it.

    Raises:
        InputError: The step's new id is not possible, or taken.
    """
    new = dict(step.step)
    config = stored(filled.config, step.step.get("config"))
    if filled.covers:
        config["covers"] = list(filled.covers)
    rule = stored(filled.on_error, {ERROR: step.step.get("onError")}).get(ERROR, {})
    branch = _group(step.step.get("onError")).get("steps")
    if branch:
        rule["steps"] = branch
    parts: dict[str, Any] = {"name": filled.name, "onError": rule}
    if kinds.connection_kind(kind_of(step.step)):
        parts["connection"] = filled.connection
    for name, value in parts.items():
        new.pop(name, None)
        if value:
            new[name] = value
    if "." in kind_of(step.step):
        new.setdefault("connection", "")
    if config or "config" in step.step:
        new["config"] = config
    if kind_of(step.step) == kinds_of_steps.SWITCH:
        new["cases"] = _kept_cases(step.step, filled.cases)
    result = document
    if new != step.step:
        result = places.with_value(document, step.place, new)
    return rename_step(result, step.place, filled.id)


def _kept_cases(step: Mapping[str, Any], cases: tuple[Case, ...]) -> list[dict[str, Any]]:
    old = step.get("cases")
    before = old if isinstance(old, list) else []
    found = []
    for case in cases:
        number = (
            int(case.was) if case.was.isdecimal() and len(case.was) < _MOST_CASES else len(before)
        )
        kept = before[number] if number < len(before) and isinstance(before[number], dict) else {}
        new = {"name": case.name, "when": case.when, "steps": kept.get("steps", [])}
        if not case.name:
            del new["name"]
        found.append(new)
    return found


def _rule_schema() -> Mapping[str, Any]:
    rule = {"title": "When it fails", "type": "object", **kinds.error_schema()}
    return {"properties": {ERROR: rule}}


def _group(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
