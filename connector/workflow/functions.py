"""The functions an expression may call: one table, which also feeds the documentation."""

from __future__ import annotations

import inspect
import itertools
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from cel_expr_python import cel

from connector.errors import InputError
from connector.workflow import amounts, dates, texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True)
class Kind:
    """What a parameter takes: a word for people and the CEL types behind it."""

    word: str
    types: tuple[cel.Type, ...]


_T = cel.Type
AMOUNT = Kind("amount", (_T.STRING, _T.INT, _T.DOUBLE, _T.NULL))  # the last two: to say why not
TEXT = Kind("text", (_T.STRING,))
DATE = Kind("date", (_T.STRING,))
MOMENT = Kind("date or moment", (_T.STRING, _T.INT, _T.NULL))
WHOLE = Kind("whole number", (_T.INT,))
COUNT = Kind("whole number", (_T.INT, _T.STRING))
LIST = Kind("list", (_T.LIST,))
TABLE = Kind("table or group of fields", (_T.MAP,))
ID = Kind("text or whole number", (_T.STRING, _T.INT))
PLAIN = Kind("text, number or yes/no", (_T.STRING, _T.INT, _T.DOUBLE, _T.BOOL, _T.NULL))


@dataclass(frozen=True)
class Function:
    """One function of the expression language.

    Args:
        name: What an expression calls.
        parameters: Name and kind of each parameter, in order.
        returns: The CEL type of the result.
        call: The pure Python function; its docstring is the documentation.
        example: An expression and its result.
        optional: How many parameters at the end may be left out.
    """

    name: str
    parameters: tuple[tuple[str, Kind], ...]
    returns: cel.Type
    call: Callable[..., Any]
    example: tuple[str, Any]
    optional: int = 0

    @property
    def signature(self) -> str:
        """Return how it is written, such as ``date(value, zone?)``."""
        needed = len(self.parameters) - self.optional
        names = [n + ("?" if i >= needed else "") for i, (n, _) in enumerate(self.parameters)]
        return f"{self.name}({', '.join(names)})"

    @property
    def description(self) -> str:
        """Return what it does, from the docstring, as one paragraph."""
        return " ".join((inspect.getdoc(self.call) or "").split())


_TWO_AMOUNTS = (("left", AMOUNT), ("right", AMOUNT))
_DAY = (("day", DATE),)
_VALUE = (("value", TEXT),)

