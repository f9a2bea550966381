"""Find the expressions in a text, and what an expression's source names, without running it.

The engine gives no syntax tree, so this reads tokens. It only has to be right about what compiles:
everything else the engine refuses. Where a path ends unclearly, it ends early, which is safe: the
expression then sees all that lies below.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connector.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

OPEN, CLOSE = "{{", "}}"
MAX_SOURCE = 4096
_LIST_FUNCTIONS = frozenset({"map", "filter", "exists", "exists_one", "all"})
_NO_PATHS = frozenset({"true", "false", "null", "in"})
_OPERAND_ENDS = frozenset("])}")

_TOKEN = re.compile(
    r"""
    (?P<text>
        [bB]?[rR](?:'''.*?'''|\"\"\".*?\"\"\"|'[^'\n]*'|"[^"\n]*")
      | [bB]?(?:'''(?:\\.|[^\\])*?'''|\"\"\"(?:\\.|[^\\])*?\"\"\"
              |'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*")
    )
  | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
  | (?P<quoted>`[^`\n]*`)
  | (?P<number>[0-9][0-9A-Za-z_.]*)
  | (?P<blank>\s+)
  | (?P<sign>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_PLAIN_TEXT = re.compile(r"'([^'\\]*)'|\"([^\"\\]*)\"")


@dataclass(frozen=True)
class Pill:
    """One expression in a text, as written between the braces."""

    source: str


@dataclass(frozen=True)
class Outline:
    """What a source names and how much it may do.

    Args:
        paths: Every path, such as ``("input", "deal", "id")``; the first part may also be a name
            the expression itself binds.
        list_functions: How many of map, filter, exists, exists_one and all it calls.
        nesting: How deep those stand inside one another.
        additions: How many plus signs it has.
        calls: How many opening parentheses it has.
        inner_calls: The names of the functions called inside a list function.
    """

    paths: tuple[tuple[str, ...], ...]
    list_functions: int
    nesting: int
    additions: int
    calls: int
    inner_calls: tuple[str, ...]


def split(text: str) -> list[str | Pill]:
    """Return the text's parts in order: plain text, and a pill for each ``{{ ... }}``.

    Braces and ``}}`` inside an expression's own texts and maps do not end it.

    Raises:
        InputError: An expression is never closed, is empty or is longer than 4 KB.
    """
    parts: list[str | Pill] = []
    position = 0
    while (start := text.find(OPEN, position)) >= 0:
        if start > position:
            parts.append(text[position:start])
        end = _closing(text, start + len(OPEN))
        parts.append(Pill(_checked(text[start + len(OPEN) : end].strip())))
        position = end + len(CLOSE)
    if position < len(text):
        parts.append(text[position:])
    return parts


def _closing(text: str, position: int) -> int:
    depth = 0
    for match in _TOKEN.finditer(text, position):
        if match["sign"] == "{":
            depth += 1
        elif match["sign"] == "}" and depth:
            depth -= 1
        elif match["sign"] == "}" and text.startswith(CLOSE, match.start()):
            return match.start()
    raise InputError(
        "An expression is opened with {{ and never closed.",
        advice="Close it with }}, and check that its quotes and braces come in pairs.",
    )


def _checked(source: str) -> str:
    if not source:
        raise InputError(
            "There is nothing between {{ and }}.", advice="Insert a field or remove the braces."
        )
    if any("\ud800" <= sign <= "\udfff" for sign in source):
        raise InputError("An expression holds half a character (a lone surrogate).")
    if len(source.encode()) > MAX_SOURCE:
        raise InputError(
            "An expression is longer than 4 KB.", advice="Split the work over several steps."
        )
    return source


def outline(source: str) -> Outline:
    """Return what the expression names and how much it may do."""
    return _Reader(source).outline()


def rename_step(source: str, renamed: Mapping[str, str]) -> str:
    """Return the expression with the steps it names called by their new ids; all else as it is."""
    text = source
    for start, end, name, mark in reversed(list(_Reader(source).step_names())):
        if name in renamed:
            text = f"{text[:start]}{mark}{renamed[name]}{mark}{text[end:]}"
    return text


@dataclass
class _Reader:
    source: str
    open_calls: list[bool] = field(default_factory=list)  # is the parenthesis a list function's?

    def __post_init__(self) -> None:
        matches = [m for m in _TOKEN.finditer(self.source) if m.lastgroup != "blank"]
        self.tokens = [(str(match.lastgroup), match.group()) for match in matches]
        self.spans = [match.span() for match in matches]

    def outline(self) -> Outline:
        values = [value for kind, value in self.tokens if kind == "sign"]
        paths, inner_calls, list_functions, nesting = [], [], 0, 0
        for index, (kind, value) in enumerate(self.tokens):
            if kind == "name" and self._is_root(index):
                paths.append(self._path(index))
            elif value == "(":
                if any(self.open_calls):
                    inner_calls.append(self._value(index - 1))
                is_list_function = self._follows_list_function(index)
                self.open_calls.append(is_list_function)
                list_functions += is_list_function
                nesting = max(nesting, sum(self.open_calls))
            elif value == ")" and self.open_calls:
                self.open_calls.pop()
        return Outline(
            paths=tuple(paths),
            list_functions=list_functions,
            nesting=nesting,
            additions=values.count("+"),
            calls=values.count("("),
            inner_calls=tuple(inner_calls),
        )

    def step_names(self) -> Iterator[tuple[int, int, str, str]]:
        """Yield where each step is named: from, to, its id, and the quotes it stands in."""
        for index, token in enumerate(self.tokens):
            if token != ("name", "steps") or not self._is_root(index):
                continue
            sign, kind, value = (
                self._value(index + 1),
                self._kind(index + 2),
                self._value(index + 2),
            )
            if sign == "." and kind == "name":
                yield *self.spans[index + 2], value, ""
            elif sign == "." and kind == "quoted":
                yield *self.spans[index + 2], value.strip("`"), "`"
            elif sign == "[" and _PLAIN_TEXT.fullmatch(value) and self._value(index + 3) == "]":
                yield *self.spans[index + 2], value[1:-1], value[0]

    def _value(self, index: int) -> str:
        return self.tokens[index][1] if 0 <= index < len(self.tokens) else ""

    def _kind(self, index: int) -> str:
        return self.tokens[index][0] if 0 <= index < len(self.tokens) else ""

    def _is_root(self, index: int) -> bool:
        if self._value(index) in _NO_PATHS or self._value(index + 1) == "(":
            return False
        return self._value(index - 1) != "." or not self._ends_operand(index - 2)

    def _ends_operand(self, index: int) -> bool:
        kind = self._kind(index)
        return kind in {"name", "quoted", "text", "number"} or self._value(index) in _OPERAND_ENDS

    def _follows_list_function(self, index: int) -> bool:
        return self._value(index - 1) in _LIST_FUNCTIONS and self._value(index - 2) == "."

    def _path(self, index: int) -> tuple[str, ...]:
        parts = [self._value(index)]
        index += 1
        while True:
            if self._value(index) == "." and self._kind(index + 1) in {"name", "quoted"}:
                if self._value(index + 2) == "(":
                    return tuple(parts)
                parts.append(self._value(index + 1).strip("`"))
                index += 2
            elif self._value(index) == "[" and self._value(index + 2) == "]":
                literal = _PLAIN_TEXT.fullmatch(self._value(index + 1))
                if literal is None:
                    return tuple(parts)
                parts.append(literal[1] if literal[1] is not None else literal[2])
                index += 3
            else:
                return tuple(parts)
