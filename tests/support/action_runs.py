"""Runs actions over the sandbox and shows what went over the wire."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator

from connector import registry

if TYPE_CHECKING:
    from tests.contract.actions.conftest import Books


def run(books: Books, key: str, inputs: dict[str, Any]) -> dict[str, Any]:
    """Run an action and hold a normal result against what it promises."""
    action = registry.load().action(key)
    output = action.run(books.context, inputs)
    if inputs.get("resultForm", "normal") == "normal":
        Draft202012Validator(dict(action.output)).validate(output)
    return output


def functions_sent(books: Books) -> list[str]:
    """Return the function element of each request so far, without sign-ins and control ids."""
    bodies = "".join(books.sent)
    found = re.findall(r"<function[^>]*>(.*?)</function>", bodies, re.DOTALL)
    return [each for each in found if each != "<getAPISession/>"]


def record_of(raw: dict[str, Any]) -> dict[str, Any]:
    """Return the one record of an envelope."""
    [record] = raw["data"]["_data"]
    return dict(record)


def result_of(raw: dict[str, Any]) -> dict[str, Any]:
    """Return the one result of a raw reply."""
    [operation] = raw["data"]["response"]["operation"]
    [result] = operation["result"]
    return dict(result)
