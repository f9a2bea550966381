"""The filter text of readByQuery: the WHERE part of an SQL statement, a subset of it."""

import re
from collections import deque
from collections.abc import Callable

from connector.sandbox.filters import Combination, Comparison, Filter

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^'\\]|\\.)*')|(?P<number>[+-]?\d+(?:\.\d+)?)"
    r"|(?P<word>[A-Za-z_][\w.]*)|(?P<sign><=|>=|!=|<>|=|<|>|\(|\)|,))",
    re.DOTALL,
)


DEEPEST = 100  # brackets and negations inside each other


class BadQuery(ValueError):
    """The text is not a filter; the message says where it stops making sense."""


def parse(text: str, object_name: str) -> Filter | None:
    """Return the filter, None for empty text. A leading object name before a field is dropped."""
    if not text.strip():
        return None
    parser = _Parser(_tokens(text), object_name)
    condition = parser.alternatives()
    if parser.tokens:
        raise BadQuery(f"Unexpected '{parser.tokens[0][1]}' in the query.")
    return condition


def _tokens(text: str) -> list[tuple[str, str]]:
    found, position = [], 0
    stripped = text.rstrip()
    while position < len(stripped):
        match = _TOKEN.match(stripped, position)
        if match is None:
            raise BadQuery(f"The query cannot be read from '{stripped[position:][:20]}' on.")
        kind = str(match.lastgroup)
        found.append((kind, match[kind]))
        position = match.end()
    return found


class _Parser:
    """Reads tokens from the left; each method takes what it is named after."""

    def __init__(self, tokens: list[tuple[str, str]], object_name: str) -> None:
        self.tokens = deque(tokens)
        self.depth = 0
        self.prefix = f"{object_name}.".upper()

    def alternatives(self) -> Filter:
        return self._joined("or", lambda: self._joined("and", self._negation))

    def _joined(self, word: str, take: Callable[[], Filter]) -> Filter:
        parts = [take()]
        while self._next_word() == word:
            self.tokens.popleft()
            parts.append(take())
        return parts[0] if len(parts) == 1 else Combination(word, tuple(parts))

    def _negation(self) -> Filter:
        self.depth += 1
        if self.depth > DEEPEST:
            raise BadQuery("The query is nested too deeply.")
        found = self._one()
        self.depth -= 1
        return found

    def _one(self) -> Filter:
        if self._next_word() == "not":
            self.tokens.popleft()
            return Combination("not", (self._negation(),))
        if self.tokens and self.tokens[0][1] == "(":
            self.tokens.popleft()
            inside = self.alternatives()
            self._expect(")")
            return inside
        return self._comparison()

    def _comparison(self) -> Filter:
        name = self._field()
        kind, sign = self._take()
        word = sign.lower()
        if kind == "sign" and sign in ("=", "!=", "<>", "<", "<=", ">", ">="):
            return Comparison("!=" if sign == "<>" else sign, name, (self._value(),))
        if word == "is":
            return self._null_test(name)
        is_negated = word == "not"
        if is_negated:
            word = self._take()[1].lower()
        found: Filter
        if word == "like":
            found = Comparison("like", name, (self._value(),))
        elif word == "in":
            found = Comparison("in", name, self._values())
        else:
            raise BadQuery(f"'{sign}' is no comparison.")
        return Combination("not", (found,)) if is_negated else found

    def _null_test(self, name: str) -> Filter:
        word = self._take()[1].lower()
        is_negated = word == "not"
        if is_negated:
            word = self._take()[1].lower()
        if word != "null":
            raise BadQuery("IS stands only before NULL or NOT NULL.")
        found = Comparison("isnull", name)
        return Combination("not", (found,)) if is_negated else found

    def _field(self) -> str:
        kind, name = self._take()
        if kind != "word":
            raise BadQuery(f"A field name is expected, not {name}.")
        name = name.upper()
        return name.removeprefix(self.prefix)

    def _values(self) -> tuple[str, ...]:
        self._expect("(")
        values = [self._value()]
        while self.tokens and self.tokens[0][1] == ",":
            self.tokens.popleft()
            values.append(self._value())
        self._expect(")")
        return tuple(values)

    def _value(self) -> str:
        kind, text = self._take()
        if kind == "text":
            return re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL)
        if kind == "number":
            return text
        raise BadQuery(f"A value is expected, not {text}.")

    def _expect(self, sign: str) -> None:
        if self._take()[1] != sign:
            raise BadQuery(f"A {sign} is missing in the query.")

    def _take(self) -> tuple[str, str]:
        if not self.tokens:
            raise BadQuery("The query ends too early.")
        return self.tokens.popleft()

    def _next_word(self) -> str:
        return self.tokens[0][1].lower() if self.tokens and self.tokens[0][0] == "word" else ""
