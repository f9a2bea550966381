"""Rows become records over both APIs: in few requests, once each, with an outcome for each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connector.errors import InputError
from connector.runtime.services import Services
from connector.transfer import sources, usage
from connector.workflow.mapping import Row
from tests.support.transfers import BOOKS, Office, open_office

APIS = ("rest", "xml")
LINE = {"accountNumber": "4000", "amount": "10.00"}


@pytest.fixture(params=APIS)
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    found = open_office(tmp_path / "data", request.param)
    yield found
    found.close()


@pytest.fixture
def rest(tmp_path: Path) -> Iterator[Office]:
    found = open_office(tmp_path / "data", "rest")
    yield found
    found.close()


def customers(count: int, start: int = 0, **more: Any) -> list[dict[str, Any]]:
    numbers = range(start, start + count)
    return [{"customerId": f"S-{n}", "name": f"Name {n}", **more} for n in numbers]


def by_id(office: Office, object_name: str, field: str) -> dict[str, dict[str, Any]]:
    return {row[field]: row for row in office.records(object_name)}


@pytest.mark.accepts("D1", "D11", "D16", "E23", "E37")
def test_an_insert_takes_the_fewest_requests(office: Office) -> None:
    summary = office.sync("customer", "insert", customers(120))
    assert summary.is_clean
    assert summary.counts == {"created": 120}
    expected = 1 if office.calls()[0].startswith("POST") else 2
    assert len(office.calls()) == expected
    assert summary.transactions == 120
    assert sorted(office.created("CUSTOMER")) == sorted(f"S-{n}" for n in range(120))
    assert office.row(1).id == "S-0"
    assert office.row(1).key


@pytest.mark.accepts("D12", "D17")
def test_an_update_by_record_number_changes_what_is_given(office: Office) -> None:
    office.sync("customer", "insert", customers(2, primaryPhoneNo="555"))
    key = office.row(2).key
    done = office.sync(
        "customer", "update", [{"recordNo": key, "name": "New"}], run="run-2", match=("recordNo",)
    )
    assert done.counts == {"updated": 1}
    record = by_id(office, "CUSTOMER", "CUSTOMERID")["S-1"]
    assert record["NAME"] == "New"
    assert record["DISPLAYCONTACT.PHONE1"] == "555"


@pytest.mark.accepts("D13", "D18")
def test_an_upsert_by_record_number_creates_rows_without_one(office: Office) -> None:
    office.sync("customer", "insert", customers(1))
    rows = [
        {"recordNo": office.row(1).key, "name": "Changed"},
        {"recordNo": "", "name": "Made", "customerId": "S-9"},
    ]
    done = office.sync("customer", "upsert", rows, run="run-2", match=("recordNo",))
    assert done.counts == {"updated": 1, "created": 1}
    assert "run such a file once only" in office.warned[0] or "every row" in office.warned[0]


@pytest.mark.accepts("D19", "D21", "D47")
def test_an_upsert_by_natural_key_makes_no_duplicates(office: Office) -> None:
    office.sync("customer", "insert", customers(2))
    office.requests.clear()
    for run in ("run-2", "run-3"):
        done = office.sync("customer", "upsert", customers(4), run=run)
        assert done.is_clean
    assert sorted(office.created("CUSTOMER")) == ["S-0", "S-1", "S-2", "S-3"]
    assert office.outcomes() == dict.fromkeys(range(1, 5), "updated")
    assert len(office.calls()) == 2 + 1 + 1 + 1  # look, create, update; look, update
    assert not office.warned


@pytest.mark.accepts("D21")
def test_an_upsert_without_a_mapped_key_is_warned_of(rest: Office) -> None:
    mapping = [Row("id", "customerId"), Row("name", "customerName")]
    rows = [{"id": "S-1", "name": "One"}]
    done = rest.sync("customer", "upsert", rows, match=("recordNo",), mapping=mapping)
    assert "every row creates a record" in rest.warned[0]
    assert done.warnings == rest.warned


@pytest.mark.accepts("D20", "D41")
def test_a_row_without_a_key_in_update_mode_fails_alone(office: Office) -> None:
    office.sync("customer", "insert", customers(1))
    rows = [{"recordNo": "", "name": "A"}, {"recordNo": office.row(1).key, "name": "B"}]
    done = office.sync("customer", "update", rows, run="run-2", match=("recordNo",))
    assert done.counts == {"invalid": 1, "updated": 1}
    error = office.row(1).error
    assert error is not None
    assert error.title == "Record ID is required for update mode."
    assert "recordNo" in error.advice


def test_an_update_of_what_is_not_there_fails_alone(office: Office) -> None:
    office.sync("customer", "insert", customers(1))
    done = office.sync("customer", "update", customers(2, name="X"), run="run-2")
    assert done.counts == {"updated": 1, "invalid": 1}
    error = office.row(2).error
    assert error is not None
    assert error.title == "There is no customer S-1."


@pytest.mark.accepts("D29", "D30")
def test_rows_that_fail_leave_the_others_alone(office: Office) -> None:
    rows = [
        *customers(2),
        {"customerId": "S-7", "name": "Term", "termName": "No such term"},
        {"customerId": "S-8", "name": "Limit", "creditLimit": "1,000.00"},
        {"customerId": "a/b::ü", "name": 'C&A <Ltd> "x"'},
        {"customerId": "S-1", "name": "Twice"},
        {"customerId": "S-6", "name": 7, "active": "perhaps"},
    ]
    done = office.sync("customer", "upsert", rows)
    assert office.outcomes() == {
        1: "created",
        2: "created",
        3: "refused",
        4: "invalid",
        5: "created",
        6: "invalid",
        7: "invalid",
    }
    assert by_id(office, "CUSTOMER", "CUSTOMERID")["a/b::ü"]["NAME"] == 'C&A <Ltd> "x"'
    twice = office.row(6).error
    assert twice is not None
    assert twice.title == "Row 2 is about the same record."
    assert not done.is_clean


OBJECTS: list[tuple[str, str, dict[str, Any], str]] = [
    ("vendor", "VENDOR", {"vendorId": "SV-1", "vendorName": "Vend"}, "SV-1"),
    ("contact", "CONTACT", {"contactName": "Jane Sync", "printAs": "Jane"}, "Jane Sync"),
    ("account", "GLACCOUNT", {"accountNumber": "4999", "accountTitle": "Synced"}, "4999"),
    ("project", "PROJECT", {"projectId": "SP-1", "projectName": "P", "category": "Contract"}, ""),
    (
        "invoice",
        "ARINVOICE",
        {
            "invoiceNumber": "SI-1",
            "customerId": "C-00001",
            "dateCreated": "2026-03-02",
            "dateDue": "2026-04-01",
            "dueDate": "2026-04-01",
            "lineItems": [LINE],
        },
        "SI-1",
    ),
]


@pytest.mark.accepts("D9")
@pytest.mark.parametrize(("name", "wire", "values", "known_as"), OBJECTS, ids=lambda v: str(v)[:9])
def test_other_objects_obey_their_own_actions_rules(
    office: Office, name: str, wire: str, values: dict[str, Any], known_as: str
) -> None:
    known = {"invoice": {"dateDue"}, "project": set()}.get(name, set())
    given = {key: value for key, value in values.items() if key not in known}
    done = office.sync(name, "insert", [given])
    assert done.is_clean, office.told
    if known_as:
        assert known_as in office.created(wire)


def test_an_object_nobody_told_us_of_is_synced_under_its_own_names(tmp_path: Path) -> None:
    office = open_office(tmp_path / "data", "xml")
    office.sync("UOM", "insert", [{"NAME": "Pallet"}])
    (request,) = [r for r in office.requests if b"<UOM>" in r.body]
    assert b"<UOM><NAME>Pallet</NAME></UOM>" in request.body
    office.close()


@pytest.mark.accepts("D26", "D44")
def test_an_unknown_field_is_refused_by_its_name(rest: Office) -> None:
    done = rest.sync("customer", "insert", customers(1, colour="red") + customers(1, 1))
    assert done.counts == {"refused": 1, "created": 1}
    error = rest.row(1).error
    assert error is not None
    assert "colour" in f"{error.title} {error.field}".lower()


def test_a_test_sync_takes_the_first_rows_only(rest: Office) -> None:
    done = rest.sync("customer", "insert", customers(50), limit=3)
    assert done.counts == {"created": 3}
    assert len(rest.created("CUSTOMER")) == 3


@pytest.mark.accepts("D39", "E20")
def test_a_dry_run_checks_and_counts_and_writes_nothing(office: Office) -> None:
    rows = [*customers(3), {"customerId": "S-8", "name": "L", "creditLimit": "x"}]
    done = office.sync("customer", "upsert", rows, is_dry_run=True)
    assert done.counts == {"checked": 3, "invalid": 1}
    assert done.transactions == 3 + 1  # the records, and the look-up
    assert office.created("CUSTOMER") == []
    again = office.sync("customer", "upsert", rows[:3])
    assert again.counts == {"created": 3}  # nothing was planned under the same name


@pytest.mark.accepts("E18", "E20", "E22")
def test_every_record_of_a_batch_is_metered(office: Office) -> None:
    office.sync("customer", "insert", customers(30))
    services: Services = office.services
    month, _ = services.database.read(usage.this_month)
    (line,) = services.database.read(lambda c: usage.by_connection(c, month))
    assert (line.name, line.transactions) == (BOOKS, 30)


@pytest.mark.accepts("E24")
def test_a_budget_stops_the_sync_and_resuming_finishes_it(rest: Office) -> None:
    done = rest.sync("customer", "insert", customers(1200), budget=1100)
    assert done.stopped is not None
    assert "budget of 1,100" in done.stopped.title
    assert done.counts == {"created": 1000, "not sent": 200}
    assert rest.warned == ["1,000 of this month's 1,100 API transactions are used."]
    again = rest.sync("customer", "insert", customers(1200))
    assert again.counts == {"created": 1200}
    assert len(rest.created("CUSTOMER")) == len(set(rest.created("CUSTOMER"))) == 1200


def test_a_mapping_that_is_wrong_stops_before_the_first_row(rest: Office) -> None:
    with pytest.raises(InputError) as refused:
        rest.sync("customer", "insert", customers(1), mapping=[Row("a", "x", "sideways")])
    assert refused.value.field == "mapping[0]"
    assert not rest.calls()


def test_a_row_s_own_api_is_chosen_by_what_it_holds(tmp_path: Path) -> None:
    """Contacts to be joined are records of their own over REST, so such a row goes over XML."""
    both = {**open_values("xml"), **open_values("rest"), "preferredApi": "rest"}
    office = open_office(tmp_path / "data", "rest", values=both)
    rows = [
        *customers(1),
        {
            "customerId": "S-5",
            "name": "N",
            "restrictedLocation": ["100"],
            "restrictionType": "Restricted",
        },
    ]
    office.sync("customer", "insert", rows)
    kinds = sorted(call.split()[0] for call in office.calls())
    assert kinds == ["POST", "create"]
    office.close()


def open_values(api: str) -> dict[str, Any]:
    from tests.support.transfers import VALUES  # noqa: PLC0415

    return VALUES[api]


@pytest.mark.accepts("D28")
def test_batches_are_json_under_a_bearer_token(rest: Office) -> None:
    rest.sync("customer", "insert", customers(2))
    (request,) = [each for each in rest.requests if "/objects/" in each.url]
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["Authorization"].startswith("Bearer ")
    assert request.headers["Idempotency-Key"].startswith("aic-b")
    assert request.seconds == rest.services.settings.call_seconds


def test_a_file_is_read_as_it_is_sent(rest: Office, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("\ufeffcustomerId;name\nS-1;Müller\n", encoding="utf-8")
    outcomes = tmp_path / "outcomes.csv"
    done = rest.sync("customer", "insert", list(sources.csv_rows(path)), outcomes=outcomes)
    assert done.is_clean
    lines = outcomes.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "row,outcome,key,id,error,advice"
    assert lines[1].startswith("1,created,")
