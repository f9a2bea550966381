"""Check a document against the workflow schema and say in plain words which rule it breaks."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, cast

import jsonschema
import jsonschema_rs
from referencing import Registry

import schemas
from connector.errors import InputError
from connector.workflow.values import check_json
from connector.workflow.wording import join, path_text, printable, shown

_SCHEMA = "workflow.json"
_KINDS = {
    "string": "text",
    "integer": "a whole number",
    "object": "a group of fields",
    "array": "a list",
}
_PATTERN_ADVICE = {
    "Id": "Use a letter, then letters, digits and _; at most 64.",
    "Connection": "Use letters, digits, blanks and . _ -; at most 64, none of the signs first.",
    "Name": "Use at least one visible character and no control characters.",
    "Type": "Choose one that 'intacct catalog' lists.",
}


@cache
def _quick() -> Any:
    return jsonschema_rs.Draft202012Validator(schemas.load(_SCHEMA))


@cache
def _wordy() -> jsonschema.Draft202012Validator:
    # An empty registry: the default one would fetch a remote reference.
    return jsonschema.Draft202012Validator(schemas.load(_SCHEMA), registry=Registry())


def check(document: Any) -> None:
    """Pass a document that keeps the rules of ``schemas/workflow.json``.

    Raises:
        InputError: The first rule broken, in the order of the document; ``field`` is its path.
    """
    if not isinstance(document, dict):
        raise InputError(
            f"A workflow is a group of fields, and this is {shown(document)}.",
            advice="Begin with name, trigger and steps.",
        )
    check_json(document)
    if _quick().is_valid(document):
        return
    problems = sorted(_wordy().iter_errors(document), key=_place)
    raise _worded(problems[0]) if problems else _line_break(document)


def every(document: Any) -> Iterator[InputError]:
    """Yield every rule a document breaks, in its order; ``check`` raises the first of them.

    Raises:
        InputError: It is no group of fields, or no exact JSON data, so no rule can be tried.
    """
    try:
        check(document)
    except InputError as first:
        if not isinstance(document, dict):
            raise
        check_json(document)
        found = [_worded(error) for error in sorted(_wordy().iter_errors(document), key=_place)]
        yield from found or [first]


def _place(error: jsonschema.ValidationError) -> list[str]:
    return list(map(str, error.path))


def _line_break(document: Any) -> InputError:
    """The two validators differ in one thing: to the wordy one a final line break is no text."""
    field = path_text(next(iter(_quick().iter_errors(document))).instance_path)
    return InputError(f"{field} ends with a line break.", advice="Remove it.", field=field)


def _worded(error: jsonschema.ValidationError) -> InputError:
    field, place = path_text(error.absolute_path), path_text(error.absolute_path) or "The workflow"
    schema: Any = error.schema
    rule, limit = error.validator, cast("Any", error.validator_value)
    instance: Any = error.instance
    if field == "version":
        return InputError(
            f"The file is of schema version {shown(instance)}; this program reads 1.",
            advice="Remove the version, or open the file with the program that wrote it.",
            field=field,
        )
    if rule == "required":
        missing = next(name for name in limit if name not in instance)
        return InputError(
            f"{place} has no '{missing}'.", advice="Add it.", field=join(field, missing)
        )
    if rule == "additionalProperties":
        extra = min(set(instance) - set(schema["properties"]))
        known = ", ".join(schema["properties"])
        return InputError(
            f"{place} has no field '{printable(extra)}'.",
            advice=f"Known are: {known}.",
            field=join(field, printable(extra)),
        )
    if rule == "pattern":
        return InputError(
            f"{place} cannot be {shown(instance)}.",
            advice=_PATTERN_ADVICE.get(schema.get("title", ""), ""),
            field=field,
        )
    return InputError(f"{place} {_limit_words(rule, limit)}.", field=field)


def _limit_words(rule: Any, limit: Any) -> str:
    if rule == "oneOf":
        choices = [name for choice in limit for name in choice.get("required", ())]
        return f"needs exactly one of {' and '.join(choices)}"
    words = {
        "type": f"must be {_kind_words(limit)}",
        "enum": f"must be one of {_listed(limit)}",
        "minLength": "must not be empty",
        "maxLength": f"must have at most {limit} characters",
        "minItems": "must have at least one entry",
        "maxItems": f"must have at most {limit} entries",
        "minProperties": "must not be empty",
        "maxProperties": f"must have at most {limit} fields",
        "minimum": f"must be at least {limit}",
        "maximum": f"must be at most {limit}",
    }
    return words.get(str(rule), "is not accepted")


def _kind_words(limit: Any) -> str:
    kinds = limit if isinstance(limit, list) else [limit]
    return " or ".join(_KINDS.get(str(kind), str(kind)) for kind in kinds)


def _listed(limit: Any) -> str:
    return ", ".join(str(value) for value in limit) if isinstance(limit, list) else ""
