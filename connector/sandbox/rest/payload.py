"""Bodies of writes: from JSON to the fields of the company, with every wrong part named."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from connector.sandbox.company import Call
from connector.sandbox.reader import closest, is_visible
from connector.sandbox.rest.catalogue import CATALOGUE
from connector.sandbox.rest.description import Reference, RestField, RestObject
from connector.sandbox.rest.errors import (
    BAD_VALUE,
    READ_ONLY,
    REQUIRED_FIELD,
    Detail,
    Json,
    bad_payload,
    invalid,
)
from connector.sandbox.values import calendar_date, decimal_of

Given = dict[str, str]
OPERATION = "ia::operation"
# What may stand beside the fields of a reference, a record or a line without being written.
_PASSED_OVER = frozenset({"href", "key"})
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


@dataclass
class Line:
    """One owned line of a body: `key` names an existing one, else it is new."""

    given: Given = field(default_factory=dict)
    key: str = ""
    is_deleted: bool = False


@dataclass
class Written:
    """What a body asks for; `lines` is None when it does not mention them."""

    given: Given = field(default_factory=dict)
    lines: list[Line] | None = None
    state: str = ""


class _Wrong(Exception):
    """A value is not what its field takes."""


def read_body(call: Call, shape: RestObject, body: Any, *, is_create: bool) -> Written:
    """Return what a body asks for; raises RestError (400) with all its wrong parts."""
    if not isinstance(body, dict):
        raise invalid("The payload is not an object")
    return _Walker(call, is_create=is_create).record(shape, body)


class _Walker:
    """Walks one body and gathers what is wrong with it."""

    def __init__(self, call: Call, *, is_create: bool) -> None:
        self._call = call
        self._is_create = is_create
        self._details: list[Detail] = []

    def record(self, shape: RestObject, body: Json) -> Written:
        written = Written()
        self._object(shape, body, "", "", written)
        if self._is_create:
            self._check_required(shape, written.given, "")
        if self._details:
            raise bad_payload(self._details)
        return written

    def _object(
        self, shape: RestObject, body: Json, prefix: str, pointer: str, written: Written
    ) -> None:
        for name, value in body.items():
            path, target = prefix + name, f"{pointer}/{name}"
            if shape.lines is not None and path == shape.lines.name:
                written.lines = self._lines(CATALOGUE[shape.lines.target], value, target)
            elif shape.states and path == "state":
                self._state(shape, value, target, written)
            elif path in shape.references:
                self._reference(shape.references[path], value, target, written.given)
            elif path in shape.fields:
                self._field(shape.fields[path], value, target, written.given)
            elif path in shape.groups and (value is None or isinstance(value, dict)):
                self._object(shape, value or {}, f"{path}.", target, written)
            elif name not in _PASSED_OVER:
                self._unknown(target)

    def _lines(self, target: RestObject, value: Any, pointer: str) -> list[Line]:
        if not isinstance(value, list) or not all(isinstance(line, dict) for line in value):
            self._wrong(pointer, "is not a list of objects")
            return []
        return [self._line(target, line, f"{pointer}/{at}") for at, line in enumerate(value)]

    def _line(self, target: RestObject, body: Json, pointer: str) -> Line:
        written = Written()
        operation = body.get(OPERATION)
        self._object(
            target, {n: v for n, v in body.items() if n != OPERATION}, "", pointer, written
        )
        key = "" if self._is_create else str(body.get("key") or "")
        if operation not in (None, "delete", "patch") or (operation and not key):
            self._wrong(f"{pointer}/{OPERATION}", "takes delete, for a line with its key")
        if not key:
            self._check_required(target, written.given, pointer)
        return Line(written.given, key, operation == "delete")

    def _state(self, shape: RestObject, value: Any, target: str, written: Written) -> None:
        if not self._is_create:
            self._readonly("state", target)
        elif not isinstance(value, str) or value not in shape.states:
            self._wrong(target, f"takes {' or '.join(shape.states)} here")
        else:
            written.state = value

    def _reference(self, found: Reference, value: Any, target: str, given: Given) -> None:
        if found.is_readonly:
            self._readonly(found.path, target)
        elif value is None:
            given[found.link] = ""
        elif not isinstance(value, dict):
            self._wrong(target, "is a reference: an object with an id or a key")
        else:
            self._parts(found, value, target, given)

    def _parts(self, found: Reference, value: Json, target: str, given: Given) -> None:
        for name in value:
            if name not in ("key", "id", "name", "href"):
                self._unknown(f"{target}/{name}")
        identifier, key = value.get("id"), value.get("key")
        for name, part in (("id", identifier), ("key", key)):
            if part is not None and not isinstance(part, str):
                self._wrong(f"{target}/{name}", "is a text")
                return
        given[found.link] = identifier or ""
        if key and not identifier:
            self._by_key(found, key, target, given)
        elif identifier and found.is_by_number:
            self._by_id(found, identifier, target, given)

    def _by_key(self, found: Reference, key: str, target: str, given: Given) -> None:
        other = CATALOGUE.get(found.target)
        record = self._call.store.get(other.described.name, key) if other else None
        if record is None or not is_visible(record, self._call.scope.entity, with_private=True):
            self._wrong(f"{target}/key", f"names no {found.target}")
        else:
            given[found.link] = key if found.is_by_number else record.id

    def _by_id(self, found: Reference, identifier: str, target: str, given: Given) -> None:
        """Turn an id into the number that the link holds; a transaction's id is its number."""
        other = CATALOGUE.get(found.target)
        if other is None or other.is_transaction:
            return
        record = closest(
            self._call.store.by_id(other.described.name, identifier), self._call.scope.entity
        )
        if record is None:
            self._wrong(f"{target}/id", f"names no {found.target}")
        else:
            given[found.link] = str(record.recordno)

    def _field(self, found: RestField, value: Any, target: str, given: Given) -> None:
        if found.path == "key":
            return
        if found.is_readonly:
            self._readonly(found.path, target)
            return
        try:
            given[found.xml] = _text_of(found, value)
        except _Wrong as wrong:
            self._wrong(target, str(wrong))

    def _check_required(self, shape: RestObject, given: Given, pointer: str) -> None:
        for path, link in required(shape):
            target = f"{pointer}/{path.replace('.', '/')}"
            # One complaint about a field is enough.
            is_told = any(detail.target.startswith(target) for detail in self._details)
            if not given.get(link) and not is_told:
                text = f"The required field {path} is missing"
                self._details.append(Detail("invalidRequest", text, REQUIRED_FIELD, target))

    def _readonly(self, path: str, target: str) -> None:
        if self._call.company.policies["rest_readonly_fields"] == "refuse" or path == "state":
            text = f"The field {path} is read-only"
            self._details.append(Detail("invalidRequest", text, READ_ONLY, target))

    def _unknown(self, target: str) -> None:
        text = f"The field {target} is not a valid field"
        detail = Detail(
            "invalidRequest", text, "REST-1043", target, "IA.NOT_A_VALID_FIELD", {"FIELD": target}
        )
        self._details.append(detail)

    def _wrong(self, target: str, problem: str) -> None:
        text = f"The value of {target} {problem}"
        self._details.append(Detail("invalidRequest", text, BAD_VALUE, target))


