"""Long lists that are disturbed while they are read: each record once, none left out."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.commands import BOOKS, intacct, prepare_books
from tests.support.far_company import far_company

pytestmark = pytest.mark.slow
ROWS = 6_500  # seven pages of a thousand


@dataclass
class Books:
    """A company with many vendors, and the environment of commands that read it."""

    company: httpx.Client
    environment: dict[str, str]

    def listed(self) -> list[dict[str, Any]]:
        """Return all vendors as the command line lists them."""
        given = {"objectName": "VENDOR", "fields": ["RECORDNO", "VENDORID"]}
        arguments = ("action", "run", "queryAndList", "--connection", BOOKS)
        done = intacct(self.environment, *arguments, given=json.dumps(given))
        assert done.returncode == 0, done.stderr
        answer = json.loads(done.stdout)
        (rows,) = [value for value in answer.values() if isinstance(value, list)]
        return list(rows)

    def numbers(self) -> Counter[str]:
        """Return how often each vendor's number is listed."""
        return Counter(str(row.get("RECORDNO") or row.get("recordNo")) for row in self.listed())

    def arm(self, fault: str, *, skip: int) -> None:
        """Let the company misbehave at a later page."""
        given = {"fault": fault, "function": "readMore", "skip": skip}
        self.company.post("/_sandbox/faults", json=given).raise_for_status()

    def sign_ins(self) -> int:
        """Return how many of the last requests were sign-ins."""
        seen = self.company.get("/_sandbox/requests").json()
        return sum("getAPISession" in request["functions"] for request in seen)

    def has_met(self) -> bool:
        """Say whether the armed fault has met its request."""
        return not self.company.get("/_sandbox/faults").json()


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Books]:
    folder: Path = tmp_path_factory.mktemp("books")
    with far_company(folder / "logs", rows=ROWS) as (config, company, wire):
        origin = f"127.0.0.1:{wire.address[1]}"
        environment = prepare_books(folder / "data", config.endpoint, origin)
        yield Books(company, environment)


@pytest.fixture(scope="module")
def undisturbed(books: Books) -> Counter[str]:
    """Return the list as it is read when nothing happens meanwhile."""
    return books.numbers()


@pytest.mark.accepts("F18")
@pytest.mark.parametrize("read_more_from", ["company", "session"])
def test_a_session_that_ends_in_the_middle_of_a_list_costs_one_sign_in(
    books: Books, undisturbed: Counter[str], read_more_from: str
) -> None:
    """Whether the place in the list is the company's or went with its session is not known."""
    policy = {"read_more_from": read_more_from}
    books.company.post("/_sandbox/policies", json=policy).raise_for_status()
    before = books.sign_ins()
    books.arm("session_expired", skip=1)
    assert books.numbers() == undisturbed
    assert books.has_met()
    assert books.sign_ins() == before + 1
    assert set(undisturbed.values()) == {1}
    assert len(undisturbed) >= ROWS


@pytest.mark.accepts("F19")
def test_records_that_come_and_go_meanwhile_neither_double_nor_hide_others(books: Books) -> None:
    """First a record in front goes, then another comes to its place, each between two pages."""
    before = books.numbers()
    for fault in ("moving_rows", "duplicate_rows"):
        books.arm(fault, skip=1)
        meanwhile = books.numbers()
        assert books.has_met()
        after = books.numbers()
        assert after != before
        assert set(meanwhile.values()) == {1}
        assert before & after <= meanwhile
        before = after
