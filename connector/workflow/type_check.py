"""Check a step's values against the shapes of what they name and of what they are for."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cel_expr_python import cel

from connector.component.groups import groups_of, spread
from connector.component.inputs import InputForm
from connector.errors import InputError
from connector.workflow import shapes
from connector.workflow.expressions import Template, is_mapping_form
from connector.workflow.program import Expression, typed_result
from connector.workflow.shapes import ANYTHING, Shape
from connector.workflow.source import OPEN
from connector.workflow.wording import join, printable

Scope = Mapping[str, Shape]  # name to shape of what expressions may name


@dataclass(frozen=True)
class Finding:
    """Something about a workflow that its author should know.

    Args:
        field: Where, such as ``steps[1].config.amount``.
        title: What.
        advice: What to do.
        is_error: It cannot be published like this.
    """

    field: str
    title: str
    advice: str = ""
    is_error: bool = True

    @staticmethod
    def of(error: InputError, field: str) -> Finding:
        """Return what an error says about a place."""
        return Finding(field, error.title, error.advice)


_GROUP: Shape = {"type": "object"}


def check_value(value: Any, wanted: Shape, scope: Scope, field: str) -> Iterator[Finding]:
    """Yield what is wrong with a value: paths that lead nowhere, results of the wrong kind."""
    if isinstance(value, str):
        if OPEN in value:
            yield from _check_template(value, wanted, scope, field)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            inner = shapes.items_of(wanted)
            yield from check_value(item, inner, scope, f"{field}[{index}]")
    elif isinstance(value, dict) and is_mapping_form(value):
        yield from _check_form(value, wanted, scope, field)
    elif isinstance(value, dict):
        properties = wanted.get("properties", {})
        for name, item in value.items():
            inner = properties.get(name, ANYTHING)
            yield from check_value(item, inner, scope, join(field, name))


def check_inputs(
    config: Mapping[str, Any], schema: Shape, scope: Scope, field: str
) -> Iterator[Finding]:
    """Yield what is wrong with the inputs of an action, given the schema of its form."""
    named, groups = _by_own_names(schema), groups_of(schema)
    given: set[str] = set()
    try:
        inputs = list(spread(groups, config))
    except InputError as error:
        yield Finding.of(error, join(field, error.field))
        return
    for name, inner, value in inputs:
        own = named.get(inner)
        if own is None:
            if name in groups and isinstance(value, str):
                yield from check_value(value, _GROUP, scope, join(field, name))
            elif schema.get("additionalProperties", True) is False:
                yield _unknown_input(name, named, join(field, name))
            continue
        given.add(own)
        wanted = schema["properties"][own]
        yield from check_value(value, wanted, scope, join(field, name))
        if not _has_template(value):
            yield from _check_literal(own, value, wanted, join(field, name))
    for name in schema.get("required", ()):
        if name not in given:
            label = schema["properties"].get(name, {}).get("title", name)
            yield Finding(join(field, name), f"{label} ({name}) is required.", "Fill it in.")


def _by_own_names(schema: Shape) -> dict[str, str]:
    names = {}
    for name, part in schema.get("properties", {}).items():
        for alias in part.get("x-intacct", {}).get("aliases", ()):
            names[alias] = name
    return {**names, **{name: name for name in schema.get("properties", {})}}


def _unknown_input(name: str, named: Mapping[str, str], field: str) -> Finding:
    close = difflib.get_close_matches(name, list(named), 1)
    guess = f"Did you mean {close[0]}?" if close else "'intacct catalog' lists the inputs."
    return Finding(field, f"There is no input '{printable(name)}'.", guess)


def _has_template(value: Any) -> bool:
    if isinstance(value, str):
        return OPEN in value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(_has_template(item) for item in inner)


def _check_literal(name: str, value: Any, wanted: Shape, field: str) -> Iterator[Finding]:
    form = InputForm(
        {"type": "object", "properties": {name: wanted}, "additionalProperties": False}
    )
    try:
        form.check({name: value})
    except InputError as error:
        below = error.field.removeprefix(name)
        yield Finding.of(error, f"{field}{below}")


def _check_form(form: dict[str, Any], wanted: Shape, scope: Scope, field: str) -> Iterator[Finding]:
    each = form["each"]
    yield from check_value(each, shapes.A_LIST, scope, join(field, "each"))
    inner = {**scope, form["as"]: _items(each, scope)}
    if "where" in form:
        yield from check_value(form["where"], shapes.CONDITION, inner, join(field, "where"))
    yield from check_value(form["value"], shapes.items_of(wanted), inner, join(field, "value"))


def _items(each: Any, scope: Scope) -> Shape:
    return shapes.items_of(shape_of(each, scope)) if isinstance(each, str) else ANYTHING


def shape_of(text: str, scope: Scope) -> Shape:
    """Return the shape of what a text gives that is nothing but a path; anything for others."""
    template = Template.compile(text, frozenset(scope))
    part = template.parts[0] if len(template.parts) == 1 else None
    if not isinstance(part, Expression) or [".".join(path) for path in part.paths] != [part.source]:
        return ANYTHING
    root, *rest = part.paths[0]
    return shapes.at(scope[root], tuple(rest))[0]


def _check_template(text: str, wanted: Shape, scope: Scope, field: str) -> Iterator[Finding]:
    try:
        template = Template.compile(text, frozenset(scope))
    except InputError as error:
        yield Finding.of(error, field)
        return
    results = []
    for part in template.parts:
        if isinstance(part, Expression):
            gaps = list(_gaps(part, scope, field))
            yield from gaps
            if not gaps:
                try:
                    results.append(_result_of(part, scope))
                except InputError as error:
                    yield Finding.of(error, field)
    if len(template.parts) == 1 and results:
        try:
            shapes.check_taken(wanted, results[0])
        except InputError as error:
            yield Finding.of(error, field)


def _gaps(expression: Expression, scope: Scope, field: str) -> Iterator[Finding]:
    for root, *rest in expression.paths:
        _, gap = shapes.at(scope[root], tuple(rest), root)
        # What is tested with has() may be missing.
        if gap and not _is_tested(expression.source, (root, *rest)):
            yield Finding(field, gap.title, gap.advice, is_error=gap.is_certain)


def _is_tested(source: str, path: tuple[str, ...]) -> bool:
    return any(f"has({'.'.join(path[:length])})" in source for length in range(2, len(path) + 1))


def _result_of(expression: Expression, scope: Scope) -> str:
    if "has(" in expression.source:
        return expression.return_type  # has() takes a field of a group, not a known path
    types: dict[str, cel.Type] = {}
    for root, *rest in expression.paths:
        path = [root, *rest]
        for length in range(1, len(path)):
            types.setdefault(".".join(path[:length]), cel.Type.DYN)
        shape, _ = shapes.at(scope[root], tuple(rest))
        if all(part.isidentifier() for part in path):
            types[".".join(path)] = shapes.cel_type(shape)
    return typed_result(expression.source, {**types})
