"""Values on their way into and out of an expression: exact, measured, and bounded."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

from connector.errors import InputError
from connector.workflow.wording import join, shown

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_RESULT = 256 * 1024
MAX_TOTAL = 8 * 1024 * 1024
MAX_DEPTH = 64
# The engine holds the interpreter while it works, and its own budget (10,000 iterations) counts
# neither copies nor lengths. These bound iterations times what one of them can touch, so that the
# worst expression ends within half a second and half a gigabyte (measured).
MAX_TEXT_WORK = 40_000_000  # bytes read or copied; the engine keeps several copies until the end
MAX_NODE_WORK = 200_000_000  # values and list slots read or copied
MAX_CONVERSIONS = 500_000  # values handed to a function that takes a list, inside a list function
_INT_64 = 2**63
_MAX_EXPONENT = 40  # a longer number is no amount and no record number
_FLOAT_ADVICE = "Write decimal fractions as text, such as '0.10', and wrap amounts in money(...)."

# What an expression names: every name with what is wanted below it; None means all of it.
Wanted = dict[str, "Wanted | None"]


def wanted(paths: Iterable[tuple[str, ...]]) -> Wanted:
    """Return the paths as one tree; where one path begins another, the shorter wins."""
    tree: Wanted = {}
    for path in sorted(paths, key=len):
        node: Wanted | None = tree
        for part in path[:-1]:
            node = node.setdefault(part, {}) if node is not None else None
        if node is not None:
            node[path[-1]] = None
    return tree


@dataclass
class Intake:
    """Copies data into what the engine accepts and measures it on the way.

    Decimal becomes text and so do whole numbers beyond 64 bits; nothing is ever rounded.
    """

    nodes: int = 0
    longest_text: int = 0
    longest_list: int = 0

    def take(self, value: Any, below: Wanted | None) -> Any:
        """Return a copy of the value, where ``below`` says so only of the wanted fields."""
        if below is None or not isinstance(value, dict):
            return self._copy(value, 0)
        self.nodes += 1
        return {name: self.take(value[name], deep) for name, deep in below.items() if name in value}

    def _copy(self, value: Any, depth: int) -> Any:
        self.nodes += 1
        if isinstance(value, str):
            self.longest_text = max(self.longest_text, len(value))
            if "\0" in value:
                # The engine is C++ here and there: it would silently end the text at this point.
                raise InputError(
                    "The data holds a text with a character of the value zero in it.",
                    advice="Correct the text where it comes from; no accounting field can hold it.",
                )
            return value if value.isascii() else _whole_text(value)
        if value is None or isinstance(value, bool | float):
            return value  # a float may be looked at, but never leaves: see taken_out()
        if isinstance(value, int):
            return value if -_INT_64 <= value < _INT_64 else str(value)
        if isinstance(value, Decimal):
            return _decimal_text(value)
        return self._copy_group(value, depth + 1)

    def _copy_group(self, value: Any, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise InputError(f"The data is nested deeper than {MAX_DEPTH} levels.")
        if isinstance(value, list | tuple):
            self.longest_list = max(self.longest_list, len(value))
            return [self._copy(item, depth) for item in value]
        if isinstance(value, dict) and all(isinstance(key, str) for key in value):
            self.longest_list = max(self.longest_list, len(value))
            return {_whole_text(key): self._copy(item, depth) for key, item in value.items()}
        raise InputError(f"The data holds a {type(value).__name__}, which is not JSON.")


def _whole_text(value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise InputError("A text holds half a character (a lone surrogate).") from error
    return value


def _decimal_text(value: Decimal) -> str:
    if not value.is_finite() or abs(value.adjusted()) > _MAX_EXPONENT:
        raise InputError("The data holds a number that is no amount (NaN, infinite or huge).")
    return format(value, "f")


@dataclass
class Allowance:
    """What one value may cost in all, however its expressions and lists are nested.

    Args:
        text: Bytes of results and written text.
        nodes: Values looked at.
        items: Items of mapped lists.
        text_work: Bytes one expression may read or copy.
        node_work: Values and list slots one expression may read or copy.
        conversions: Values one expression may hand to functions that take a list.
        is_exceeded: Something was refused because of it.
    """

    text: int = MAX_TOTAL
    nodes: int = 2_000_000
    items: int = 100_000
    text_work: int = MAX_TEXT_WORK
    node_work: int = MAX_NODE_WORK
    conversions: int = MAX_CONVERSIONS
    is_exceeded: bool = False

    def spend_nodes(self, count: int) -> None:
        """Count data looked at; refuse when one value looks at too much."""
        self.nodes -= count
        if self.nodes < 0:
            self.is_exceeded = True
            raise InputError(
                "The expressions of this value look at too much data.",
                advice="Inside 'each', use the item's own fields instead of whole lists.",
            )

    def spend_items(self, count: int) -> None:
        """Count mapped list items; refuse when nested lists multiply."""
        self.items -= count
        if self.items < 0:
            self.is_exceeded = True
            raise InputError(
                "The nested lists of this value have more than 100,000 items in all.",
                advice="Filter the lists with 'where', or split the work over several runs.",
            )

    def spend_text(self, size: int) -> None:
        """Count bytes of results and written text; refuse when one value becomes too large."""
        self.text -= size
        if self.text < 0:
            self.is_exceeded = True
            raise InputError(
                "The value becomes larger than 8 MB.",
                advice="Take over only the fields that are needed.",
            )


class Result(Protocol):
    """A result as the engine keeps it: ``value`` copies one level, its parts are such again."""

    def value(self) -> Any:
        """Return plain data, or a list or group whose parts are results."""
        ...


def taken_out(result: Result, limit: int) -> tuple[Any, int]:
    """Return a result as JSON data, and its size in bytes (4 for what is not text).

    A few letters can name a list a thousand times, which costs the engine nothing: so parts are
    copied one after the other, and no more of them than the limit lets through.

    Raises:
        InputError: It holds a float or something that is not JSON, or is over the limit.
    """
    outlet = _Outlet(limit)
    return outlet.take(result.value()), outlet.size


@dataclass
class _Outlet:
    limit: int
    size: int = 0

    def take(self, value: Any) -> Any:
        self._spend(len(value.encode()) if isinstance(value, str) else 4)
        if isinstance(value, list):
            return [self.take(part.value()) for part in value]
        if isinstance(value, dict):
            self._spend(sum(_name_size(name) for name in value))
            return {name: self.take(part.value()) for name, part in value.items()}
        check_writable(value)
        return value

    def _spend(self, size: int) -> None:
        self.size += size
        if self.size > self.limit:
            raise InputError(
                f"The result of an expression is over {self.limit // 1024} KB.",
                advice="Take over only the fields that are needed.",
            )


def _name_size(name: Any) -> int:
    if not isinstance(name, str):
        raise InputError(
            f"The field name {shown(name)} is not text.",
            advice="Put the field's name between quotes.",
        )
    return len(name)


def check_json(value: Any, field: str = "", depth: int = 0) -> None:
    """Refuse what is not exact JSON data, however deep; the error's ``field`` tells where."""
    try:
        _check_node(value, depth)
    except InputError as error:
        raise InputError(error.title, advice=error.advice, field=field) from error
    if isinstance(value, dict):
        for name, item in value.items():
            check_json(item, join(field, name), depth + 1)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            check_json(item, f"{field}[{index}]", depth + 1)


def _check_node(value: Any, depth: int) -> None:
    if isinstance(value, str):
        _whole_text(value)
    elif not isinstance(value, list | dict):
        check_writable(value)
    elif depth > MAX_DEPTH:
        raise InputError(f"The value is nested deeper than {MAX_DEPTH} levels.")
    elif isinstance(value, dict):
        for name in value:
            _name_size(name)
            _whole_text(name)


def check_writable(value: Any) -> None:
    """Refuse a single value that is not exact JSON data: floats, bytes, dates, types."""
    if isinstance(value, float):
        raise InputError(f"{value} is an inexact number.", advice=_FLOAT_ADVICE)
    if value is not None and not isinstance(value, str | int):
        raise InputError(
            "The value is neither text, whole number, yes/no, list nor group of fields.",
            advice="Use the field itself, or turn it into text.",
        )
