"""Rows and answers nobody would wish for: each fails by itself, in words, or does no harm."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connector.errors import ConnectorError, InputError, OutcomeUnknown, Unavailable
from connector.http import HttpReply, HttpRequest
from connector.transfer import sending, sources
from connector.transfer.rows import Outcome
from tests.support.transfers import Office, open_office


@pytest.fixture(params=["rest", "xml"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    found = open_office(tmp_path / "data", request.param)
    yield found
    found.close()


IDS = ["A/B", "A::B", "Zoë-Ümlaut", "株式会社", "a b", "A,B", "50%", "A&B <x>", "'; DROP--", "A\\B"]


@pytest.mark.parametrize("known_as", IDS)
def test_ids_of_any_letters_are_made_found_and_changed(office: Office, known_as: str) -> None:
    made = office.sync("customer", "insert", [{"customerId": known_as, "name": "One"}])
    assert made.counts == {Outcome.CREATED: 1}
    rows = [{"customerId": known_as, "name": "Two"}]
    changed = office.sync("customer", "upsert", rows, run="run-2")
    assert changed.counts == {Outcome.UPDATED: 1}
    found = {row["CUSTOMERID"]: row["NAME"] for row in office.records("CUSTOMER")}
    assert found[known_as] == "Two"


CELLS: list[tuple[str, Any, str]] = [
    ("a list where a text belongs", ["x"], "invalid"),
    ("an object where a text belongs", {"a": 1}, "invalid"),
    ("a number where a text belongs", 42, "created"),
    ("a truth where a text belongs", True, "invalid"),
    ("a control character", "a\x00b", "invalid"),
    ("half of a letter", "\ud800", "invalid"),
]


@pytest.mark.parametrize(("what", "cell", "outcome"), CELLS, ids=[each[0] for each in CELLS])
def test_mixed_types_fail_their_row_alone(
    office: Office, what: str, cell: Any, outcome: str
) -> None:
    del what
    rows = [{"customerId": "S-1", "name": cell}, {"customerId": "S-2", "name": "Good"}]
    office.sync("customer", "insert", rows)
    assert office.outcomes()[2] == "created"
    assert office.outcomes()[1] in {outcome, "refused"}
    assert "S-2" in office.created("CUSTOMER")


@pytest.mark.accepts("B6")
@pytest.mark.parametrize("broken", ['[{"accountNumber": "4000", }]', '[{"accountNumber" "4000"}]'])
def test_lines_broken_at_a_position_name_it(office: Office, broken: str) -> None:
    rows = [
        {
            "customerId": "C-00001",
            "invoiceNumber": "I-1",
            "dateCreated": "2026-03-02",
            "dueDate": "2026-04-01",
            "lineItems": broken,
        }
    ]
    office.sync("invoice", "insert", rows)
    with pytest.raises(json.JSONDecodeError) as at:
        json.loads(broken)
    error = office.row(1).error
    assert office.outcomes() == {1: "invalid"}
    assert isinstance(error, InputError)
    said = f"{error.title} {error.advice}"
    assert str(at.value.pos + 1) in said or str(at.value.pos) in said
    assert office.created("ARINVOICE") == []


@pytest.mark.parametrize(
    "body", [b"<html><body>Sign in</body></html>", b"", b"{", b"[]", b'{"access_token": 5}']
)
def test_a_token_endpoint_that_answers_anything_else_stops_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: bytes
) -> None:
    monkeypatch.setattr(sending, "FIRST_WAIT_SECONDS", 0.001)
    office = open_office(tmp_path / "data", "rest")
    client = office.services.__dict__["http"]
    real = client.send

    class Doorman:
        """Answers at the token's address alone."""

        def send(self, request: HttpRequest) -> HttpReply:
            if request.url.endswith("/oauth2/token"):
                return HttpReply(200, {"content-type": "text/html"}, body)
            reply: HttpReply = real(request)
            return reply

    office.services.__dict__["http"] = Doorman()
    try:
        done = office.sync("customer", "insert", [{"customerId": "S-1", "name": "One"}])
        error: ConnectorError | None = done.stopped
    except (Unavailable, OutcomeUnknown) as raised:
        error = raised
    assert error is not None
    assert "<" not in error.title
    assert office.created("CUSTOMER") == []
    office.close()


def test_a_file_of_everything_wrong_tells_each_row(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    long = "x" * 1_000_000
    text = f"\ufeffcustomerId;name\nS-1;Good\n;Nobody\nS-2;{long}\nS-3;One;too many\nS-1;Twice\n"
    path.write_text(text, encoding="utf-8")
    office.sync("customer", "upsert", sources.csv_rows(path))
    assert office.outcomes() == {
        1: "created",
        2: "invalid",
        3: "invalid",
        4: "invalid",
        5: "invalid",
    }
    assert office.created("CUSTOMER") == ["S-1"]
