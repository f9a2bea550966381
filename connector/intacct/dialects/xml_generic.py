"""Records for the generic ``create`` and ``update``, where children may stand in any order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector.errors import InputError
from connector.intacct.dialects.object_schema import (
    ADDITIONAL_FIELDS,
    CUSTOM_FIELDS,
    RECORD_NUMBER,
    Field,
    Fields,
    ObjectSchema,
)
from connector.intacct.dialects.xml_fragments import elements_of, generic_node
from connector.intacct.dialects.xml_text import Node, check_name, element, write_node
from connector.intacct.dialects.xml_values import generic_text, native_node

Tree = dict[str, Node]


def generic_payload(
    verb: str, schema: ObjectSchema, values: Mapping[str, Any], keys: tuple[str, ...]
) -> str:
    """Return ``<create><OBJECT>...`` or ``<update>...``; the same values give the same text.

    Raises:
        InputError: Nothing to write, a field twice, or a value that cannot travel.
    """
    tree = record_tree(schema.fields, values, "")
    if keys and verb == "update" and RECORD_NUMBER not in tree:
        tree = {RECORD_NUMBER: keys[0], **tree}
    if not tree:
        raise InputError(f"Nothing is given for the {schema.name} that should be written.")
    return element(verb, write_node(schema.wire, tree))


def record_tree(fields: Fields, values: Mapping[str, Any], path: str) -> Tree:
    """Return a record as a tree of Intacct's names, in the order of our schema.

    Raises:
        InputError: A field twice, or a value that cannot travel; it names the input.
    """
    tree: Tree = {}
    for name in sorted(values, key=lambda each: (fields.order.get(each, len(fields.order)), each)):
        value = values[name]
        where = f"{path}.{name}" if path else name
        if value is None:
            continue
        if name in {CUSTOM_FIELDS, ADDITIONAL_FIELDS}:
            _put_native(tree, fields, value, where)
        elif name in fields.by_name:
            _put_field(tree, fields.by_name[name], value, where)
        else:
            _put(tree, (check_name(name, where),), native_node(value, where), where)
    return tree


def _put_field(tree: Tree, field: Field, value: Any, where: str) -> None:
    if not field.path:
        return
    if field.items is None:
        _put(tree, field.path, generic_text(value, field, where), where)
        return
    lines = _lines(field, field.items, value, where)
    if lines:
        _put(tree, field.path, lines, where)


def _lines(field: Field, items: Fields, value: Any, where: str) -> list[Node]:
    given = list(value) if isinstance(value, list | tuple) else [value]
    lines: list[Node] = []
    for place, line in enumerate(given):
        here = f"{where}[{place}]"
        if isinstance(line, str):
            lines += _fragment_lines(field.path[-1], line, here)
        elif isinstance(line, Mapping):
            lines.append(record_tree(items, line, here))
        else:
            raise InputError(f"{here} must be a line with names and values.", field=here)
    return lines


def _fragment_lines(name: str, text: str, where: str) -> list[Node]:
    lines = []
    for node in elements_of(text, where):
        if str(node.tag).upper() != name.upper():
            raise InputError(f"{where} holds <{node.tag}>; expected is <{name}>.", field=where)
        lines.append(generic_node(node, where))
    return lines


def _put_native(tree: Tree, fields: Fields, given: Any, where: str) -> None:
    """Add fields under Intacct's own names; a known one is written as our schema spells it."""
    if not isinstance(given, Mapping):
        raise InputError(f"{where} must be names and values.", field=where)
    for name in sorted(given):
        if given[name] is None:
            continue
        here = f"{where}.{name}"
        known = fields.by_path.get((check_name(name, here).upper(),))
        spelled = known.path[0] if known else _spelled(tree, name)
        _put(tree, (spelled,), native_node(given[name], here), here)


def _spelled(tree: Tree, name: str) -> str:
    return next((each for each in tree if each.upper() == name.upper()), name)


def _put(tree: Tree, path: tuple[str, ...], node: Node, where: str) -> None:
    name, rest = path[0], path[1:]
    present = tree.get(name)
    if rest and present is None:
        present = tree[name] = {}
    if rest and isinstance(present, dict):
        _put(present, rest, node, where)
    elif isinstance(present, dict) and isinstance(node, dict):
        for child, item in node.items():
            _put(present, (_spelled(present, child),), item, where)
    elif present is None:
        tree[name] = node
    else:
        raise InputError(
            f"{where} is given twice: {name} already has a value.",
            advice="Give it once, either as a field or among the additional fields.",
            field=where,
        )
