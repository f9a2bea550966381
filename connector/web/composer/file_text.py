"""A workflow as text that people edit, and the line on which each of its places stands."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import orjson
import yaml

from connector.errors import InputError
from connector.workbench import places
from connector.workflow import yaml_loader

# People read what starts a workflow before what it does; names that are not here follow by letter.
_ORDER = (
    "name", "description", "id", "type", "trigger", "connection", "once", "tables", "config",
    "condition", "items", "key", "cases", "when", "steps", "otherwise", "onError", "onFailure",
)  # fmt: skip
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # without libyaml: the same, slower
_LONGEST_LINE = 100


class _Dumper(yaml.SafeDumper):
    """Writes every list and group out in full: our own reader refuses anchors."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the signature is YAML's
        return True


def text_of(document: Any) -> str:
    """Return a document as YAML, or as JSON where it holds numbers that are not text.

    ``document_of`` reads either back to the same document.
    """
    ordered = _ordered(document)
    try:
        text: str = yaml.dump(
            ordered, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=_LONGEST_LINE
        )
        if yaml_loader.load(text) == document:
            return text
    except (InputError, yaml.YAMLError):
        pass  # a number, or a character that YAML files cannot hold; JSON can say both
    return orjson.dumps(ordered, default=_exact, option=orjson.OPT_INDENT_2).decode() + "\n"


def document_of(text: str) -> Any:
    """Return the document that a text says; YAML keeps everything as text, JSON its numbers.

    Raises:
        InputError: It cannot be read; the sentence names line and column.
    """
    if not text.lstrip("\ufeff \t\r\n").startswith("{"):
        return yaml_loader.load(text)
    yaml_loader.load(text)  # the limits, and a key that is given twice, with its line
    try:
        return json.loads(text.removeprefix("\ufeff"), parse_float=Decimal)
    except ValueError:
        return yaml_loader.load(text)  # a flow mapping of YAML


def lines_of(text: str, document: Any, wanted: list[str]) -> Mapping[str, int]:
    """Return the line, from 1, on which each wanted place of a document stands in its text."""
    root = yaml.compose(text, Loader=_LOADER)
    found = {}
    for place in wanted:
        try:
            parts = places.parts_of(document, place) if place else ()
        except InputError:
            parts = ()
        found[place] = _line(root, parts)
    return found


def _line(root: Any, parts: tuple[places.Part, ...]) -> int:
    """Return the line of the deepest part that stands in the text."""
    node, line = root, 1
    for part in parts:
        if isinstance(node, yaml.MappingNode):
            pair = next((each for each in node.value if each[0].value == part), None)
            if pair is None:
                return line
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            if part >= len(node.value):
                return line
            node = node.value[part]
            line = node.start_mark.line + 1
    return line


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: (_rank(name), name))
        return {name: _ordered(value[name]) for name in names}
    if isinstance(value, list):
        return [_ordered(item) for item in value]
    return value


def _rank(name: str) -> int:
    return _ORDER.index(name) if name in _ORDER else len(_ORDER)


def _exact(value: Any) -> orjson.Fragment:
    if isinstance(value, Decimal):
        return orjson.Fragment(str(value))  # the digits themselves, never a binary fraction
    raise TypeError