FUNCTIONS = (
    Function("money", (("value", AMOUNT),), _T.STRING, amounts.money, ("money('12.10')", "12.10")),
    Function("add", _TWO_AMOUNTS, _T.STRING, amounts.add, ("add('0.1', '0.2')", "0.3")),
    Function("sub", _TWO_AMOUNTS, _T.STRING, amounts.sub, ("sub('1.00', '0.10')", "0.90")),
    Function("mul", _TWO_AMOUNTS, _T.STRING, amounts.mul, ("mul('19.99', 3)", "59.97")),
    Function(
        "div",
        (*_TWO_AMOUNTS, ("places", WHOLE)),
        _T.STRING,
        amounts.div,
        ("div('10.00', 3, 2)", "3.33"),
    ),
    Function(
        "round_money",
        (("amount", AMOUNT), ("currency", TEXT)),
        _T.STRING,
        amounts.round_money,
        ("round_money('19.995', 'USD')", "20.00"),
    ),
    Function(
        "sum_money",
        (("amounts", LIST),),
        _T.STRING,
        amounts.sum_money,
        ("sum_money(['1.10', '2.20'])", "3.30"),
    ),
    Function(
        "allocate",
        (("total", AMOUNT), ("weights", LIST), ("currency", TEXT)),
        _T.LIST,
        amounts.allocate,
        ("allocate('100.00', ['1', '1', '1'], 'USD')", ["33.34", "33.33", "33.33"]),
    ),
    Function("compare", _TWO_AMOUNTS, _T.INT, amounts.compare, ("compare('10.00', '9') > 0", True)),
    Function(
        "date",
        (("value", MOMENT), ("zone", TEXT)),
        _T.STRING,
        dates.read_date,
        ("date('2026-01-31T23:30:00-08:00', 'Europe/Berlin')", "2026-02-01"),
        optional=1,
    ),
    Function("date_us", _VALUE, _T.STRING, dates.date_us, ("date_us('03/02/2026')", "2026-03-02")),
    Function(
        "parse_date",
        (*_VALUE, ("format", TEXT)),
        _T.STRING,
        dates.parse_date,
        ("parse_date('02.03.2026', 'DD.MM.YYYY')", "2026-03-02"),
    ),
    Function(
        "format_date",
        (*_DAY, ("format", TEXT)),
        _T.STRING,
        dates.format_date,
        ("format_date('2026-03-02', 'MM/DD/YYYY')", "03/02/2026"),
    ),
    Function(
        "add_months",
        (*_DAY, ("months", COUNT)),
        _T.STRING,
        dates.add_months,
        ("add_months('2026-01-31', 1)", "2026-02-28"),
    ),
    Function(
        "days_between",
        (("first", DATE), ("second", DATE)),
        _T.INT,
        dates.days_between,
        ("days_between('2026-03-02', '2026-04-01')", 30),
    ),
    Function(
        "add_days",
        (*_DAY, ("days", COUNT)),
        _T.STRING,
        dates.add_days,
        ("add_days('2026-01-31', 30)", "2026-03-02"),
    ),
    Function(
        "first_of_month",
        _DAY,
        _T.STRING,
        dates.first_of_month,
        ("first_of_month('2026-02-14')", "2026-02-01"),
    ),
    Function(
        "last_of_month",
        _DAY,
        _T.STRING,
        dates.last_of_month,
        ("last_of_month('2026-02-14')", "2026-02-28"),
    ),
    Function("lower", _VALUE, _T.STRING, texts.lower, ("lower('ACME')", "acme")),
    Function("upper", _VALUE, _T.STRING, texts.upper, ("upper('acme')", "ACME")),
    Function("trim", _VALUE, _T.STRING, texts.trim, ("trim(' Acme ')", "Acme")),
    Function(
        "includes",
        (*_VALUE, ("part", TEXT)),
        _T.BOOL,
        texts.includes,
        ("includes('Acme Supplies', 'Supp')", True),
    ),
    Function(
        "replace",
        (*_VALUE, ("part", TEXT), ("by", TEXT)),
        _T.STRING,
        texts.replace,
        ("replace('A-1-2', '-', '/')", "A/1/2"),
    ),
    Function(
        "left", (*_VALUE, ("length", COUNT)), _T.STRING, texts.left, ("left('Acme', 2)", "Ac")
    ),
    Function(
        "right", (*_VALUE, ("length", COUNT)), _T.STRING, texts.right, ("right('Acme', 2)", "me")
    ),
    Function(
        "pad",
        (("value", ID), ("width", COUNT), ("sign", TEXT)),
        _T.STRING,
        texts.pad,
        ("pad(7, 4, '0')", "0007"),
    ),
    Function(
        "split",
        (*_VALUE, ("separator", TEXT)),
        _T.LIST,
        texts.split,
        ("split('a,b', ',')", ["a", "b"]),
    ),
    Function(
        "csv_rows",
        (*_VALUE, ("delimiter", TEXT)),
        _T.LIST,
        texts.csv_rows,
        ("csv_rows('sku;price\\nEM-2;9.50', ';')", [{"sku": "EM-2", "price": "9.50"}]),
        optional=1,
    ),
    Function(
        "join",
        (("values", LIST), ("separator", TEXT)),
        _T.STRING,
        texts.join,
        ("join(['a', 'b'], ', ')", "a, b"),
    ),
    Function(
        "unique",
        (("values", LIST),),
        _T.LIST,
        texts.unique,
        ("unique(['a', 'b', 'a'])", ["a", "b"]),
    ),
    Function(
        "lookup",
        (("table", TABLE), ("key", ID), ("fallback", PLAIN)),
        _T.DYN,
        texts.lookup,
        ("lookup({'EM-2': '4000'}, 'EM-2')", "4000"),
        optional=1,
    ),
    Function(
        "default",
        (("value", PLAIN), ("fallback", PLAIN)),
        _T.DYN,
        texts.default,
        ("default('', 'none')", "none"),
    ),
    Function("text", (("value", PLAIN),), _T.STRING, texts.text, ("text(12)", "12")),
)

# They convert what they are given on every call, which costs by its size.
LIST_TAKERS = frozenset(
    function.name
    for function in FUNCTIONS
    if any(kind in (LIST, TABLE) for _, kind in function.parameters)
)


@cache
def declarations() -> list[cel.FunctionDecl]:
    """Return the table for the engine, one overload per combination of types.

    The engine's DYN parameters match nothing at run time, so each type is named.
    """
    return [cel.FunctionDecl(function.name, list(_overloads(function))) for function in FUNCTIONS]


def _overloads(function: Function) -> Iterator[cel.Overload]:
    call = _spoken(function.call)
    needed = len(function.parameters) - function.optional
    for count in range(needed, len(function.parameters) + 1):
        kinds = [kind.types for _, kind in function.parameters[:count]]
        for number, types in enumerate(itertools.product(*kinds)):
            yield cel.Overload(
                f"{function.name}_{count}_{number}", function.returns, list(types), impl=call
            )


def _spoken(call: Callable[..., Any]) -> Callable[..., Any]:
    """Let a refusal cross the engine as one text: title, line break, advice."""

    def speak(*arguments: Any) -> Any:
        try:
            return call(*arguments)
        except InputError as error:
            raise ValueError(f"{error.title}\n{error.advice}") from error

    return speak
