"""The mapping table: one row per field, an equal form of a step's settings.

A row's transformation says what its source is:

- ``direct``: a path, such as ``input.deal.id``
- ``text``: a fixed text
- ``expression``: an expression without its braces
- ``template``: a text with expressions in it
- ``money`` or ``money USD``: a path to an amount, checked or rounded to the currency
- ``date``, ``date America/New_York``, ``date DD.MM.YYYY``: a path to a date or moment, read in a
  zone or by a named format
- ``lookup accounts``: a path whose value is looked up in a table of the workflow

``[]`` in a target stands for every line: ``lineItems[].amount`` from ``input.lineItems[].price``;
in expressions of such rows the line is called ``line``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from connector.errors import InputError
from connector.workflow import dates
from connector.workflow.source import CLOSE, OPEN
from connector.workflow.wording import join, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

LINE = "line"
_PATH = r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*|\[[0-9]{1,4}\])*"
_SOURCE = re.compile(rf"({_PATH})(\[\](?:\.({_PATH}))?)?")
_TARGET_PART = re.compile(r"([^.\[\]]+)((?:\[[0-9]{0,3}\])?)")
_ZONE = re.compile(r"[A-Za-z_]+(?:/[A-Za-z0-9_+-]+)*")
_WAYS: tuple[tuple[str, str], ...] = (
    (r"money", "money({0})"),
    (r"money ([A-Z]{3})", "round_money({0}, '{1}')"),
    (r"date", "date({0})"),
    (rf"date ({'|'.join(map(re.escape, dates.FORMATS))})", "parse_date({0}, '{1}')"),
    (rf"date ({_ZONE.pattern})", "date({0}, '{1}')"),
    (r"lookup ([A-Za-z][A-Za-z0-9_]*)", "lookup(tables.{1}, {0})"),
)


@dataclass(frozen=True)
class Row:
    """One line of a mapping table.

    Args:
        source: Where the value comes from.
        target: The input that gets it.
        transformation: What is done with it on the way.
    """

    source: str
    target: str
    transformation: str = "direct"


def added_to(config: dict[str, Any], rows: Any, place: str) -> dict[str, Any]:
    """Return the settings with those of a table's rows, which are as the schema asks.

    Raises:
        InputError: A row is not valid, or gives a field that is there already.
    """
    found = [Row(row["source"], row["target"], row.get("transformation", "direct")) for row in rows]
    for name, value in to_config(found, place).items():
        if name in config:
            raise InputError(
                f"'{name}' is given in the settings and in the mapping table.",
                advice="Keep one of them.",
                field=place,
            )
        config[name] = value
    return config


def to_config(rows: Iterable[Row], place: str = "mapping") -> dict[str, Any]:
    """Return the settings that mean the same as the rows.

    Raises:
        InputError: ``field`` tells the row.
    """
    config: dict[str, Any] = {}
    for index, row in enumerate(rows):
        where = f"{place}[{index}]"
        try:
            _set(config, row)
        except InputError as error:
            raise InputError(error.title, advice=error.advice, field=where) from error
    return config


def to_rows(config: Mapping[str, Any]) -> list[Row]:
    """Return the table that means the same as the settings; ``to_config`` gives them back.

    Raises:
        InputError: The settings hold what no table can say, such as a list mapping with 'where'.
    """
    rows = list(_rows(config, "", ""))
    if not _gives(rows, config):
        raise InputError(
            "These settings cannot be shown as a table.",
            advice="Edit them in the workflow file.",
        )
    return rows


def _gives(rows: list[Row], config: Mapping[str, Any]) -> bool:
    try:
        return to_config(rows) == dict(config)
    except InputError:
        return False


def _set(config: dict[str, Any], row: Row) -> None:
    parts = _target(row.target)
    if any(index == "[]" for _, index in parts):
        _set_in_list(config, row, parts)
    else:
        _put(config, parts, _value(row), row.target)


def _target(target: str) -> list[tuple[str, str]]:
    found = [_TARGET_PART.fullmatch(part) for part in target.split(".")]
    parts = [(match[1], match[2]) for match in found if match]
    if len(parts) != len(found) or sum(index == "[]" for _, index in parts) > 1:
        raise InputError(
            f"The target {shown(target)} is no field.",
            advice="Write names with points, such as lineItems[].amount; [] at most once.",
        )
    return parts


def _set_in_list(config: dict[str, Any], row: Row, parts: list[tuple[str, str]]) -> None:
    split = next(i for i, (_, index) in enumerate(parts) if index == "[]")
    outer, inner = [*parts[:split], (parts[split][0], "")], parts[split + 1 :]
    source = _SOURCE.fullmatch(row.source)
    has_lines = source is not None and source[2] is not None
    form = _form(config, outer, source[1] if source and has_lines else "", row.target)
    below = f".{source[3]}" if source and source[3] else ""
    value = _value(Row(f"{LINE}{below}" if has_lines else row.source, "", row.transformation))
    if not inner:
        form["value"] = value
    elif isinstance(form.setdefault("value", {}), dict):
        _put(form["value"], inner, value, row.target)


def _form(
    config: dict[str, Any], outer: list[tuple[str, str]], source: str, target: str
) -> dict[str, Any]:
    each = f"{OPEN} {source} {CLOSE}"
    try:
        form = _at(config, outer)
    except KeyError:
        if not source:
            raise InputError(
                f"{shown(target)} has no list to go through yet.",
                advice="Begin with a row whose source has [] too, such as input.lineItems[].price.",
            ) from None
        form = {"each": each, "as": LINE}
        _put(config, outer, form, target)
    if not isinstance(form, dict) or (source and form.get("each") != each):
        raise InputError(
            f"{shown(target)} goes through another list than the rows before it.",
            advice="All rows of one list take their lines from the same source.",
        )
    return form


def _at(config: dict[str, Any], parts: list[tuple[str, str]]) -> Any:
    found: Any = config
    for name, _ in parts:
        found = found[name]
    return found


def _put(config: dict[str, Any], parts: list[tuple[str, str]], value: Any, target: str) -> None:
    node: Any = config
    for place, (name, index) in enumerate(parts):
        is_last = place == len(parts) - 1
        if index:
            items = node.setdefault(name, [])
            number = int(index[1:-1])
            if not isinstance(items, list) or number > len(items):
                raise InputError(f"{shown(target)} leaves out a line.", advice="Number from [0].")
            if number == len(items):
                items.append(value if is_last else {})
                node = items[number]
                continue
            node = items[number]
        elif not is_last:
            node = node.setdefault(name, {})
        elif name not in node:
            node[name] = value
            return
        if is_last or not isinstance(node, dict):
            raise InputError(f"The target {shown(target)} is given twice.", advice="Keep one row.")


def _value(row: Row) -> str:
    way = row.transformation.strip()
    if way in {"text", "template"}:
        if (way == "template") != (OPEN in row.source):
            raise InputError(
                f"{shown(row.source)} is not a {way}.",
                advice="A text holds no expression, and a template holds at least one.",
            )
        return row.source
    if way == "expression":
        return f"{OPEN} {row.source.strip()} {CLOSE}"
    if re.fullmatch(_PATH, row.source) is None:
        raise InputError(
            f"The source {shown(row.source)} is no path.",
            advice="Name a field, such as input.deal.id, or use the transformation expression.",
        )
    return f"{OPEN} {_call(way, row.source)} {CLOSE}"


def _call(way: str, path: str) -> str:
    if way == "direct":
        return path
    for pattern, call in _WAYS:
        if match := re.fullmatch(pattern, way):
            return call.format(path, *match.groups())
    raise InputError(
        f"There is no transformation {shown(way)}.",
        advice="Use direct, text, template, expression, money, date or lookup.",
    )


def _rows(value: Any, target: str, line_source: str) -> Iterator[Row]:
    if isinstance(value, dict) and "each" in value and "value" in value:
        source = _pill(value["each"])
        yield from _rows(value["value"], f"{target}[]", source or "?")
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _rows(inner, join(target, name), line_source)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _rows(inner, f"{target}[{index}]", line_source)
    else:
        yield _row(str(value), target, line_source)


def _row(value: str, target: str, line_source: str) -> Row:
    source = _pill(value)
    if source is None:
        return Row(value, target, "template" if OPEN in value else "text")
    for way, path in _read_back(source):
        if line_source and re.match(rf"{LINE}(?![A-Za-z0-9_])", path):
            path = f"{line_source}[]{path[len(LINE) :]}"  # noqa: PLW2901 - the same path, from outside
        return Row(path, target, way)
    return Row(source, target, "expression")


def _read_back(source: str) -> Iterator[tuple[str, str]]:
    if re.fullmatch(_PATH, source):
        yield "direct", source
    for pattern, call in _WAYS:
        wanted = re.escape(call).replace(r"\{0\}", f"(?P<path>{_PATH})")
        wanted = wanted.replace(r"\{1\}", "(?P<part>[^']+?)")
        if match := re.fullmatch(wanted, source):
            parts = match.groupdict()
            way = f"{pattern.split(' ')[0]} {parts['part']}" if "part" in parts else pattern
            yield way, parts["path"]


def _pill(text: Any) -> str | None:
    """Return the source of a text that is one expression as the table writes it, else None."""
    if not isinstance(text, str) or not text.startswith(f"{OPEN} ") or text.count(OPEN) > 1:
        return None
    return text[len(OPEN) + 1 : -len(CLOSE) - 1] if text.endswith(f" {CLOSE}") else None
