"""Turn what the expression engine reports into sentences for whoever wrote the expression."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any

from connector.errors import InputError
from connector.workflow import functions
from connector.workflow.wording import printable, shown

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_MAX_LISTED = 12
_SHOWN_SOURCE = 120
_CATEGORY = re.compile(r"^[A-Z_]+: ")
_PLACE = re.compile(r"<input>:[0-9]+:([0-9]+)")
_UNDECLARED = re.compile(r"undeclared reference to '([^']*)'")
_OVERLOAD = re.compile(
    r"no matching overload for '([^']+)' applied to '(.*)'|"
    r"No matching overloads found : ([^\s(]+)(.*)"
)
_MISSING_KEY = re.compile(r'Key not found in map : "?([^"]*)"?')
_INDEX = re.compile(r"Index error: index=(-?[0-9]+) size=([0-9]+)")
_INSTEAD = {
    "_/_": "Use div(a, b, places), which keeps the decimals.",
    "contains": "Use includes(text, part).",
    "matches": "Use startsWith, endsWith or includes(text, part).",
    "string": "Use text(value).",
    "double": "Write decimal fractions as text and calculate with add, sub, mul and div.",
    "timestamp": "Use date(value, zone), add_days and the other date functions.",
    "duration": "Use date(value, zone), add_days and the other date functions.",
}
_WORDS = {
    "string": "text",
    "int": "whole number",
    "int64": "whole number",
    "double": "decimal fraction",
    "bool": "yes/no",
    "null": "null",
    "null_type": "null",
    "map": "group of fields",
}
_KNOWN_FAILURES = (
    ("Iteration budget", "It goes through too many list items.", "Map the list with 'each'."),
    ("overflow", "A whole number became too large.", "Calculate with add, sub and mul."),
    ("by zero", "Something is divided by zero.", "Check the divisor first, with a ? b : c."),
)


def refused(message: str, names: Collection[str]) -> InputError:
    """Return the error for a source that does not compile."""
    if found := _UNDECLARED.search(message):
        return _unknown_name(found[1], names)
    if found := _OVERLOAD.search(message):
        return _misfit(found)
    if "recursion" in message:
        return _error("It is nested too deeply or too long.", "Split it over two steps.")
    place = _PLACE.search(message)
    where = f" near character {place[1]}" if place else ""
    return _error(
        f"It cannot be read{where}.",
        "Check the quotes, brackets and operators there; texts stand between single quotes.",
    )


def failed(
    paths: Collection[tuple[str, ...]], message: str, roots: Mapping[str, Any]
) -> InputError:
    """Return the error for an expression that could not be evaluated on this data."""
    text = _CATEGORY.sub("", message)
    if "\n" in text and not text.startswith("ERROR"):  # one of our functions spoke
        title, _, advice = text.partition("\n")
        return _error(title, advice.splitlines()[0] if advice else "")
    if "Key not found" in text or "Applying SELECT" in text or "No value with name" in text:
        return _missing(paths, text, roots)
    if found := _INDEX.search(text):
        return _error(
            f"Item {found[1]} was asked of a list of {found[2]}; the first one is item 0.",
            "Check size(...) first, or map the list with 'each'.",
        )
    if found := _OVERLOAD.search(text):
        return _misfit(found)
    for sign, title, advice in _KNOWN_FAILURES:
        if sign in text:
            return _error(title, advice)
    return _error("It cannot be evaluated on this data.", "Check the kinds of its values.")


def within(source: str, error: InputError) -> InputError:
    """Return the error with the expression it is about in its title."""
    text = source if len(source) <= _SHOWN_SOURCE else source[:_SHOWN_SOURCE] + "…"
    return InputError(
        f"In the expression {{{{ {text} }}}}: {error.title}", advice=error.advice, field=error.field
    )


def _error(title: str, advice: str) -> InputError:
    return InputError(title, advice=advice)


def _unknown_name(name: str, names: Collection[str]) -> InputError:
    if name in _INSTEAD:
        spoken = "/" if name == "_/_" else name
        return _error(f"'{spoken}' is not available.", _INSTEAD[name])
    for function in functions.FUNCTIONS:
        if function.name == name:
            return _error(f"'{name}' is not written like this.", f"Write {function.signature}.")
    first = name.split(".", maxsplit=1)[0]
    known = [*sorted(names), *(function.name for function in functions.FUNCTIONS)]
    close = difflib.get_close_matches(first, known, 1)
    guess = f"Did you mean {close[0]}? " if close else ""
    return _error(
        f"'{first}' is not known here.",
        f"{guess}Known are {', '.join(sorted(names))} and the functions. Texts need quotes.",
    )


def _misfit(found: re.Match[str]) -> InputError:
    name, types = (found[1], found[2]) if found[1] else (found[3], found[4])
    if "condition" in name or name in {"_&&_", "_||_", "!_", "_?_:_"}:
        return _error(
            "A condition must be yes or no.", "Compare the value, such as input.a == 'x'."
        )
    spoken = f"'{name.strip('_')}'" if "_" in (name[0], name[-1]) else f"{name}(...)"
    advice = "Turn values into text with text(...), or calculate with add, sub, mul and div."
    for function in functions.FUNCTIONS:
        if function.name == name:
            kinds = ", ".join(f"{label}: {kind.word}" for label, kind in function.parameters)
            advice = f"Write {function.signature}; {kinds}."
    return _error(f"{spoken} does not work with {_spoken_types(types)}.", advice)


def _spoken_types(types: str) -> str:
    words = [part.split("<")[0].strip() for part in types.strip("() ").split(",")]
    spoken = [_WORDS.get(word, "list" if word.startswith("list") else word) for word in words]
    return " and ".join(word for word in spoken if word) or "no value"


def _missing(
    paths: Collection[tuple[str, ...]], message: str, roots: Mapping[str, Any]
) -> InputError:
    found = _MISSING_KEY.search(message)
    key = found[1] if found else None
    gaps = [gap for path in paths if (gap := _first_gap(path, roots))]
    # Of several gaps, the one the engine stopped at; the others may stand behind has().
    gaps.sort(key=lambda gap: gap[1] != key)
    if not gaps:
        what = f"'{printable(key)}' is missing in" if key else "A field is asked of"
        return _error(
            f"{what} one of the values that were gone through.",
            "Check the field's name, or test it first with has(...).",
        )
    path, name, there = gaps[0]
    if not path:
        return _error(f"'{name}' has no value here.", "It exists only where it is bound.")
    return _error(f"There is no '{name}' in {path}. {_what_is_there(there)}", _hint(name, there))


def _first_gap(path: tuple[str, ...], roots: Mapping[str, Any]) -> tuple[str, str, Any] | None:
    """Return where the path ends too early: the path so far, the missing name, what is there."""
    there: Any = roots
    for depth, name in enumerate(path):
        if not isinstance(there, dict) or name not in there:
            return ".".join(path[:depth]), name, there
        there = there[name]
    return None


def _what_is_there(there: Any) -> str:
    if not isinstance(there, dict):
        return f"It is {shown(there)}."
    if not there:
        return "It is empty."
    names = sorted(there)
    more = f" and {len(names) - _MAX_LISTED} more" if len(names) > _MAX_LISTED else ""
    return f"There is: {', '.join(printable(name) for name in names[:_MAX_LISTED])}{more}."


def _hint(name: str, there: Any) -> str:
    if isinstance(there, list):
        return "Name an item, such as [0], or map the list with 'each'."
    close = difflib.get_close_matches(name, list(there), 1) if isinstance(there, dict) else []
    guess = f"Did you mean {close[0]}? " if close else ""
    return f"{guess}Where the field may be missing, test it first with has(...)."
