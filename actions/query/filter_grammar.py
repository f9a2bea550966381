"""The grammar of filters as people write them: parsed into conditions, never pasted.

filter     = any ; any = all { OR all } ; all = part { AND part }
part       = [ NOT ] ( "(" any ")" | comparison )
comparison = name ( ("=" | "!=" | "<>" | "<" | "<=" | ">" | ">=") value
                  | [ NOT ] LIKE value | [ NOT ] IN "(" value { "," value } ")"
                  | [ NOT ] BETWEEN value AND value | IS [ NOT ] NULL )
value      = text in single quotes | number | word
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NoReturn

from connector.errors import InputError
from connector.intacct.operation import AllOf, AnyOf, Condition, Filter

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<text>'(?:[^'\\]|\\.|'')*')
      | (?P<number>[+-]?[0-9]+(?:\.[0-9]+)?(?![A-Za-z0-9_.]))
      | (?P<word>[A-Za-z_][A-Za-z0-9_.]*)
      | (?P<sign><=|>=|<>|!=|=|<|>|\(|\)|,)
    )""",
    re.VERBOSE | re.DOTALL,
)
_COMPARISONS = {
    "=": "equalTo",
    "!=": "notEqualTo",
    "<>": "notEqualTo",
    "<": "lessThan",
    "<=": "lessThanOrEqualTo",
    ">": "greaterThan",
    ">=": "greaterThanOrEqualTo",
}
_OPPOSITES = {
    "equalTo": "notEqualTo",
    "lessThan": "greaterThanOrEqualTo",
    "greaterThan": "lessThanOrEqualTo",
    "like": "notLike",
    "in": "notIn",
    "isNull": "isNotNull",
}
_OPPOSITES |= {after: before for before, after in _OPPOSITES.items()}
_KEYWORDS = frozenset({"AND", "OR", "NOT", "LIKE", "IN", "BETWEEN", "IS", "NULL"})
_MOST_TOKENS = 5000
_DEEPEST = 24  # the wire takes 32 levels; NOT BETWEEN and the place of a page add some


def parse(text: str, *, prefix: str = "", field: str = "filter") -> Filter:
    """Return the filter that a text such as ``NAME like 'Ac%' AND CREDITLIMIT > 100`` means.

    Args:
        text: What was written; not blank.
        prefix: A name that may stand before each field, such as ``VENDOR`` in
            ``VENDOR.CREDITLIMIT``; it is left out.
        field: The input it stands in, for refusals.

    Raises:
        InputError: It cannot be read; the message names the place and what was expected there.
    """
    return _Parser(_tokens(text, field), prefix.upper(), field).whole()


class NumberText(str):
    """A number as it was written, without quotes; a text filter must not quote it either."""

    __slots__ = ()


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    position: int  # counted from 1

    @property
    def keyword(self) -> str:
        upper = self.text.upper()
        return upper if self.kind == "word" and upper in _KEYWORDS else ""


def _tokens(text: str, field: str) -> list[_Token]:
    tokens: list[_Token] = []
    place = 0
    end = len(text.rstrip())
    while place < end:
        found = _TOKEN.match(text, place)
        if found is None or len(tokens) >= _MOST_TOKENS:
            _refuse_character(text, place, field)
        kind = str(found.lastgroup)
        tokens.append(_Token(kind, found[kind], found.start(kind) + 1))
        place = found.end()
    tokens.append(_Token("end", "", end + 1))
    return tokens


def _refuse_character(text: str, place: int, field: str) -> NoReturn:
    rest = text[place:].lstrip()
    position = len(text) - len(rest) + 1
    if rest.startswith("'"):
        raise InputError(
            f"{field} opens a quote at position {position} that it never closes.",
            advice=r"Put text between two single quotes; write a quote inside it as \'.",
            field=field,
        )
    raise InputError(
        f"{field} cannot be read from position {position} on: '{rest[:20]}'.",
        advice="Write fields, comparisons and values, such as NAME like 'Acme%'.",
        field=field,
    )


