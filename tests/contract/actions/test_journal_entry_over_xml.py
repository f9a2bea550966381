"""The journal entry actions over the sandbox: the exact function that travels, every form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from connector.errors import InputError, Refused
from tests.support.action_runs import functions_sent, record_of, result_of, run

if TYPE_CHECKING:
    from tests.contract.actions.conftest import Books

LINES = [
    {
        "accountNumber": "6400",
        "lineType": 1,
        "amount": "10.10",
        "memo": "A & B",
        "locationId": "100",
    },
    {"accountNumber": "1300", "lineType": -1, "amount": "10.10", "LOCATIONID": "100"},
]
SENT = (
    "<ENTRIES><GLENTRY><ACCOUNTNO>6400</ACCOUNTNO><TR_TYPE>1</TR_TYPE>"
    "<TRX_AMOUNT>10.10</TRX_AMOUNT><DESCRIPTION>A &amp; B</DESCRIPTION><LOCATION>100</LOCATION>"
    "</GLENTRY><GLENTRY><ACCOUNTNO>1300</ACCOUNTNO><TR_TYPE>-1</TR_TYPE>"
    "<TRX_AMOUNT>10.10</TRX_AMOUNT><LOCATION>100</LOCATION></GLENTRY></ENTRIES>"
)


def new_entry(books: Books, **changes: Any) -> dict[str, Any]:
    inputs = {
        "journal": "GJ",
        "postingDate": "03/31/2026",
        "description": "Rent",
        "referenceNumber": "JE-1",
        "lines": LINES,
    }
    return run(books, "createJournalEntry", {**inputs, **changes})


def entry(books: Books, key: str) -> dict[str, Any]:
    return run(books, "getJournalEntry", {"recordNo": key})


@pytest.mark.accepts("A26", "A27")
def test_create_journal_entry(books: Books) -> None:
    created = new_entry(books, reversalDate="04/01/2026", state="Posted")
    [sent] = functions_sent(books)
    assert sent == (
        "<create><GLBATCH><JOURNAL>GJ</JOURNAL><BATCH_DATE>03/31/2026</BATCH_DATE>"
        "<BATCH_TITLE>Rent</BATCH_TITLE><REVERSEDATE>04/01/2026</REVERSEDATE>"
        f"<REFERENCENO>JE-1</REFERENCENO><STATE>Posted</STATE>{SENT}</GLBATCH></create>"
    )
    assert created["href"] == f"/objects/general-ledger/journal-entry/{created['key']}"
    found = entry(books, created["key"])
    assert (found["journal"], found["postingDate"]) == ("GJ", "2026-03-31")
    assert (found["description"], found["state"]) == ("Rent", "Posted")
    assert [(line["lineType"], line["amount"]) for line in found["lines"]] == [
        ("1", "10.10"),
        ("-1", "10.10"),
    ]
    assert found["lines"][0]["locationId"] == "100"


@pytest.mark.accepts("A28")
def test_an_entry_that_does_not_balance_is_refused_before_any_call(books: Books) -> None:
    with pytest.raises(InputError) as refused:
        new_entry(books, lines=[LINES[0], {**LINES[1], "amount": "10.00"}])
    assert "short by 0.10" in refused.value.title
    assert books.sent == []


def test_lines_in_each_form_make_the_same_request(books: Books) -> None:
    as_json = (
        '[{"accountNumber": "6400", "lineType": 1, "amount": 10.10, "memo": "A & B",'
        ' "location": "100"}, {"accountNumber": "1300", "lineType": -1, "amount": 10.10,'
        ' "location_id": "100"}]'
    )
    text = SENT.removeprefix("<ENTRIES>").removesuffix("</ENTRIES>")
    for lines in (LINES, as_json, text):
        new_entry(books, lines=lines)
    assert len(set(functions_sent(books))) == 1


def test_splits_of_an_allocation_travel_as_additional_fields(books: Books) -> None:
    splits = [{"AMOUNT": "6.10", "LOCATIONID": "100"}, {"AMOUNT": "4.00", "LOCATIONID": "100"}]
    split = {
        "accountNumber": "6400",
        "lineType": "1",
        "amount": "10.10",
        "allocationId": "Custom",
        "additionalFields": {"SPLIT": splits},
    }
    key = new_entry(books, lines=[split, LINES[1]])["key"]
    assert "<SPLIT><AMOUNT>6.10</AMOUNT>" in functions_sent(books)[0]
    assert [line["amount"] for line in entry(books, key)["lines"]] == ["6.10", "4.00", "10.10"]


def test_a_statistical_entry_counts_things(books: Books) -> None:
    line = {"accountNumber": "9000", "lineType": "1", "amount": "42"}
    created = new_entry(books, journal="SJ", statistical=True, lines=[line])
    assert entry(books, created["key"])["lines"][0]["amount"] == "42.00"
    assert "statistical" not in functions_sent(books)[0].lower()


def test_create_journal_entry_in_every_form(books: Books) -> None:
    assert result_of(new_entry(books, resultForm="raw"))["function"] == ["create"]
    assert record_of(new_entry(books, resultForm="envelope"))["RECORDNO"]


def test_get_journal_entry_in_every_form(books: Books) -> None:
    key = new_entry(books)["key"]
    shown = record_of(run(books, "getJournalEntry", {"recordNo": key, "resultForm": "envelope"}))
    assert [line["TR_TYPE"] for line in shown["ENTRIES"]] == ["1", "-1"]
    raw = run(books, "getJournalEntry", {"recordNo": key, "resultForm": "raw"})
    assert result_of(raw)["function"] == ["read"]
    assert entry(books, "999999") == {"found": False}


def test_update_journal_entry_replaces_its_lines_and_posts_a_draft(books: Books) -> None:
    key = new_entry(books, state="Draft", lines=[LINES[0], {**LINES[1], "amount": "1.00"}])["key"]
    change = {"recordNo": key, "postingDate": "2026-03-31", "description": "Rent 2"}
    changed = run(books, "updateJournalEntry", {**change, "state": "Posted", "lines": LINES})
    assert functions_sent(books)[1] == (
        f"<update><GLBATCH><RECORDNO>{key}</RECORDNO><BATCH_DATE>03/31/2026</BATCH_DATE>"
        f"<BATCH_TITLE>Rent 2</BATCH_TITLE><STATE>Posted</STATE>{SENT}</GLBATCH></update>"
    )
    assert changed["key"] == key
    found = entry(books, key)
    assert (found["state"], found["description"]) == ("Posted", "Rent 2")
    assert [line["amount"] for line in found["lines"]] == ["10.10", "10.10"]


def test_update_journal_entry_in_other_forms(books: Books) -> None:
    key = new_entry(books)["key"]
    change = {"recordNo": key, "postingDate": "2026-03-31", "description": "d", "lines": LINES}
    raw = run(books, "updateJournalEntry", {**change, "resultForm": "raw"})
    assert result_of(raw)["function"] == ["update"]
    shown = run(books, "updateJournalEntry", {**change, "resultForm": "envelope"})
    assert record_of(shown)["RECORDNO"] == key


def test_an_entry_of_a_closed_period_is_refused_in_words(books: Books) -> None:
    with pytest.raises(Refused) as refused:
        new_entry(books, postingDate="2024-01-31")
    assert "<" not in refused.value.title


@pytest.mark.accepts("A29", "B13")
def test_list_journal_entries(books: Books) -> None:
    key = new_entry(books)["key"]
    found = run(books, "listJournalEntries", {"referenceNumber": "JE-1", "journal": "GJ"})
    assert [record["key"] for record in found["entries"]] == [key]
    assert found["entries"][0]["href"] == f"/objects/general-ledger/journal-entry/{key}"
    page = run(books, "listJournalEntries", {"pagesize": 2})
    assert (page["count"], page["totalCount"] > page["count"]) == (2, True)
    following = run(books, "listJournalEntries", {"pagesize": 2, "next": page["next"]})
    assert not {each["key"] for each in page["entries"]} & {
        each["key"] for each in following["entries"]
    }
    wanted = {"postingDate": "03/31/2026", "state": "Posted", "resultForm": "envelope"}
    rows = run(books, "listJournalEntries", wanted)["data"]
    assert [row["RECORDNO"] for row in rows] == [key]
