"""Legacy functions, whose children must stand in the one order of ``schemas/functions``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NoReturn

from connector.errors import InputError
from connector.intacct.dialects.object_schema import (
    ADDITIONAL_FIELDS,
    CUSTOM_FIELDS,
    Fields,
    ObjectSchema,
)
from connector.intacct.dialects.xml_fragments import Part, elements_of, ordered_item
from connector.intacct.dialects.xml_text import check_name, element, leaf, write_node
from connector.intacct.dialects.xml_values import legacy_node, native_node, plain_text


def legacy_payload(
    document: Mapping[str, Any],
    schema: ObjectSchema,
    values: Mapping[str, Any],
    keys: tuple[str, ...],
) -> str:
    """Return the element of a legacy function, such as ``<create_invoice>``.

    Args:
        document: The function's map: names and order.
        schema: The object it works on, for the form of each value.
        values: Our names and values.
        keys: The record number, for functions that carry it as an attribute.

    Raises:
        InputError: A field the function cannot carry, twice the same, or not exact.
    """
    scope = _Scope(schema.fields, values, "", document["function"])
    attributes = _attributes(document, values, keys)
    markup = scope.markup(document["children"])
    scope.refuse_leftovers(document)
    return element(document["function"], markup, attributes)


def _attributes(
    part: Mapping[str, Any], values: Mapping[str, Any], keys: Sequence[str] = ()
) -> list[tuple[str, str]]:
    found = []
    for attribute in part.get("attributes", ()):
        name = attribute["field"]
        value = values.get(name) or (keys[0] if keys else "")
        if not value:
            raise InputError(f"{name} is required.", advice="Give the record's number.", field=name)
        found.append((attribute["name"], plain_text(value, None, name)))
    return found


class _Scope:
    """The header of a function or one of its lines: values on one side, places on the other."""

    def __init__(self, fields: Fields, values: Mapping[str, Any], path: str, function: str) -> None:
        self._fields = fields
        self._values = values
        self._path = path
        self._function = function
        self._custom = self._named_values(CUSTOM_FIELDS)
        self._extra = self._named_values(ADDITIONAL_FIELDS)

    def _where(self, name: str) -> str:
        return f"{self._path}.{name}" if self._path else name

    def _named_values(self, name: str) -> dict[str, Any]:
        given = self._values.get(name)
        if given is None:
            return {}
        if not isinstance(given, Mapping):
            raise InputError(
                f"{self._where(name)} must be names and values.", field=self._where(name)
            )
        return {str(key): value for key, value in given.items()}

    def markup(self, parts: Sequence[Part]) -> str:
        """Return the elements of these places that have something to say, in order."""
        return self._children(parts, self._extra, self._where(ADDITIONAL_FIELDS))

    def _children(self, parts: Sequence[Part], extra: Mapping[str, Any], path: str) -> str:
        places: dict[str, str] = {}
        for name in extra:
            if places.setdefault(name.lower(), name) != name:
                self._refuse_second(f"{path}.{name}", name)
        known = {part["element"].lower() for part in parts}
        unknown = next((name for place, name in places.items() if place not in known), None)
        if unknown is not None:
            self._refuse(f"{path}.{unknown}", parts)
        return "".join(
            self._place(part, extra, places.get(part["element"].lower()), path) for part in parts
        )

    def _place(self, part: Part, extra: Mapping[str, Any], name: str | None, path: str) -> str:
        """Return one element from our fields, from the additional fields, or from both."""
        if name is None:
            return self._own(part, {}, path)
        value, where = extra[name], f"{path}.{name}"
        if "children" in part and isinstance(value, Mapping):
            return self._own(part, value, where)
        own = self._own(part, {}, path)
        if value is None:
            return own
        if own:
            self._refuse_second(where, part["element"])
        field = self._fields.by_name.get(part.get("field", ""))
        is_nested = isinstance(value, Mapping | list)
        node = native_node(value, where) if is_nested else legacy_node(value, field, where)
        return write_node(part["element"], node, where)

    def _own(self, part: Part, extra: Mapping[str, Any], path: str) -> str:
        name = part["element"]
        if "each" in part:
            return self._lines(part)
        if part.get("shape") == CUSTOM_FIELDS:
            return self._custom_fields(name)
        if "children" in part:
            inner = self._children(part["children"], extra, path)
            return element(name, inner) if inner else ""
        value = self._values.get(part.get("field", ""))
        if value is None:
            return ""
        where = self._where(part["field"])
        field = self._fields.by_name.get(part["field"])
        return write_node(name, legacy_node(value, field, where), where)

    def _custom_fields(self, name: str) -> str:
        where = self._where(CUSTOM_FIELDS)
        custom = sorted(self._custom.items())
        self._custom = {}
        markup = "".join(
            _custom_field(key, value, where) for key, value in custom if value is not None
        )
        return element(name, markup) if markup else ""

    def _lines(self, part: Part) -> str:
        given = self._values.get(part["each"])
        where = self._where(part["each"])
        lines = list(given) if isinstance(given, list | tuple) else [given]
        markup = "".join(
            self._line(part, line, f"{where}[{place}]")
            for place, line in enumerate(lines)
            if line is not None
        )
        return element(part["element"], markup) if markup else ""

    def _line(self, part: Part, line: Any, where: str) -> str:
        if isinstance(line, str):
            nodes = elements_of(line, where)
            return "".join(ordered_item(node, part["items"], where) for node in nodes)
        if not isinstance(line, Mapping):
            raise InputError(f"{where} must be a line with names and values.", field=where)
        item = _item_for(part["items"], line, where)
        field = self._fields.by_name.get(part["each"])
        fields = field.items if field and field.items else Fields({})
        scope = _Scope(fields, line, where, self._function)
        markup = scope.markup(item["children"])
        scope.refuse_leftovers(item)
        return element(item["element"], markup, _attributes(item, line))

    def refuse_leftovers(self, part: Mapping[str, Any]) -> None:
        """Refuse what has no place here: silently dropping a value would be worse."""
        carried = set(_field_names(part)) | {CUSTOM_FIELDS, ADDITIONAL_FIELDS}
        for name, value in self._values.items():
            field = self._fields.by_name.get(name)
            is_for_the_action_only = field is not None and not field.path
            if value is not None and name not in carried and not is_for_the_action_only:
                self._refuse(self._where(name), part["children"])
        if self._custom:
            self._refuse(self._where(CUSTOM_FIELDS), part["children"])

    def _refuse_second(self, where: str, name: str) -> NoReturn:
        raise InputError(
            f"{where} is given twice: {name} already has a value.",
            advice="Give it once, either as a field or among the additional fields.",
            field=where,
        )

    def _refuse(self, where: str, parts: Sequence[Part]) -> NoReturn:
        known = ", ".join(part["element"] for part in parts)
        raise InputError(
            f"{where} cannot be sent with {self._function}.",
            advice=f"Remove it. The names known here are: {known}.",
            field=where,
        )


def _custom_field(name: str, value: Any, where: str) -> str:
    text = plain_text(value, None, f"{where}.{name}")
    return element(
        "customfield",
        leaf("customfieldname", check_name(name, where)) + leaf("customfieldvalue", text, where),
    )


def _item_for(items: Sequence[Part], line: Mapping[str, Any], where: str) -> Part:
    """Return the element of a line: the one whose attributes the line fills, most first."""
    fitting = [
        item
        for item in items
        if all(line.get(attribute["field"]) for attribute in item.get("attributes", ()))
    ]
    if not fitting:
        raise InputError(f"{where} does not say which line it is.", field=where)
    return max(fitting, key=lambda item: len(item.get("attributes", ())))


def _field_names(part: Mapping[str, Any]) -> Iterator[str]:
    for attribute in part.get("attributes", ()):
        yield attribute["field"]
    for child in part["children"]:
        if "children" in child:
            yield from _field_names(child)
        yield child.get("field", child.get("each", ""))
