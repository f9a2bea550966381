"""One action over both APIs: the same inputs, the same normal result, field by field.

Each story runs in two fresh companies, one reached over XML and one over REST, under the same
stopped clock. ``EXPLAINED`` lists every difference that may be seen, with its reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from connector import registry
from connector.errors import ConnectorError
from connector.intacct.dialects.object_schema import Fields, ObjectSchema
from tests.contract.actions.conftest import Books, open_books
from tests.contract.actions.rest_books import open_rest_books
from tests.contract.actions.rest_stories import EXPLAINED, NOT_TOLD, OF_STEPS, STORIES, Step

NOON = "2026-03-20T12:00:00+00:00"
ABSENT = "(absent)"
OF_EVERY_RESULT = frozenset(
    {"found", "key", "id", "href", "outcome", "refusal", "title", "code", "deleted"}
)
CASES = [(name, at) for name, story in STORIES.items() for at in range(len(story))]


def _text(value: Any, keys: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return keys.get(value, value)
    if isinstance(value, list):
        return [_text(each, keys) for each in value]
    if isinstance(value, Mapping):
        return {name: _text(each, keys) for name, each in value.items()}
    return value


def _told(books: Books, story: tuple[Step, ...]) -> list[dict[str, Any]]:
    """Run a story and return each result, or what the refusal says."""
    books.app.test_client().post("/_sandbox/clock", json={"fixed": NOON})
    keys: dict[str, str] = {}
    told: list[dict[str, Any]] = []
    for name, key, inputs in story:
        action = registry.load().action(key)
        try:
            output = action.run(books.context, _text(inputs, keys))
            Draft202012Validator(dict(action.output)).validate(output)
            keys[f"<{name}>"] = str(output.get("key") or _first_key(output))
        except ConnectorError as error:
            output = {"refusal": type(error).__name__, "title": error.title, "code": error.code}
        told.append(output)
    return told


def _first_key(output: Mapping[str, Any]) -> str:
    lists = [value for value in output.values() if value and _are_records(value)]
    return str(lists[0][0].get("key", "")) if lists else ""


@cache
def told_over(api: str, name: str) -> list[dict[str, Any]]:
    """Return what a story brings over one API; each runs once for all its steps."""
    return _told(open_books() if api == "xml" else open_rest_books(), STORIES[name])


def _differences(xml: Any, rest: Any, fields: Fields) -> Iterator[str]:
    """Yield the names under which two results differ, of those that users are promised.

    Fields we have no name for keep the names of the API they came from, and fields that REST has
    no name for cannot come over it.
    """
    promised = fields.by_name.keys() | (xml.keys() & rest.keys()) | OF_EVERY_RESULT
    for name in sorted(promised & (xml.keys() | rest.keys())):
        one, other = xml.get(name, ABSENT), rest.get(name, ABSENT)
        field = fields.by_name.get(name)
        if _are_records(one) and _are_records(other) and len(one) == len(other):
            inner = field.items if field and field.items else fields
            for first, second in zip(one, other, strict=True):
                yield from (f"{name}.{each}" for each in _differences(first, second, inner))
        elif one != other and not (other == ABSENT and field and not field.rest):
            yield name


def _are_records(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, dict) for each in value)


@pytest.mark.accepts("E1")
@pytest.mark.parametrize(
    ("name", "at"), CASES, ids=[f"{name}: {STORIES[name][at][0]}" for name, at in CASES]
)
def test_both_apis_give_the_same_result(name: str, at: int) -> None:
    step, key, _ = STORIES[name][at]
    xml, rest = told_over("xml", name)[at], told_over("rest", name)[at]
    action = registry.load().action(key)
    if "rest" not in action.apis:
        assert rest["refusal"] == "InputError"
        assert "This connection has an OAuth application only." in rest["title"]
        return
    fields = ObjectSchema.find(action.object_name).fields
    found = {each.split(".")[-1] for each in _differences(xml, rest, fields)}
    allowed = {each for names, _ in EXPLAINED.values() for each in names}
    allowed |= set(OF_STEPS.get((name, step), ("", ()))[1])
    assert found <= allowed, {each: (xml.get(each), rest.get(each)) for each in found - allowed}


def test_every_action_that_claims_both_apis_is_in_a_story() -> None:
    told = {key for story in STORIES.values() for _, key, _ in story}
    both = {action.key for action in registry.load().actions.values() if len(action.apis) > 1}
    assert both - told <= NOT_TOLD.keys()
