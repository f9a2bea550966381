"""Conditions of triggers: the part of the formula language that compares fields with constants.

`{!ARINVOICE.TOTALDUE!} > 3000.00 && ({!ARINVOICE.STATE!} = 'Posted' || false)`. Dates are written
as '2026-03-01'. Functions and arithmetic are refused, so that no condition is half understood.
"""

import operator
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from connector.sandbox.events.merge_fields import MERGE_FIELD, Values, field_of
from connector.sandbox.objects.definition import Field, ObjectType
from connector.sandbox.values import NUMBERS, decimal_of

Condition = Callable[[Values], bool]

_TOKEN = re.compile(
    rf"\s*({MERGE_FIELD.pattern}|'[^']*'|\"[^\"]*\"|-?[0-9]+(?:\.[0-9]+)?|[A-Za-z]+"
    r"|&&|\|\||==|!=|<>|<=|>=|[=<>()])"
)
_WORDS = {"&&": "and", "||": "or", "=": "==", "<>": "!="}
_ORDERED = ("<", "<=", ">", ">=")
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_BOOLEANS = ("true", "false")
DEEPEST = 20


def parse(described: ObjectType, text: str) -> Condition:
    """Return the condition that a formula states; raises ValueError for one not understood."""
    return _Parser(described, text).whole()


class _Parser:
    def __init__(self, described: ObjectType, text: str) -> None:
        self._described = described
        self._text = text
        self._tokens = self._split()
        self._depth = 0

    def whole(self) -> Condition:
        condition = self._any()
        if self._tokens:
            raise self._not_understood(self._tokens[0])
        return condition

    def _split(self) -> list[str]:
        tokens, position = [], 0
        text = self._text.rstrip()
        while position < len(text):
            found = _TOKEN.match(text, position)
            if found is None:
                raise self._not_understood(text[position:])
            tokens.append(found[1])
            position = found.end()
        return tokens

    def _not_understood(self, part: str) -> ValueError:
        return ValueError(
            f"The condition is not understood at '{part}'. The sandbox knows comparisons of merge "
            "fields with constants, joined by && and ||, with parentheses."
        )

    def _peek(self) -> str:
        token = self._tokens[0] if self._tokens else ""
        return _WORDS.get(token, token.lower())

    def _take(self) -> str:
        if not self._tokens:
            raise self._not_understood("the end")
        return self._tokens.pop(0)

    def _any(self) -> Condition:
        parts = [self._all()]
        while self._peek() == "or":
            self._take()
            parts.append(self._all())
        return lambda values: any(part(values) for part in parts)

    def _all(self) -> Condition:
        parts = [self._one()]
        while self._peek() == "and":
            self._take()
            parts.append(self._one())
        return lambda values: all(part(values) for part in parts)

    def _one(self) -> Condition:
        if self._peek() == "(":
            return self._group()
        part = self._take()
        if part.lower() in _BOOLEANS:
            is_true = part.lower() == "true"
            return lambda _values: is_true
        merge = MERGE_FIELD.fullmatch(part)
        if merge is None:
            raise self._not_understood(part)
        path, found = field_of(self._described, merge[1])
        return self._comparison(path, found)

    def _group(self) -> Condition:
        self._take()
        self._depth += 1
        if self._depth > DEEPEST:
            raise ValueError(f"The condition has more than {DEEPEST} parentheses in each other.")
        inside = self._any()
        if self._take() != ")":
            raise self._not_understood("a parenthesis that stays open")
        self._depth -= 1
        return inside

    def _comparison(self, path: str, found: Field) -> Condition:
        sign = self._peek()
        if sign not in _COMPARE:
            raise self._not_understood(sign or "the end")
        self._take()
        wanted = self._constant(found)
        if sign in _ORDERED and not isinstance(wanted, Decimal) and found.kind != "date":
            raise ValueError(f"{path} is text, which the sandbox compares only with = and !=.")
        compare = _COMPARE[sign]

        def holds(values: Values) -> bool:
            value = _comparable(found, values(path))
            return sign == "!=" if value is None else compare(value, wanted)

        return holds

    def _constant(self, found: Field) -> Decimal | str:
        token = self._take()
        is_quoted = token[0] in "'\""
        is_constant = is_quoted or decimal_of(token) is not None or token.lower() in _BOOLEANS
        value = _comparable(found, token[1:-1] if is_quoted else token)
        if value is None or not is_constant:
            raise self._not_understood(token)
        return value


def _comparable(found: Field, text: str) -> Decimal | str | None:
    """Return what a value is compared by; None, which only differs, for no number or no date."""
    if found.kind in NUMBERS:
        return decimal_of(text)
    if found.kind in ("bool", "tf"):
        return "true" if text.lower() in ("true", "t") else "false"
    if found.kind == "date" and not text:
        return None
    return text
