"""Checks what a user or a workflow gives an action, and words what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import jsonschema_rs
import orjson
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from connector.component import values
from connector.component.groups import Group, groups_of, spread
from connector.component.wording import remedy, sentence
from connector.errors import InputError

_READERS: dict[str, Callable[[object, str], Any]] = {
    "money": values.read_money,
    "decimal": lambda value, field: format(values.read_decimal(value, field), "f"),
    "date": values.read_date,
}


# Deeper than any record; a document nested for harm ends here instead of in the interpreter.
_DEEPEST = 32
_NO_GROUPS: Mapping[str, Group] = {}


class InputForm:
    """A schema of inputs, compiled once.

    Args:
        schema: JSON Schema with every reference resolved.
    """

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self.schema = dict(schema)
        self.groups = groups_of(self.schema)
        self._quick = jsonschema_rs.validator_for(orjson.dumps(self.schema).decode())
        # The reference implementation words the errors; it never fetches anything.
        self._thorough = Draft202012Validator(self.schema)

    def check(self, raw: object) -> dict[str, Any]:
        """Return the inputs under their own names, in exact forms, blanks left out.

        Aliases become keys; inputs of a group may be given as one object; JSON text becomes lists
        and objects; ``true``/``false`` become booleans; dates become ISO text; money stays text; a
        word of a fixed list is taken in any case. Blank means not given.

        Raises:
            InputError: Names the first field that is wrong and what would be right.
        """
        if not isinstance(raw, Mapping):
            raise InputError("The inputs must be an object of names and values.")
        prepared = _prepare_object(
            self.schema, _with_read_groups(self.groups, raw), "", self.groups
        )
        if not self._quick.is_valid(prepared):
            errors = list(self._thorough.iter_errors(prepared))
            if errors:  # where the two disagree, the reference implementation is right
                raise _worded(errors)
        return prepared


def _worded(errors: list[ValidationError]) -> InputError:
    first = min(errors, key=lambda error: (len(error.absolute_path), str(error.absolute_path)))
    title, field = sentence(first)
    more = len(errors) - 1
    advice = remedy(first) + (f" {more} more field(s) need attention too." if more else "")
    return InputError(title, field=field, advice=advice)


def _with_read_groups(groups: Mapping[str, Group], raw: Mapping[Any, Any]) -> dict[Any, Any]:
    """Return what was given with each group as an object, also where it is JSON text.

    Raises:
        InputError: A group holds something else.
    """
    read = dict(raw)
    for key in raw.keys() & groups.keys():
        if groups[key].is_alias or _is_blank(raw[key]):
            continue
        read[key] = _parsed_text(raw[key], {"object"}, key)
        if not isinstance(read[key], Mapping):
            names = ", ".join(groups[key].fields)
            raise InputError(
                f"{key} must be an object of names and values.",
                advice=f"It takes: {names}. Each of them can be given by itself, too.",
                field=key,
            )
    return read


def _prepare_object(
    schema: Mapping[str, Any],
    raw: Mapping[Any, Any],
    path: str,
    groups: Mapping[str, Group] = _NO_GROUPS,
) -> dict[str, Any]:
    properties: Mapping[str, Any] = schema.get("properties", {})
    prepared: dict[str, Any] = {}
    for name, value in _by_own_names(properties, raw, path, groups).items():
        where = f"{path}.{name}" if path else name
        if _is_blank(value):
            continue
        ready = _prepare(properties.get(name, {}), value, where)
        if ready != {}:  # an object in which nothing is given
            prepared[name] = ready
    return prepared


def _by_own_names(
    properties: Mapping[str, Any],
    raw: Mapping[Any, Any],
    path: str,
    groups: Mapping[str, Group],
) -> dict[str, Any]:
    aliases = {
        alias: name
        for name, schema in properties.items()
        for alias in schema.get("x-intacct", {}).get("aliases", ())
    }
    named: dict[str, Any] = {}
    places: dict[str, Any] = {}
    for given, inner, value in spread(groups, raw):
        name = inner if inner in properties else aliases.get(inner, inner)
        if not isinstance(name, str) or not _is_text(name):
            raise InputError(f"An input's name must be text, not {given!r}.", field=path)
        if _is_blank(named.get(name)):
            named[name], places[name] = value, given
        elif not _is_blank(value) and named[name] != value:
            other = given if given != name else places[name]
            raise InputError(
                f"{name} is given twice with different values (also as {other}).", field=name
            )
    return named


def _is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _prepare(schema: Mapping[str, Any], value: Any, path: str) -> Any:
    if path.count(".") + path.count("[") > _DEEPEST:
        raise InputError(
            "The inputs are nested too deeply.", advice=f"Use at most {_DEEPEST} levels."
        )
    kinds = _kinds(schema)
    value = _parsed_text(value, kinds, path)
    if isinstance(value, Mapping):
        if schema.get("x-form", {}).get("pairs"):
            return _pairs(list(value.items()), path)
        if kinds == {"array"} or ("array" in kinds and "object" not in kinds):
            return _prepare_list(schema, [value], path)  # one line given as an object
        return _prepare_object(schema, value, path)
    if isinstance(value, list | tuple):
        if schema.get("x-form", {}).get("pairs"):
            return _pairs(list(value), path)
        return _prepare_list(schema, list(value), path)
    return _prepare_scalar(schema, kinds, value, path)


def _kinds(schema: Mapping[str, Any]) -> set[str]:
    kind = schema.get("type", ())
    return {kind} if isinstance(kind, str) else set(kind)


def _parsed_text(value: Any, kinds: set[str], path: str) -> Any:
    if not isinstance(value, str) or not kinds & {"array", "object"}:
        return value
    text = value.strip()
    if not text.startswith(("[", "{")):
        return value
    try:
        return json.loads(
            text,
            parse_float=Decimal,
            parse_constant=_refuse_constant,
            object_pairs_hook=_each_once(path),
        )
    except json.JSONDecodeError as error:
        raise InputError(
            f"{path} holds JSON that breaks off at position {error.pos + 1}: {error.msg}.",
            field=path,
        ) from None
    except (ValueError, RecursionError):
        raise InputError(
            f"{path} holds JSON with a value that is not allowed.", field=path
        ) from None


def _each_once(path: str) -> Callable[[list[tuple[str, Any]]], dict[str, Any]]:
    """Return a maker of objects that refuses a name with two values: one would be lost."""

    def made(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in pairs:
            if found.setdefault(name, value) != value:
                raise InputError(
                    f"{path} holds JSON that names {name[:60]} twice with different values.",
                    advice="Give it once.",
                    field=path,
                )
        return found

    return made


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


def _prepare_list(schema: Mapping[str, Any], items: list[Any], path: str) -> list[Any]:
    item_schema = schema.get("items", {})
    return [_prepare(item_schema, item, f"{path}[{place}]") for place, item in enumerate(items)]


def _prepare_scalar(schema: Mapping[str, Any], kinds: set[str], value: Any, path: str) -> Any:
    if isinstance(value, str) and not _is_text(value):
        raise InputError(f"{path} holds half a character, which cannot be sent.", field=path)
    if isinstance(value, int) and not isinstance(value, bool):
        value = values.number_text(value, path)  # also refuses numbers too long to be shown
    reader = _READERS.get(schema.get("format", ""))
    if reader:
        return reader(value, path)
    if kinds == {"boolean"}:
        return values.read_yes_or_no(value, path)
    if kinds == {"integer"}:
        return values.read_whole_number(value, path)
    return _listed(schema, _plain(value, path))


def _listed(schema: Mapping[str, Any], value: Any) -> Any:
    """Return the word of a fixed list that was meant, whatever its case."""
    if not isinstance(value, str):
        return value
    words = (each for each in schema.get("enum", ()) if isinstance(each, str))
    return next((word for word in words if word.lower() == value.lower()), value)


def _plain(value: Any, path: str) -> Any:
    if isinstance(value, float):
        raise InputError(
            f"{path} must be written as text, such as 12.10.",
            advice="Numbers with a binary fraction lose cents.",
            field=path,
        )
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return value
    return values.number_text(value, path)


def _is_text(value: str) -> bool:
    # A lone surrogate has no UTF-8 form; JSON can spell one, the wire cannot.
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _pairs(items: list[Any], path: str) -> dict[str, Any]:
    """Return name-value pairs as one object; accepts ``[name, value]`` and ``{name, value}``."""
    pairs: dict[str, Any] = {}
    for place, item in enumerate(items):
        name, value = _pair(item, f"{path}[{place}]")
        if not _is_text(name):
            raise InputError(f"An input's name must be text, not {name!r}.", field=path)
        if _is_blank(value):
            continue
        if isinstance(value, Mapping | list | tuple):
            raise InputError(f"{path}.{name} must be one value.", field=f"{path}.{name}")
        plain = _prepare_scalar({}, set(), value, f"{path}.{name}")
        if name in pairs and pairs[name] != plain:
            raise InputError(f"{path} names {name} twice with different values.", field=path)
        pairs[name] = plain
    return pairs


def _pair(item: Any, path: str) -> tuple[str, Any]:
    if isinstance(item, Mapping) and {"name", "value"} == set(item):
        return str(item["name"]), item["value"]
    length_of_a_pair = 2
    if isinstance(item, list | tuple) and len(item) == length_of_a_pair:
        return str(item[0]), item[1]
    raise InputError(f"{path} must be a name and a value.", field=path)
