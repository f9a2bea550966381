"""Custom fields and user-defined dimensions in REST: `nsp::NAME` and `platform-apps/nsp::name`."""

from collections.abc import Callable
from functools import partial

from connector.sandbox.objects import OBJECTS
from connector.sandbox.objects.extensions import CustomField, Dimension
from connector.sandbox.rest.catalogue import CATALOGUE
from connector.sandbox.rest.description import RestObject, describe, extend
from connector.sandbox.rest.masters import DIMENSION

_BUILT_IN = "dimensions.nsp::region"
_undo: list[Callable[[], object]] = []


def install(fields: tuple[CustomField, ...], made: tuple[Dimension, ...]) -> None:
    """Show these besides what is built in; the objects of the company have them already."""
    while _undo:
        _undo.pop()()
    for dimension in made:
        _add_dimension(dimension)
    for field in fields:
        for shape in CATALOGUE.values():
            if shape.described is OBJECTS[field.object]:
                _extend(shape, f"nsp::{field.name} {field.name}")


def _add_dimension(dimension: Dimension) -> None:
    name = f"nsp::{dimension.name.lower()}"
    path = f"platform-apps/{name}"
    CATALOGUE[path] = describe(path, dimension.name, DIMENSION)
    _undo.append(partial(CATALOGUE.pop, path))
    for shape in CATALOGUE.values():
        if _BUILT_IN in shape.references:
            _extend(shape, f"dimensions.{name} @{path} {dimension.field}")


def _extend(shape: RestObject, line: str) -> None:
    path = extend(shape, line)
    parts = shape.references if path in shape.references else shape.fields
    _undo.append(partial(parts.pop, path))