class _Parser:
    """Reads tokens from left to right, one grammar rule a method."""

    def __init__(self, tokens: list[_Token], prefix: str, field: str) -> None:
        self._tokens = tokens
        self._prefix = prefix
        self._field = field
        self._place = 0
        self._depth = 0

    @property
    def _next(self) -> _Token:
        return self._tokens[self._place]

    def _take(self) -> _Token:
        token = self._next
        self._place += 1
        return token

    def _took(self, keyword: str) -> bool:
        if self._next.keyword == keyword:
            self._place += 1
            return True
        return False

    def _expect(self, sign: str) -> None:
        if self._next.kind != "sign" or self._next.text != sign:
            self._refuse(f"'{sign}'")
        self._place += 1

    def _refuse(self, expected: str) -> NoReturn:
        token = self._next
        found = f"'{token.text[:40]}'" if token.text else "the end"
        raise InputError(
            f"{self._field}: at position {token.position}, {expected} is expected, not {found}.",
            advice="Write it like CREDITLIMIT > 10000 AND NAME like 'Acme%'.",
            field=self._field,
        )

    def whole(self) -> Filter:
        found = self._any()
        if self._next.kind != "end":
            self._refuse("AND, OR or the end")
        return found

    def _any(self) -> Filter:
        parts = [self._all()]
        while self._took("OR"):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def _all(self) -> Filter:
        parts = [self._part()]
        while self._took("AND"):
            parts.append(self._part())
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _part(self) -> Filter:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise InputError(f"{self._field} is nested too deeply.", field=self._field)
        if self._took("NOT"):
            found = opposite(self._part())
        elif self._next.kind == "sign" and self._next.text == "(":
            self._place += 1
            found = self._any()
            self._expect(")")
        else:
            found = self._comparison()
        self._depth -= 1
        return found

    def _comparison(self) -> Filter:
        name = self._name()
        if self._took("IS"):
            is_not = self._took("NOT")
            if not self._took("NULL"):
                self._refuse("NULL")
            return Condition(name, "isNotNull" if is_not else "isNull")
        if self._took("NOT"):
            return opposite(self._of_words(name))
        if self._next.kind == "sign" and self._next.text in _COMPARISONS:
            operator = _COMPARISONS[self._take().text]
            return Condition(name, operator, (self._value(),))
        return self._of_words(name)

    def _of_words(self, name: str) -> Filter:
        if self._took("LIKE"):
            return Condition(name, "like", (self._value(),))
        if self._took("IN"):
            return Condition(name, "in", self._list())
        if self._took("BETWEEN"):
            low = self._value()
            if not self._took("AND"):
                self._refuse("AND")
            return Condition(name, "between", (low, self._value()))
        return self._refuse("a comparison such as =, LIKE or IN")

    def _name(self) -> str:
        if self._next.kind != "word" or self._next.keyword:
            self._refuse("a field's name")
        name = self._take().text
        first, _, rest = name.partition(".")
        return rest if rest and first.upper() == self._prefix else name

    def _list(self) -> tuple[str, ...]:
        self._expect("(")
        values = [self._value()]
        while self._next.kind == "sign" and self._next.text == ",":
            self._place += 1
            values.append(self._value())
        self._expect(")")
        return tuple(values)

    def _value(self) -> str:
        if self._next.kind == "number":
            return NumberText(self._take().text)
        if self._next.kind == "word" and not self._next.keyword:
            return self._take().text
        if self._next.kind != "text":
            self._refuse("a value")
        inside = self._take().text[1:-1]
        return re.sub(r"\\(.)|''", lambda found: found[1] or "'", inside, flags=re.DOTALL)


def opposite(found: Filter) -> Filter:
    """Return the filter that holds where this one does not; the wire has no NOT."""
    if isinstance(found, AllOf):
        return AnyOf(tuple(opposite(part) for part in found.parts))
    if isinstance(found, AnyOf):
        return AllOf(tuple(opposite(part) for part in found.parts))
    if found.operator == "between":
        low, high = found.values
        return AnyOf(
            (
                Condition(found.field, "lessThan", (low,)),
                Condition(found.field, "greaterThan", (high,)),
            )
        )
    return Condition(found.field, _OPPOSITES[found.operator], found.values)