def required(shape: RestObject) -> Iterator[tuple[str, str]]:
    """Yield what a POST must have: the path and the field it is kept in."""
    for found in shape.fields.values():
        if found.is_required:
            yield found.path, found.xml
    for reference in shape.references.values():
        if reference.is_required:
            yield reference.path, reference.link


def _text_of(found: RestField, value: Any) -> str:
    """Return a JSON value as the company's functions take it; raises _Wrong."""
    if value is None:
        return ""
    if found.words:
        label = found.words.get(value) if isinstance(value, str) else None
        if label is None:
            raise _Wrong(f"takes one of {', '.join(found.words)}")
        return label
    return _READ.get(found.kept.kind, _plain)(value)


def _plain(value: Any) -> str:
    if not isinstance(value, str):
        raise _Wrong("is a text")
    if _NO_TEXT.search(value):
        raise _Wrong("has characters that no text may have")
    return value


def _truth(value: Any) -> str:
    # Some of Sage's own samples quote their booleans.
    text = str(value).lower() if isinstance(value, bool | str) else ""
    if text not in ("true", "false"):
        raise _Wrong("is true or false")
    return text


def _number(value: Any) -> str:
    is_number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    text = format(value, "f") if is_number else value
    if not isinstance(text, str) or (text.strip() and decimal_of(text) is None):
        raise _Wrong("is a decimal number")
    return text


def _whole(value: Any) -> str:
    text = _number(value)
    amount = decimal_of(text)
    if amount is not None and amount != amount.to_integral_value():
        raise _Wrong("is a whole number")
    return text


def _day(value: Any) -> str:
    """Return an ISO date in the form of the XML functions."""
    if value == "":
        return ""
    found = _DAY.fullmatch(value) if isinstance(value, str) else None
    if found is None or calendar_date(*(int(part) for part in found.groups())) is None:
        raise _Wrong("is a date like 2026-03-31")
    year, month, day = found.groups()
    return f"{month}/{day}/{year}"


_READ: dict[str, Callable[[Any], str]] = {
    "bool": _truth,
    "tf": _truth,
    "money": _number,
    "rate": _number,
    "int": _whole,
    "date": _day,
}
