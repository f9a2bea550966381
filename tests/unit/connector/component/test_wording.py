from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from connector.component import wording

SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "title": "Name", "examples": ["Acme"], "maxLength": 5},
        "state": {"enum": ["Draft", "Submit"]},
        "code": {"type": "string", "pattern": "^[A-Z]+$", "examples": ["USD"]},
        "count": {"type": "integer", "minimum": 1, "maximum": 9},
        "lines": {"type": "array", "minItems": 1, "maxItems": 2, "items": {"type": "object"}},
    },
}


def _only_error(value: Any) -> Any:
    [error] = Draft202012Validator(SCHEMA).iter_errors(value)
    return error


@pytest.mark.parametrize(
    ("value", "title", "field"),
    [
        ({}, "name is required.", "name"),
        ({"name": "toolong"}, "name is longer than 5 characters.", "name"),
        ({"name": 5}, "name must be text.", "name"),
        ({"name": "A", "state": "x"}, "state must be one of Draft, Submit.", "state"),
        ({"name": "A", "count": 0}, "count must be 1 or more.", "count"),
        ({"name": "A", "count": 10}, "count must be 9 or less.", "count"),
        ({"name": "A", "count": "x"}, "count must be a whole number.", "count"),
        ({"name": "A", "lines": []}, "lines needs at least 1 line.", "lines"),
        ({"name": "A", "lines": [{}] * 3}, "lines takes at most 2 lines.", "lines"),
        ({"name": "A", "lines": [{}, 5]}, "lines[1] must be an object.", "lines[1]"),
        (
            {"name": "A", "code": "usd"},
            "code is not in the form that is needed here, such as USD.",
            "code",
        ),
        (
            {"name": "A", "x" * 500: 1},
            f"{'x' * 80} is not an input here; known are: code, count, lines, name, state.",
            "x" * 80,
        ),
    ],
)
def test_each_rule_is_a_sentence_that_names_the_field(value: Any, title: str, field: str) -> None:
    assert wording.sentence(_only_error(value)) == (title, field)


def test_remedy_for_a_missing_field_gives_its_label_and_an_example() -> None:
    assert wording.remedy(_only_error({})) == "Give the Name, such as Acme."
    assert wording.remedy(_only_error({"name": 5})) == "Correct the field and try again."


def test_path_reads_like_the_inputs() -> None:
    assert wording.field_path(["lines", 0, "amount"]) == "lines[0].amount"
    assert wording.field_path([]) == ""
