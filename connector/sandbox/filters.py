"""Filters of both query languages as one tree, and which records pass it."""

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from connector.sandbox.objects.definition import ObjectType
from connector.sandbox.reader import Reader, find_field
from connector.sandbox.store import Record
from connector.sandbox.values import comparable, operand

Value = Decimal | str | None
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True)
class Comparison:
    """One comparison of a field with values."""

    operator: str  # = != < <= > >= like between in isnull
    field: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Combination:
    """Several filters joined by `and` or `or`, or one with `not` before it."""

    joined_by: str
    parts: "tuple[Filter, ...]"


Filter = Comparison | Combination


class Matcher:
    """Decides for one object, one vocabulary and one case rule."""

    def __init__(
        self, described: ObjectType, reader: Reader, *, by_code: bool, ignores_case: bool = False
    ) -> None:
        """`by_code` compares database codes, as readByQuery does, not labels."""
        self._described = described
        self._reader = reader
        self._by_code = by_code
        self._ignores_case = ignores_case
        self._wanted: dict[Comparison, list[Value]] = {}

    def passes(self, record: Record, condition: Filter | None) -> bool:
        """Return whether the record meets the condition; none is met by every record."""
        if condition is None:
            return True
        if isinstance(condition, Combination):
            return self._combined(record, condition)
        return self._compared(record, condition)

    def _combined(self, record: Record, condition: Combination) -> bool:
        if condition.joined_by == "not":
            return not self.passes(record, condition.parts[0])
        answers = (self.passes(record, part) for part in condition.parts)
        return all(answers) if condition.joined_by == "and" else any(answers)

    def _compared(self, record: Record, condition: Comparison) -> bool:
        described = find_field(self._described, condition.field)
        kept = self._reader.value(self._described, record, condition.field)
        if condition.operator == "isnull":
            return not kept
        if not kept:
            return False
        if condition.operator == "like":
            return like(condition.values[0], is_caseless=self._ignores_case).match(kept) is not None
        value = self._folded(comparable(described, kept))
        if condition not in self._wanted:
            self._wanted[condition] = [
                self._folded(operand(described, text, by_code=self._by_code))
                for text in condition.values
            ]
        return holds(condition.operator, value, self._wanted[condition])

    def _folded(self, value: Value) -> Value:
        return value.lower() if self._ignores_case and isinstance(value, str) else value


def holds(name: str, value: Value, wanted: list[Value]) -> bool:
    """Return whether a value compares as an operator says; what cannot be compared does not."""
    if value is None or (None in wanted and name != "in"):
        return False
    if name == "in":
        return value in wanted
    if name == "between":
        low, high = wanted
        return bool(_ORDER["<="](low, value) and _ORDER["<="](value, high))
    return _ORDER[name](value, wanted[0])


@lru_cache(maxsize=64)
def like(pattern: str, *, is_caseless: bool = False) -> re.Pattern[str]:
    """Return the pattern of a LIKE text: % is any text, _ any one character.

    What stands between two % matches where it is first found and nowhere else (atomic groups), so
    no pattern takes long.
    """
    parts = [
        "".join("." if letter == "_" else re.escape(letter) for letter in part)
        for part in pattern.split("%")
    ]
    translated = parts[0]
    if len(parts) > 1:
        middle = "".join(f"(?>.*?{part})" for part in parts[1:-1] if part)
        translated = f"{parts[0]}{middle}.*{parts[-1]}"
    return re.compile(f"{translated}\\Z", re.DOTALL | (re.IGNORECASE if is_caseless else 0))


def fields_of(condition: Filter | None) -> list[str]:
    """Return every field that a filter names."""
    if condition is None:
        return []
    if isinstance(condition, Comparison):
        return [condition.field]
    return [name for part in condition.parts for name in fields_of(part)]


def certain_equals(condition: Filter | None) -> list[Comparison]:
    """Return comparisons with `=` that every passing record meets, to narrow down a search."""
    if isinstance(condition, Comparison):
        return [condition] if condition.operator == "=" else []
    if condition is not None and condition.joined_by == "and":
        return [found for part in condition.parts for found in certain_equals(part)]
    return []
