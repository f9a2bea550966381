"""From a source's columns to an object's fields: direct, currency, date, and expressions.

The table has the form of a workflow's mapping (``connector.workflow.mapping``): ``source``,
``target``, ``transformation``. A direct source is a column's name, or a path into a nested row;
``currency USD`` rounds an amount to the currency, ``currency USD 0.92`` converts it first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connector.errors import InputError
from connector.transfer.sources import csv_rows
from connector.workflow import expressions
from connector.workflow import mapping as tables
from connector.workflow.mapping import Row

_FREE = {"text", "expression", "template"}  # they name their columns themselves, or none
_CURRENCY = re.compile(r"currency ([A-Z]{3})(?: ([0-9]+(?:\.[0-9]+)?))?")
_MISSING = object()

COLUMNS = {"source", "target", "transformation"}

Place = Callable[[str], tuple[str, ...]]


@dataclass(frozen=True)
class _Rule:
    """One line of the table, ready to be worked out."""

    row: Row
    path: tuple[str, ...]
    config: Any = None

    def value(self, values: Mapping[str, Any]) -> Any:
        if self.config is None:
            return _found(values, self.row.source)
        if self.row.transformation in _FREE:
            roots: dict[str, Any] = {"input": dict(values)}
        else:
            cell = _found(values, self.row.source)
            if cell is None or cell == "":
                return None
            roots = {"input": {"value": cell}}
        return expressions.evaluate(self.config, roots, self.row.target)


class FieldMapping:
    """A mapping table, compiled for one object."""

    def __init__(self, rules: Sequence[_Rule], lists: Mapping[tuple[str, ...], Any]) -> None:
        self._rules = tuple(rules)
        self._lists = dict(lists)

    def inputs(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the inputs that one row gives; blanks are left out.

        Raises:
            InputError: A column is missing, or a value is not what its transformation takes.
        """
        inputs: dict[str, Any] = {}
        for rule in self._rules:
            value = rule.value(values)
            if value is not None and value != "":
                _put(inputs, rule.path, value, rule.row.target)
        for path, form in self._lists.items():
            found = expressions.evaluate(form, {"input": dict(values)}, ".".join(path))
            _put(inputs, path, found, ".".join(path))
        return inputs


def compiled(rows: Iterable[Row], place: Place) -> FieldMapping:
    """Return the mapping of a table.

    Args:
        rows: The table's lines.
        place: Says where among the inputs a target belongs.

    Raises:
        InputError: A line is not valid; ``field`` tells which.
    """
    rules: list[_Rule] = []
    lines: list[Row] = []
    for number, row in enumerate(rows):
        if "[" in row.target:
            lines.append(row)
            continue
        try:
            rules.append(_Rule(row, place(row.target), _config(row)))
        except InputError as error:
            raise InputError(
                error.title, advice=error.advice, field=f"mapping[{number}]"
            ) from error
    doubled = _doubled([rule.path for rule in rules])
    if doubled:
        raise InputError(f"The target {'.'.join(doubled)} is given twice.", field="mapping")
    if not rules and not lines:
        raise InputError("The mapping has no lines.", field="mapping")
    forms = tables.to_config(lines)
    return FieldMapping(rules, {place(name): form for name, form in forms.items()})


def by_name(columns: Iterable[str], place: Place) -> FieldMapping:
    """Return the mapping of a source whose columns are called as the fields are."""
    return compiled([Row(name, name) for name in columns if name.strip()], place)


def read_table(path: Path) -> list[Row]:
    """Return the table in a CSV file with the columns source, target and transformation.

    Raises:
        InputError: It cannot be read, or a column is missing.
    """
    rows: list[Row] = []
    for found in csv_rows(path):
        if found.error is not None:
            raise InputError(
                f"Row {found.number} of {path.name}: {found.error.title}", field="mapping"
            )
        cells = {str(name).lower(): str(cell).strip() for name, cell in found.values.items()}
        if not cells.keys() >= COLUMNS:
            raise InputError(
                f"{path.name} needs the columns source, target and transformation.",
                field="mapping",
            )
        rows.append(Row(cells["source"], cells["target"], cells["transformation"] or "direct"))
    return rows


def _doubled(paths: list[tuple[str, ...]]) -> tuple[str, ...] | None:
    return next((path for path in paths if paths.count(path) > 1), None)


def _config(row: Row) -> Any:
    way = row.transformation.strip() or "direct"
    if way == "direct":
        return None
    if way in _FREE:
        return tables.to_config([Row(row.source, "value", way)])["value"]
    if found := _CURRENCY.fullmatch(way):
        amount = f"mul(input.value, '{found[2]}')" if found[2] else "input.value"
        source = f"round_money({amount}, '{found[1]}')"
        return tables.to_config([Row(source, "value", "expression")])["value"]
    return tables.to_config([Row("input.value", "value", way)])["value"]


def _found(values: Mapping[str, Any], source: str) -> Any:
    """Return a column's value, or what stands at a path in a nested row."""
    if source in values:
        return values[source]
    name = source.removeprefix("input.")
    node: Any = values
    for part in name.split("."):
        node = node.get(part, _MISSING) if isinstance(node, Mapping) else _MISSING
        if node is _MISSING:
            break
    if node is not _MISSING:
        return node
    if "." in name and name.split(".")[0] in values:
        return None  # a group that this row leaves out
    columns = ", ".join(str(each) for each in list(values)[:12])
    raise InputError(
        f"The source has no column {source[:60]}.",
        advice=f"It has: {columns}.",
        field=source,
    )


def _put(inputs: dict[str, Any], path: tuple[str, ...], value: Any, target: str) -> None:
    node = inputs
    for part in path[:-1]:
        node = node.setdefault(part, {})
        if not isinstance(node, dict):
            raise InputError(f"The target {target} lies inside another one.", field=target)
    node[path[-1]] = value
