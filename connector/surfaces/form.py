"""What a form shows for a schema of inputs: which fields, in which order, holding what.

Nothing here knows HTML. A field's name says where its value belongs: ``lineItems.0.amount`` is the
amount of the first line.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from connector.store.json_text import to_json
from connector.surfaces.lines import SIDES, Total, columns, line_schema, totals

FEW = 8  # so many fields are shown at once, without anything folded
_TECHNICAL = frozenset({"customFields", "additionalFields", "resultForm", "api"})
_MORE = "More"
_TECHNICAL_TITLE = "Technical"
_LONG_TEXT = 1000


class Kind(StrEnum):
    """How a field is filled in."""

    TEXT = "text"
    LONG_TEXT = "long text"
    SECRET = "password"  # noqa: S105 - the name of a kind of field
    MONEY = "money"
    DECIMAL = "decimal"
    INTEGER = "integer"
    DATE = "date"
    YES_NO = "yes or no"
    CHOICE = "choice"
    PICKLIST = "picklist"
    LINES = "lines"
    PART = "part"


@dataclass(frozen=True)
class Option:
    """One entry of a list: what is stored and what is shown."""

    key: str
    label: str


@dataclass(frozen=True)
class Field:
    """One field.

    Args:
        name: Where its value belongs.
        key: The input's key.
        example: What a value looks like, empty where the schema has none.
        value: What it holds, as text.
        options: What can be chosen; with a picklist, what is offered without asking anybody.
        source: The data source of a picklist.
        return_id: Whether ids are stored instead of record numbers.
        error: What is wrong with it.
        fields: The fields of a part.
        rows: The fields of each line.
        totals: What the lines add up to.
        is_column: Whether it stands in the line itself rather than under "more of this line".
    """

    name: str
    key: str
    kind: Kind
    title: str
    help: str = ""
    example: str = ""
    default: str = ""
    value: str = ""
    is_required: bool = False
    options: tuple[Option, ...] = ()
    source: str = ""
    return_id: bool = False
    error: str = ""
    fields: tuple[Field, ...] = ()
    rows: tuple[tuple[Field, ...], ...] = ()
    totals: tuple[Total, ...] = ()
    is_column: bool = False

    @property
    def is_filled(self) -> bool:
        """Whether it, or anything in it, holds a value or an error."""
        inner = [*self.fields, *(field for row in self.rows for field in row)]
        return bool(self.value or self.error) or any(field.is_filled for field in inner)


@dataclass(frozen=True)
class Group:
    """Fields that belong together.

    Args:
        is_folded: Whether it opens only when asked; never where something in it is filled.
    """

    title: str
    fields: tuple[Field, ...]
    is_folded: bool


@dataclass(frozen=True)
class Problem:
    """What is wrong with one field of a form."""

    field: str
    sentence: str

    def at(self, name: str) -> str:
        """Return the sentence where this is the field that is meant."""
        own = self.field.replace("[", ".").replace("]", "")
        return self.sentence if own and own == name else ""


NO_PROBLEM = Problem("", "")


def groups(
    schema: Mapping[str, Any], values: Mapping[str, Any], problem: Problem = NO_PROBLEM
) -> tuple[Group, ...]:
    """Return the groups of an action's form: what is needed first, the rest folded.

    Args:
        schema: The inputs, references resolved.
        values: What was filled in, by key; lists of mappings for lines.
        problem: What was wrong with it.
    """
    fields = {field.key: field for field in _fields(schema, values, "", problem)}
    stanzas: Mapping[str, Any] = schema.get("properties", {})
    titled: dict[str, list[Field]] = {}
    for key, field in fields.items():
        titled.setdefault(_group_of(key, stanzas[key], field), []).append(field)
    first = titled.pop("", [])
    more = titled.get(_MORE, [])
    if len(first) + len(more) <= FEW:
        first += titled.pop(_MORE, [])
    technical = titled.pop(_TECHNICAL_TITLE, [])
    folded = [*titled.items(), *([(_TECHNICAL_TITLE, technical)] if technical else [])]
    return (
        *((Group("", tuple(first), is_folded=False),) if first else ()),
        *(_folded(title, tuple(inner)) for title, inner in folded),
    )


def fields_of(
    schema: Mapping[str, Any],
    keys: Sequence[str],
    values: Mapping[str, Any],
    problem: Problem = NO_PROBLEM,
) -> tuple[Field, ...]:
    """Return the named fields of a schema, in that order."""
    found = {field.key: field for field in _fields(schema, values, "", problem)}
    return tuple(found[key] for key in keys if key in found)


def _folded(title: str, fields: tuple[Field, ...]) -> Group:
    return Group(title, fields, is_folded=not any(field.is_filled for field in fields))


def _group_of(key: str, stanza: Mapping[str, Any], field: Field) -> str:
    words = stanza.get("x-form", {})
    if field.is_required or words.get("isDemanded") or field.kind is Kind.LINES:
        return "" if key not in _TECHNICAL or field.is_required else _TECHNICAL_TITLE
    if key in _TECHNICAL:
        return _TECHNICAL_TITLE
    return str(words.get("group") or _MORE)


def _fields(
    schema: Mapping[str, Any], values: Mapping[str, Any], prefix: str, problem: Problem
) -> tuple[Field, ...]:
    required = schema.get("required", ())
    stanzas: Mapping[str, Mapping[str, Any]] = schema.get("properties", {})
    return tuple(
        _field(stanza, f"{prefix}{key}", values.get(key), problem, is_required=key in required)
        for key, stanza in stanzas.items()
        if not stanza.get("readOnly")
    )


def _field(
    stanza: Mapping[str, Any], name: str, value: Any, problem: Problem, *, is_required: bool
) -> Field:
    words: Mapping[str, Any] = stanza.get("x-form", {})
    kind = _kind(stanza)
    inner: Mapping[str, Any] = value if isinstance(value, Mapping) else {}
    rows = _rows(stanza, name, value, problem) if kind is Kind.LINES else ()
    return Field(
        name=name,
        key=name.rpartition(".")[2],
        kind=kind,
        title=str(stanza.get("title") or name.rpartition(".")[2]),
        help=str(stanza.get("description", "")),
        example=_example(stanza),
        default=_text(stanza.get("default", "")),
        value=_text(value) if kind not in {Kind.LINES, Kind.PART, Kind.SECRET} else "",
        is_required=is_required,
        options=_options(stanza),
        source=str(words.get("dataSource", "")),
        return_id=bool(words.get("returnId")),
        error=problem.at(name),
        fields=_fields(stanza, inner, f"{name}.", problem) if kind is Kind.PART else (),
        rows=rows,
        totals=_totals(stanza, rows),
    )


def _kind(stanza: Mapping[str, Any]) -> Kind:
    words = stanza.get("x-form", {})
    kinds = stanza.get("type", "string")
    is_lines = bool(line_schema(stanza).get("properties"))
    is_long = stanza.get("maxLength", 0) > _LONG_TEXT
    answers = (
        (is_lines, Kind.LINES),
        ("object" in kinds, Kind.PART if stanza.get("properties") else Kind.LONG_TEXT),
        (stanza.get("items", {}).get("type") == "object", Kind.LONG_TEXT),
        # Words of an action that Intacct takes and never gives back are write-only too.
        (stanza.get("writeOnly") and stanza.get("format") == "password", Kind.SECRET),
        (kinds == "boolean", Kind.YES_NO),
        (kinds == "integer", Kind.INTEGER),
        ("enum" in stanza, Kind.CHOICE),
        (bool(words.get("dataSource") or words.get("suggestions")), Kind.PICKLIST),
        (stanza.get("format") in _BY_FORMAT, _BY_FORMAT.get(stanza.get("format", ""))),
        (True, Kind.LONG_TEXT if is_long else Kind.TEXT),
    )
    return next(kind for holds, kind in answers if holds and kind)


_BY_FORMAT = {"money": Kind.MONEY, "decimal": Kind.DECIMAL, "date": Kind.DATE}


def _rows(
    stanza: Mapping[str, Any], name: str, value: Any, problem: Problem
) -> tuple[tuple[Field, ...], ...]:
    schema = line_schema(stanza)
    shown = columns(stanza, schema)
    lines = value if isinstance(value, Sequence) and not isinstance(value, str) else ()
    return tuple(
        tuple(_placed(field, shown) for field in _fields(schema, line, f"{name}.{place}.", problem))
        for place, line in enumerate(lines)
        if isinstance(line, Mapping)
    )


def _totals(stanza: Mapping[str, Any], rows: Sequence[Sequence[Field]]) -> tuple[Total, ...]:
    texts = [{field.key: field.value for field in row} for row in rows]
    return totals(line_schema(stanza), texts)


def _placed(field: Field, shown: Sequence[str]) -> Field:
    return dataclasses.replace(field, is_column=field.key in shown)


def _options(stanza: Mapping[str, Any]) -> tuple[Option, ...]:
    suggestions = stanza.get("x-form", {}).get("suggestions", ())
    if suggestions:
        return tuple(Option(each["key"], each["label"]) for each in suggestions)
    words = [str(word) for word in stanza.get("enum", ())]
    if set(words) == set(SIDES):
        return tuple(Option(word, SIDES[word]) for word in words)
    return tuple(Option(word, word) for word in words)


def _example(stanza: Mapping[str, Any]) -> str:
    examples = stanza.get("examples") or [""]
    return _text(examples[0]) if isinstance(examples[0], str | int | bool) else ""


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return to_json(value) if isinstance(value, list | tuple | Mapping) else str(value)
