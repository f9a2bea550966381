"""A company that writes down what it is asked and gives prepared answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import pytest

from connector.component import Context
from connector.intacct.client import IntacctClient
from connector.intacct.operation import Result
from connector.intacct.paging import Listing

Calls = list[tuple[str, tuple[Any, ...], dict[str, Any]]]


class _Company:
    def __init__(self, calls: Calls, answers: dict[str, Any]) -> None:
        self._calls = calls
        self._answers = answers

    def _answer(self, verb: str, args: tuple[Any, ...], words: dict[str, Any]) -> Any:
        self._calls.append((verb, args, words))
        answer = self._answers[verb]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def earlier(self, _call: str) -> None:
        """No step has tried before."""

    def create(self, *args: Any, **words: Any) -> dict[str, Any]:
        return dict(self._answer("create", args, words))

    def update(self, *args: Any, **words: Any) -> dict[str, Any]:
        return dict(self._answer("update", args, words))

    def delete(self, *args: Any, **words: Any) -> dict[str, Any]:
        return dict(self._answer("delete", args, words))

    def invoke(self, *args: Any, **words: Any) -> dict[str, Any]:
        return dict(self._answer("invoke", args, words))

    def get(self, *args: Any, **words: Any) -> dict[str, Any]:
        return dict(self._answer("get", args, words))

    def query(self, *args: Any, **words: Any) -> list[dict[str, Any]]:
        return list(self._answer("query", args, words))

    def read_by_query(self, *args: Any, **words: Any) -> Iterator[dict[str, Any]]:
        yield from self._answer("read_by_query", args, words)

    def list_page(self, *args: Any, **words: Any) -> Listing:
        found: Listing = self._answer("list_page", args, words)
        return found

    def read_by_query_page(self, *args: Any, **words: Any) -> Listing:
        found: Listing = self._answer("read_by_query_page", args, words)
        return found

    def raw(self, *args: Any, **words: Any) -> Result:
        return Result("query", "c-1", reply=self._answer("raw", args, words))


@pytest.fixture
def calls() -> Calls:
    """What the company was asked, in order: verb, positional and named arguments."""
    return []


@pytest.fixture
def answers() -> dict[str, Any]:
    """What the company answers, by verb; a test changes what it needs."""
    return {
        "create": {"key": "7", "id": "NEW-1", "href": "/objects/x/7", "outcome": "created"},
        "update": {"key": "7", "id": "NEW-1", "href": "/objects/x/7"},
        "delete": {"deleted": ["7"]},
        "invoke": {"key": "7", "id": "", "href": "/objects/x/7"},
        "get": {"found": False},
        "query": [],
        "read_by_query": [],
        "list_page": Listing([], [], 0, ""),
        "read_by_query_page": Listing([], [], 0, ""),
        "raw": b"<response/>",
    }


@pytest.fixture
def ctx(calls: Calls, answers: dict[str, Any]) -> Context:
    """The connection an action is given."""
    return Context(intacct_client=cast("IntacctClient", _Company(calls, answers)))
