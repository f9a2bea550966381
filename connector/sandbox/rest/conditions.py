"""Filters of the query service: operators, relative dates, and expressions that join them."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from connector.sandbox.reader import Reader
from connector.sandbox.rest.columns import Column
from connector.sandbox.rest.errors import invalid
from connector.sandbox.store import Record
from connector.sandbox.values import NUMBERS, decimal_of

Predicate = Callable[[Reader, Record], bool]
Comparable = Decimal | str | bool | None
_LONGEST_EXPRESSION = 1000


@dataclass(frozen=True)
class Rules:
    """What holds for all comparisons of one query."""

    today: date
    is_case_sensitive: bool = True


def predicate(operator: str, column: Column, value: Any, rules: Rules) -> Predicate:
    """Return what decides one filter; raises RestError for a value it does not take."""
    name, is_negated = _POSITIVE.get(operator, (operator, False))
    wanted = _wanted(name, operator, column, value, rules)
    test = _TESTS[name]

    def passes(reader: Reader, record: Record) -> bool:
        found = _comparable(column, column.raw(reader, record), rules)
        return test(found, wanted) != is_negated

    return passes


def _wanted(name: str, operator: str, column: Column, value: Any, rules: Rules) -> list[Comparable]:
    if name in _LISTS:
        is_right = isinstance(value, list) and (name == "$in" or len(value) == 2)  # noqa: PLR2004 # low, high
        if not is_right:
            raise invalid(f"{operator} takes a list of values")
        return [_operand(column, part, rules) for part in value]
    if isinstance(value, dict | list) or (value is None and name != "$eq"):
        raise invalid(f"{operator} takes one value for {column.path}")
    if name in _TEXTS and not isinstance(value, str):
        raise invalid(f"{operator} takes a text for {column.path}")
    if isinstance(value, str):
        span = relative_days(value, rules.today) if column.kind in ("date", "stamp") else None
        if span is not None:
            return _span_operand(name, column, span)
    return [_operand(column, value, rules)]


def _span_operand(name: str, column: Column, span: tuple[date, date]) -> list[Comparable]:
    """Return a span of days as what the operator compares: both ends, or the one that matters."""
    first: Comparable = span[0].isoformat()
    last: Comparable = span[1].isoformat()
    if column.kind == "stamp":
        first, last = f"{first}T00:00:00Z", f"{last}T23:59:59Z"
    if name == "$eq":
        return [first, last]
    return [last if name in ("$gt", "$lte") else first]


def _operand(column: Column, value: Any, rules: Rules) -> Comparable:
    if value is None or value == "":
        return None
    if column.kind in ("bool", "tf"):
        text = str(value).lower()
        if text not in ("true", "false"):
            raise invalid(f"{column.path} is compared with true or false")
        return text
    if isinstance(value, bool):
        raise invalid(f"{column.path} is not compared with true or false")
    text = format(value, "f") if isinstance(value, Decimal) else str(value)
    if column.kind in NUMBERS:
        number = decimal_of(text)
        if number is None:
            raise invalid(f"{column.path} is compared with numbers, not {text}")
        return number
    if column.kind == "date" and _iso_day(text) is None:
        raise invalid(f"{column.path} is compared with dates like 2026-03-31, not {text}")
    if column.words and text in column.words:
        text = column.words[text]
    return text if rules.is_case_sensitive else text.lower()


def _comparable(column: Column, kept: str, rules: Rules) -> Comparable:
    if column.kind in ("bool", "tf"):
        return kept or "false"
    if not kept:
        return None
    if column.kind in NUMBERS:
        return decimal_of(kept)
    return kept if rules.is_case_sensitive else kept.lower()


def _iso_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else None
    except ValueError:
        return None


def _equals(found: Comparable, wanted: list[Comparable]) -> bool:
    if len(wanted) > 1:
        return _between(found, wanted)
    return found == wanted[0]


def _between(found: Comparable, wanted: list[Comparable]) -> bool:
    low, high = wanted
    return _in_order(low, found) and _in_order(found, high)


def _in_order(low: Any, high: Any) -> bool:
    return low is not None and high is not None and bool(low <= high)


def _before(found: Any, wanted: list[Comparable]) -> bool:
    return found is not None and bool(found < wanted[0])


def _after(found: Any, wanted: list[Comparable]) -> bool:
    return found is not None and bool(found > wanted[0])


def _text_test(test: Callable[[str, str], bool]) -> Callable[[Comparable, list[Comparable]], bool]:
    def passes(found: Comparable, wanted: list[Comparable]) -> bool:
        return found is not None and test(str(found), str(wanted[0]))

    return passes


_TESTS: dict[str, Callable[[Comparable, list[Comparable]], bool]] = {
    "$eq": _equals,
    "$lt": _before,
    "$gt": _after,
    "$lte": lambda found, wanted: _in_order(found, wanted[0]),
    "$gte": lambda found, wanted: _in_order(wanted[0], found),
    "$in": lambda found, wanted: found in wanted,
    "$between": _between,
    "$contains": _text_test(lambda found, wanted: wanted in found),
    "$startsWith": _text_test(str.startswith),
    "$endsWith": _text_test(str.endswith),
    "$has": _text_test(lambda found, wanted: wanted in found.split("#~#")),
}
_POSITIVE = {
    "$ne": ("$eq", True),
    "$notIn": ("$in", True),
    "$notBetween": ("$between", True),
    "$notContains": ("$contains", True),
    "$notStartsWith": ("$startsWith", True),
    "$notEndsWith": ("$endsWith", True),
}
_LISTS = frozenset({"$in", "$between"})
_TEXTS = frozenset({"$contains", "$startsWith", "$endsWith"})
OPERATORS = frozenset({*_TESTS, *_POSITIVE})


def relative_days(word: str, today: date) -> tuple[date, date] | None:
    """Return the first and last day that a word like lastWeek means, None for any other word.

    Weeks begin on Sunday, which no document says.
    """
    sunday = today - timedelta(days=(today.weekday() + 1) % 7)
    month, quarter = today.replace(day=1), _quarter(today)
    spans = {
        "today": (today, today),
        "yesterday": (today - timedelta(days=1), today - timedelta(days=1)),
        "currentWeek": (sunday, sunday + timedelta(days=6)),
        "lastWeek": (sunday - timedelta(days=7), sunday - timedelta(days=1)),
        "currentMonth": (month, _months_later(month, 1) - timedelta(days=1)),
        "priorMonth": (_months_later(month, -1), month - timedelta(days=1)),
        "currentQuarter": (quarter, _months_later(quarter, 3) - timedelta(days=1)),
        "priorQuarter": (_months_later(quarter, -3), quarter - timedelta(days=1)),
        "currentYear": (date(today.year, 1, 1), date(today.year, 12, 31)),
        "priorYear": (date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
    }
    return spans.get(word)


def _quarter(day: date) -> date:
    return date(day.year, day.month - (day.month - 1) % 3, 1)


def _months_later(first: date, months: int) -> date:
    at = first.year * 12 + first.month - 1 + months
    return date(at // 12, at % 12 + 1, 1)


def joined(predicates: Sequence[Predicate], expression: str) -> Predicate:
    """Return the filters joined: `and`, `or`, or an expression of their numbers from 1."""
    text = expression.strip().lower()
    if text in ("and", ""):
        return lambda reader, record: all(test(reader, record) for test in predicates)
    if text == "or":
        return lambda reader, record: any(test(reader, record) for test in predicates)
    if len(text) > _LONGEST_EXPRESSION:
        raise invalid("The filterExpression is too long")
    return _Expression(predicates, text).whole()


class _Expression:
    """Reads `(1 and 2) or 3` from the left; `and` binds closer."""

    def __init__(self, predicates: Sequence[Predicate], text: str) -> None:
        self._predicates = predicates
        self._text = text
        self._tokens = re.findall(r"\d+|and|or|\(|\)|\S", text)

    def whole(self) -> Predicate:
        try:
            found = self._alternatives()
        except RecursionError:
            raise self._wrong() from None
        if self._tokens:
            raise self._wrong()
        return found

    def _alternatives(self) -> Predicate:
        parts = [self._all()]
        while self._tokens[:1] == ["or"]:
            self._tokens.pop(0)
            parts.append(self._all())
        return lambda reader, record: any(test(reader, record) for test in parts)

    def _all(self) -> Predicate:
        parts = [self._one()]
        while self._tokens[:1] == ["and"]:
            self._tokens.pop(0)
            parts.append(self._one())
        return lambda reader, record: all(test(reader, record) for test in parts)

    def _one(self) -> Predicate:
        taken = self._tokens.pop(0) if self._tokens else ""
        if taken == "(":
            inside = self._alternatives()
            if not self._tokens or self._tokens.pop(0) != ")":
                raise self._wrong()
            return inside
        if not taken.isdecimal() or not 1 <= int(taken) <= len(self._predicates):
            raise self._wrong()
        return self._predicates[int(taken) - 1]

    def _wrong(self) -> Exception:
        return invalid(f"The filterExpression '{self._text}' is not valid")
