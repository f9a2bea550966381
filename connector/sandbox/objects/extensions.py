"""Fields and dimensions that a company made itself, added to the objects of this process.

One process runs one company: installing the extensions of another one removes those before.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from connector.sandbox.objects import OBJECTS
from connector.sandbox.objects.cash import REGION, USER_DEFINED
from connector.sandbox.objects.definition import ObjectType, Relation, describe, field_of

KINDS = {"text": "text", "number": "rate", "money": "money", "date": "date", "boolean": "bool"}
_NAME = re.compile(r"[A-Z][A-Z0-9_]{0,29}")
BUILT_IN_FIELDS = ("HUBSPOT_DEAL_ID", "INTEGRATION_KEY")


@dataclass(frozen=True)
class CustomField:
    """A field of an object; `kind` is a word of KINDS, or `picklist` with its choices."""

    object: str
    name: str
    kind: str = "text"
    choices: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """The line that describes it."""
        if self.kind != "picklist":
            return f"{self.name} {KINDS[self.kind]}"
        return f"{self.name} enum({'|'.join(f'{choice}={choice}' for choice in self.choices)})"


@dataclass(frozen=True)
class Dimension:
    """A user-defined dimension: an object whose records lines name by number, as GLDIM<NAME>."""

    name: str
    title: str

    @property
    def field(self) -> str:
        """The field of a line that holds the number of its record."""
        return f"GLDIM{self.name}"


_BUILT_IN = Dimension(REGION.name, REGION.title)
_dimensions = [_BUILT_IN]
_custom = set(BUILT_IN_FIELDS)
_undo: list[Callable[[], object]] = []


def dimensions() -> tuple[Dimension, ...]:
    """Return the user-defined dimensions."""
    return tuple(_dimensions)


def is_custom(name: str) -> bool:
    """Return whether a field is one that the company made itself."""
    return name in _custom or any(name == dimension.field for dimension in _dimensions)


def install(fields: tuple[CustomField, ...], made: tuple[Dimension, ...]) -> None:
    """Make these the extensions of the process; raises ValueError and then there are none."""
    while _undo:
        _undo.pop()()
    try:
        for dimension in made:
            _add_dimension(dimension)
        for field in fields:
            _add_field(field)
    except ValueError:
        while _undo:
            _undo.pop()()
        raise


def _add_dimension(dimension: Dimension) -> None:
    if not _NAME.fullmatch(dimension.name) or dimension.name in OBJECTS:
        text = f"{dimension.name} is not the name of a new dimension."
        raise ValueError(f"{text} Use capitals, digits and underscores, and no object's name.")
    OBJECTS[dimension.name] = describe(dimension.name, dimension.title, "NAME", USER_DEFINED)
    _undo.append(lambda: OBJECTS.pop(dimension.name))
    _dimensions.append(dimension)
    _undo.append(lambda: _dimensions.remove(dimension))
    line = f"{dimension.field} int #{dimension.name}:R{dimension.name}"
    for described in [found for found in OBJECTS.values() if _BUILT_IN.field in found.fields]:
        _add_line(described, dimension.field, line)


def _add_field(field: CustomField) -> None:
    described = OBJECTS.get(field.object)
    if described is None:
        raise ValueError(f"There is no object {field.object} for the custom field {field.name}.")
    if not _NAME.fullmatch(field.name) or field.name in described.fields:
        text = f"{field.name} is not the name of a new field of {field.object}."
        raise ValueError(f"{text} Use capitals, digits and underscores, and no field's name.")
    is_picklist = field.kind == "picklist"
    if field.kind not in (*KINDS, "picklist") or is_picklist != bool(field.choices):
        words = ", ".join((*KINDS, "picklist"))
        text = f"The type of {field.name} is one of {words}"
        raise ValueError(f"{text}; only a picklist has choices.")
    if any(re.search(r"[()|=]", choice) for choice in field.choices):
        raise ValueError(f"A choice of {field.name} contains one of the signs ( ) | =.")
    if field.name not in _custom:
        _custom.add(field.name)
        _undo.append(lambda: _custom.discard(field.name))
    _add_line(described, field.name, field.line)


def _add_line(described: ObjectType, name: str, line: str) -> None:
    """Add one described field, and the relation that it may make."""
    relations: dict[str, Relation] = {}
    described.fields[name] = field_of(line, relations)
    _undo.append(lambda: described.fields.pop(name))
    described.relations.update(relations)
    _undo.extend(partial(described.relations.pop, relation) for relation in relations)
