"""Turns what a schema validator found into a sentence with the field's label."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from jsonschema.exceptions import ValidationError


def sentence(error: ValidationError) -> tuple[str, str]:
    """Return what is wrong in plain words, and the field's path such as ``lineItems[0].amount``."""
    path = field_path(error.absolute_path)
    word = str(error.validator)
    if word == "required":
        missing = _missing(error)
        path = f"{path}.{missing}" if path else missing
        return f"{path} is required.", path
    if word == "additionalProperties":
        unknown = _unknown(error)
        known = ", ".join(sorted(_properties(error)))
        shown = f"{path}.{unknown}" if path else unknown
        return f"{shown} is not an input here; known are: {known}.", shown
    return f"{path or 'The input'} {_rule(word, error)}.", path


def remedy(error: ValidationError) -> str:
    """Return what to do about it: which value to give, with an example where one is known."""
    if error.validator != "required":
        return "Correct the field and try again."
    missing: Mapping[str, Any] = _properties(error).get(_missing(error), {})
    return f"Give the {missing.get('title', 'field')}{_hint(missing)}."


def _hint(schema: Mapping[str, Any]) -> str:
    """Return an example that reads well in a sentence; lists and objects do not."""
    example = next((each for each in schema.get("examples", ()) if isinstance(each, str)), "")
    return f", such as {example}" if example else ""


def field_path(parts: Iterable[str | int]) -> str:
    """Return ``lineItems[0].amount`` for ``["lineItems", 0, "amount"]``."""
    path = ""
    for part in parts:
        path += f"[{part}]" if isinstance(part, int) else f".{part}"
    return path.lstrip(".")


def _missing(error: ValidationError) -> str:
    instance: Any = error.instance
    needed: Any = error.validator_value
    return next((str(name) for name in needed if name not in instance), "A field")


def _unknown(error: ValidationError) -> str:
    known = _properties(error)
    instance: Any = error.instance
    longest_shown = 80
    return next((str(name)[:longest_shown] for name in instance if name not in known), "A field")


def _properties(error: ValidationError) -> Mapping[str, Any]:
    schema: Any = error.schema
    properties: Mapping[str, Any] = schema.get("properties", {})
    return properties


def _rule(word: str, error: ValidationError) -> str:
    wording = _RULES.get(word)
    if wording:
        return wording(error.validator_value)
    schema: Any = error.schema
    return f"is not in the form that is needed here{_hint(schema)}"


def _kind(value: Any) -> str:
    names = {
        "object": "an object",
        "array": "a list",
        "string": "text",
        "boolean": "true or false",
        "integer": "a whole number",
    }
    kinds = [value] if isinstance(value, str) else list(value)
    return " or ".join(names.get(kind, f"a {kind}") for kind in kinds)


_RULES: dict[str, Callable[[Any], str]] = {
    "enum": lambda values: "must be one of " + ", ".join(str(value) for value in values),
    "maxLength": lambda limit: f"is longer than {limit} characters",
    "minItems": lambda least: f"needs at least {least} line" + ("s" if least > 1 else ""),
    "maxItems": lambda most: f"takes at most {most} lines",
    "minimum": lambda least: f"must be {least} or more",
    "maximum": lambda most: f"must be {most} or less",
    "type": lambda kind: f"must be {_kind(kind)}",
}
