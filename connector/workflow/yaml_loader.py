"""Read a workflow file, YAML or JSON, with every scalar left as the text that was written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import yaml

from connector.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES = 256 * 1024
MAX_DEPTH = 64
_EMPTY = frozenset({"", "~", "null", "Null", "NULL"})
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # without libyaml: the same, slower


class _NotPlainJsonError(Exception):
    """The text is no JSON we accept; the YAML reader can say where and why."""


def load(text: str) -> Any:
    """Return the one document in ``text``: dicts, lists, text and None, nothing else.

    Numbers, dates and yes/no stay text (``12.10``, ``010``, ``no``); only a plain ``null``, ``~``
    or nothing at all becomes None. JSON is read by the same rules.

    Raises:
        InputError: The file is too large or too deep, is not valid, holds several documents,
            repeats a key, or uses anchors, aliases or tags; with line and column.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise InputError(
            f"The workflow file is larger than {MAX_BYTES // 1024} KiB.",
            advice="Split it into several workflows.",
        )
    text = text.removeprefix("\ufeff")
    if text.lstrip().startswith("{"):
        try:
            return _from_json(text)
        except _NotPlainJsonError:
            pass  # a flow mapping, or refused: the YAML reader knows line and column
    return _Builder(text).document()


def _from_json(text: str) -> Any:
    decoder = json.JSONDecoder(
        object_pairs_hook=_unique_pairs, parse_float=str, parse_int=str, parse_constant=str
    )
    try:
        return _as_text(decoder.decode(text), 1)
    except (ValueError, RecursionError) as error:
        raise _NotPlainJsonError from error


def _unique_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) < len(pairs):
        raise _NotPlainJsonError
    return document


def _as_text(value: Any, depth: int) -> Any:
    if depth > MAX_DEPTH + 1:
        raise _NotPlainJsonError
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        value.encode()  # a lone surrogate is a ValueError here
        return value
    if isinstance(value, list):
        return [_as_text(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return {_as_text(key, depth): _as_text(item, depth + 1) for key, item in value.items()}
    return value


class _Builder:
    """Builds the document from parser events: no node is shared, no type is guessed."""

    def __init__(self, text: str) -> None:
        self._events: Iterator[yaml.Event] = iter(yaml.parse(text, Loader=_LOADER))

    def document(self) -> Any:
        try:
            return self._document()
        except yaml.MarkedYAMLError as error:
            problem = error.problem or error.context or "it cannot be read"
            raise _refusal(f"the text is not valid YAML ({problem})", error.problem_mark) from error
        except (yaml.YAMLError, UnicodeError) as error:
            raise _refusal("it holds characters that a text file cannot hold", None) from error

    def _document(self) -> Any:
        self._next()  # the stream starts
        if isinstance(self._next(), yaml.StreamEndEvent):
            return None
        value = self._value(self._next(), 1)
        self._next()  # the document ends
        event = self._next()
        if not isinstance(event, yaml.StreamEndEvent):
            raise _refusal("a second document starts", event.start_mark)
        return value

    def _next(self) -> yaml.Event:
        return next(self._events)

    def _value(self, event: yaml.Event, depth: int) -> Any:
        _check_node(event, depth)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(depth)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(depth)
        return self._scalar(event)

    def _scalar(self, event: Any) -> str | None:
        is_empty = not event.style and event.value in _EMPTY  # no style: written without quotes
        return None if is_empty else str(event.value)

    def _mapping(self, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key = self._value(event, depth) if isinstance(event, yaml.ScalarEvent) else None
            if key is None:
                _check_node(event, depth)
                raise _refusal("a key must be text", event.start_mark)
            if key in found:
                raise _refusal(f"the key '{key}' is given twice", event.start_mark)
            found[key] = self._value(self._next(), depth + 1)
        return found

    def _sequence(self, depth: int) -> list[Any]:
        found: list[Any] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            found.append(self._value(event, depth + 1))
        return found


def _check_node(event: yaml.Event, depth: int) -> None:
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
        raise _refusal("anchors (&) and aliases (*) are not used here", event.start_mark)
    if getattr(event, "tag", None) is not None:
        raise _refusal("tags (!) are not used here", event.start_mark)
    if depth > MAX_DEPTH and isinstance(event, yaml.CollectionStartEvent):
        raise _refusal(f"it is nested deeper than {MAX_DEPTH} levels", event.start_mark)


def _refusal(problem: str, mark: Any) -> InputError:
    where = f"at line {mark.line + 1}, column {mark.column + 1}" if mark else "as a whole"
    return InputError(
        f"The workflow file cannot be read {where}: {problem}.",
        advice="Correct the file there; texts with special characters go between quotes.",
    )
