"""What goes wrong on the way: recognised, told with a remedy, and nothing is doubled."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from connector.errors import OutcomeUnknown, RateLimited, Unreachable
from connector.http import HttpReply, HttpRequest
from connector.intacct.operation import Frozen, Operation, Verb
from connector.intacct.ports import EffectState
from connector.runtime.meter import StepMeter
from connector.store import audit, tables
from connector.transfer.ledger import RowLedger, Verdict
from connector.transfer.rows import Told
from connector.transfer.sending import Sender
from tests.support.transfers import Office, open_office

APIS = ("rest", "xml")
CREATE = {"rest": "POST /objects/accounts-receivable/customer", "xml": "create"}


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


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Waiting takes no time here; how long it would have taken is kept."""
    found: list[float] = []
    defaults = Sender.__init__.__defaults__
    assert defaults is not None
    monkeypatch.setattr(Sender.__init__, "__defaults__", (found.append, defaults[1]))
    return found


def customers(count: int, **more: Any) -> list[dict[str, Any]]:
    return [{"customerId": f"S-{n}", "name": f"Name {n}", **more} for n in range(count)]


def api_of(office: Office) -> str:
    office.services.connections.by_name("books")
    return "xml" if any("xmlgw" in each.url for each in office.requests) else "rest"


def error_reply(status: int, error: dict[str, Any], **headers: str) -> HttpReply:
    return HttpReply(status, dict(headers), json.dumps({"ia::error": error}).encode())


def told_error(told: Told) -> tuple[str, str]:
    assert told.error is not None
    return told.error.title, told.error.advice


def test_an_answer_that_is_lost_is_looked_up_and_nothing_is_written_twice(
    office: Office, request: pytest.FixtureRequest
) -> None:
    api = request.node.callspec.params["office"]
    office.arm("commit_then_502", CREATE[api])
    done = office.sync("customer", "insert", customers(20))
    assert done.is_clean, office.told
    assert sorted(office.created("CUSTOMER")) == sorted(f"S-{n}" for n in range(20))


def test_a_request_that_never_arrived_is_sent_again_by_itself(
    office: Office, request: pytest.FixtureRequest
) -> None:
    office.sync("customer", "insert", customers(1), run="signed in")
    office.answers.append(OutcomeUnknown("No answer within 30 seconds."))
    rows = [{"customerId": f"T-{n}", "name": "T"} for n in range(5)]
    done = office.sync("customer", "insert", rows)
    assert done.is_clean, office.told
    assert len(office.created("CUSTOMER")) == 6


@pytest.mark.accepts("D46")
def test_silence_that_nothing_can_be_looked_up_after_is_left_to_a_person(rest: Office) -> None:
    rest.sync("customer", "insert", customers(1), run="signed in")
    line = {"accountNumber": "4000", "amount": "10.00"}
    rows = [
        {
            "customerId": "C-00001",
            "dateCreated": "2026-03-02",
            "dueDate": "2026-04-01",
            "lineItems": [line],
        }
    ]
    rest.answers.append(OutcomeUnknown("Intacct did not answer within 120 seconds."))
    rest.sync("invoice", "insert", rows)
    assert rest.outcomes() == {1: "parked"}
    title, advice = told_error(rest.row(1))
    assert "did not answer" in title
    assert "document number" in advice


def test_without_waiting_an_unknown_outcome_is_told_as_such(rest: Office) -> None:
    rest.sync("customer", "insert", customers(1), run="signed in")
    rest.answers.append(OutcomeUnknown("silence"))
    rest.sync("vendor", "insert", [{"vendorId": "V-1", "vendorName": "V"}], waits=False)
    assert rest.outcomes() == {1: "uncertain"}
    again = rest.sync("vendor", "insert", [{"vendorId": "V-1", "vendorName": "V"}])
    assert again.counts == {"created": 1}
    assert rest.created("VENDOR") == ["V-1"]


@pytest.mark.accepts("D31", "D32", "D33")
def test_a_limit_is_waited_out_as_long_as_it_asks(rest: Office, waits: list[float]) -> None:
    rest.sync("customer", "insert", customers(1), run="signed in")
    limited = error_reply(429, {"code": "GW-0010", "message": "too many"}, **{"retry-after": "7"})
    rest.answers += [limited, limited]
    rows = [{"customerId": "T-1", "name": "T"}]
    assert rest.sync("customer", "insert", rows).is_clean
    assert waits == [7.0, 7.0]


@pytest.mark.accepts("D31", "D43")
def test_a_limit_that_lasts_stops_the_sync_with_the_likely_cause(
    rest: Office, waits: list[float]
) -> None:
    rest.sync("customer", "insert", customers(1), run="signed in")
    limited = error_reply(429, {"code": "GW-0010", "message": "too many"})
    rest.answers += [limited] * 4
    done = rest.sync("customer", "insert", [{"customerId": "T-1", "name": "T"}])
    assert isinstance(done.stopped, RateLimited)
    assert "Other integrations share the company's limit" in done.stopped.advice
    assert rest.outcomes() == {1: "not sent"}
    assert len(waits) == 3
    assert waits == sorted(waits)
    again = rest.sync("customer", "insert", [{"customerId": "T-1", "name": "T"}])
    assert again.counts == {"created": 1}


def test_nobody_there_is_tried_again_with_growing_pauses(rest: Office, waits: list[float]) -> None:
    rest.sync("customer", "insert", customers(1), run="signed in")
    rest.answers += [Unreachable("No route."), Unreachable("No route.")]
    assert rest.sync("customer", "insert", [{"customerId": "T-1", "name": "T"}]).is_clean
    assert len(waits) == 2


@pytest.mark.accepts("D5", "D40")
def test_a_token_that_ended_is_renewed_and_the_batch_goes_on(rest: Office) -> None:
    rest.sync("customer", "insert", customers(1), run="signed in")
    rest.app.test_client().post("/_sandbox/tokens/expire", json={})
    assert rest.sync("customer", "insert", [{"customerId": "T-1", "name": "T"}]).is_clean


@pytest.mark.accepts("D7", "D40")
def test_credentials_that_are_refused_stop_the_sync_and_say_what_to_do(tmp_path: Path) -> None:
    office = open_office(tmp_path / "data", "rest", values={"clientSecret": "wrong"})
    done = office.sync("customer", "insert", customers(2))
    assert done.stopped is not None
    assert done.stopped.advice
    assert office.outcomes() == {1: "not sent", 2: "not sent"}
    assert office.created("CUSTOMER") == []
    office.close()


@pytest.mark.accepts("D42")
def test_an_entity_the_user_may_not_enter_is_told_with_who_can_help(rest: Office) -> None:
    rest.sync("customer", "insert", customers(1), run="signed in")
    denied = {"code": "operationFailed", "message": "You do not have access to this entity."}
    rest.answers += [error_reply(403, denied)]
    rest.sync("customer", "insert", [{"customerId": "T-1", "name": "T"}])
    assert rest.outcomes() == {1: "refused"}
    title, advice = told_error(rest.row(1))
    assert "access" in title.lower()
    assert "administrator" in advice.lower()


@pytest.mark.accepts("D44")
def test_an_object_that_does_not_exist_is_told_by_name(tmp_path: Path) -> None:
    office = open_office(tmp_path / "data", "xml")
    office.sync("NOSUCHTHING", "insert", [{"NAME": "x"}])
    assert office.outcomes() == {1: "refused"}
    title, advice = told_error(office.row(1))
    assert "NOSUCHTHING" in f"{title} {advice}".upper()
    office.close()


@pytest.mark.accepts("D45")
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"lineItems": []}, "lineItems"),
        ({"lineItems": '[{"accountNumber": "4000", ]'}, "position 28"),
        ({"lineItems": [{"amount": "10.00"}]}, "lineItems[0]"),
        ({"lineItems": [{"accountNumber": "4000", "amount": "x"}]}, "lineItems[0].amount"),
        ({"lineItems": [{"accountNumber": "99999", "amount": "1.00"}]}, "99999"),
    ],
)
def test_an_invoice_that_does_not_hold_together_names_the_field(
    rest: Office, change: dict[str, Any], field: str
) -> None:
    row = {
        "invoiceNumber": "SI-1",
        "customerId": "C-00001",
        "dateCreated": "2026-03-02",
        "dueDate": "2026-04-01",
        **change,
    }
    rest.sync("invoice", "insert", [row])
    told = rest.row(1)
    assert told.outcome.value in {"invalid", "refused"}
    title, advice = told_error(told)
    assert told.error is not None
    assert field in f"{title} {told.error.field} {advice}"
    assert advice


def test_a_batch_refused_as_a_whole_is_halved_until_the_row_stands_alone(rest: Office) -> None:
    """One row that makes Intacct refuse the whole request costs the other rows nothing."""
    rest.sync("customer", "insert", customers(1), run="signed in")
    refusal = {"code": "invalidRequest", "message": "Payload contains errors", "errorId": "x"}
    seen: list[int] = []
    real = rest.services.http.send

    def send(request: HttpRequest) -> HttpReply:
        if "/objects/" in request.url:
            ids = [each["id"] for each in json.loads(request.body)]
            seen.append(len(ids))
            if "BAD" in ids:
                return error_reply(400, refusal)
        return real(request)

    rest.services.http.send = send  # type: ignore[method-assign]
    rows = [{"customerId": f"T-{n}", "name": "T"} for n in range(7)]
    rest.sync("customer", "insert", [*rows, {"customerId": "BAD", "name": "T"}])
    assert seen == [8, 4, 4, 2, 2, 1, 1]
    assert list(rest.outcomes().values()).count("created") == 7
    assert rest.row(8).outcome.value == "refused"


def test_a_request_too_large_for_the_api_is_parted(rest: Office) -> None:
    rows = customers(6, comments="x" * 300_000)
    done = rest.sync("customer", "insert", rows)
    batches = [each for each in rest.requests if "/objects/" in each.url]
    assert all(len(each.body) <= 1024 * 1024 for each in batches)
    assert sum(done.counts.values()) == 6
    assert "not sent" not in rest.outcomes().values()


@pytest.mark.accepts("D47")
def test_a_record_made_between_look_and_write_is_updated_after_all(rest: Office) -> None:
    rest.sync("customer", "insert", customers(1), run="signed in")
    real = rest.services.http.send
    made = threading.Event()

    def send(request: HttpRequest) -> HttpReply:
        reply = real(request)
        if request.url.endswith("/query") and not made.is_set():
            made.set()
            rest.services.http.send = real  # type: ignore[method-assign]
            rest.sync("customer", "insert", [{"customerId": "T-1", "name": "Other"}], run="other")
        return reply

    rest.services.http.send = send  # type: ignore[method-assign]
    done = rest.sync("customer", "upsert", [{"customerId": "T-1", "name": "Ours"}])
    assert done.counts == {"updated": 1}
    assert rest.created("CUSTOMER") == ["S-0", "T-1"]
    (record,) = [r for r in rest.records("CUSTOMER") if r["CUSTOMERID"] == "T-1"]
    assert record["NAME"] == "Ours"


class Killed(BaseException):
    """The process is gone."""


def test_a_sync_that_was_killed_goes_on_without_doubling_a_row(office: Office) -> None:
    """The second request dies on its way back: what it wrote is there, and nobody here knows."""
    rows = customers(1300)
    real = office.services.http.send
    left = [2]

    def send(request: HttpRequest) -> HttpReply:
        reply = real(request)
        is_write = "/objects/" in request.url or b"<create>" in request.body
        left[0] -= is_write
        if left[0] <= 0:
            raise Killed
        return reply

    office.services.http.send = send  # type: ignore[method-assign]
    with pytest.raises(Killed):
        office.sync("customer", "insert", rows)
    office.services.http.send = real  # type: ignore[method-assign]
    _end_deadlines(office)
    office.requests.clear()
    done = office.sync("customer", "insert", rows)
    assert done.counts == {"created": 1300}
    looks = [call for call in office.calls() if call.endswith("query")]
    assert 1 <= len(looks) <= 10  # the rows on their way are looked up together
    assert sorted(office.created("CUSTOMER")) == sorted(row["customerId"] for row in rows)
    again = office.sync("customer", "insert", rows)
    assert again.counts == {"created": 1300}
    assert again.transactions == 0


def _end_deadlines(office: Office) -> None:
    """Let the calls of the dead process be over, as they are after some minutes."""
    effect = tables.effect
    office.services.database.write(
        lambda c: (
            c.execute(
                effect.update().where(effect.c.state == "sending").values(call_deadline=0)
            ).rowcount
        )
    )


def test_a_finished_upsert_that_is_resumed_asks_nothing(rest: Office) -> None:
    rest.sync("customer", "upsert", customers(3))
    rest.requests.clear()
    done = rest.sync("customer", "upsert", customers(3))
    assert done.counts == {"created": 3}
    assert rest.calls() == []


def test_a_row_is_sent_by_one_process_only(rest: Office) -> None:
    """Two processes resume the same sync: whoever marks a row first sends it."""
    database, patience = rest.services.database, rest.services.patience
    ledgers = [RowLedger(database, "c", "scope", "run-1", patience) for _ in range(2)]
    frozen = Frozen("rest", "POST /objects/a/b", "POST /objects/a/b", is_write=True)
    operation = Operation(Verb.CREATE, "customer", frozen=frozen)
    plans = [ledger.plan({"one": operation, "two": operation}) for ledger in ledgers]
    assert plans[0] == plans[1]
    names = {op_key: known.control_id for op_key, known in plans[0].items()}
    first, rest_of_it = list(names.items())
    assert ledgers[0].mark_sending(dict([first]), 30.0).keys() == {first[0]}
    assert ledgers[1].mark_sending(names, 30.0).keys() == {rest_of_it[0]}
    assert ledgers[0].mark_sending(names, 30.0) == {}


def test_a_verdict_from_an_epoch_that_is_over_changes_nothing(rest: Office) -> None:
    database, patience = rest.services.database, rest.services.patience
    ledger = RowLedger(database, "c", "scope", "run-1", patience)
    frozen = Frozen("rest", "POST /objects/a/b", "POST /objects/a/b", is_write=True)
    (known,) = ledger.plan({"one": Operation(Verb.CREATE, "customer", frozen=frozen)}).values()
    (epoch,) = ledger.mark_sending({known.op_key: known.control_id}, 30.0).values()
    late = Verdict(known.op_key, epoch - 1, EffectState.SUCCEEDED, "12")
    ledger.judge([late], StepMeter())
    assert ledger.known([known.op_key])[known.op_key].state is EffectState.SENDING
    ledger.judge([Verdict(known.op_key, epoch, EffectState.SUCCEEDED, "12")], StepMeter())
    assert ledger.known([known.op_key])[known.op_key].key == "12"


def test_changed_content_under_the_same_name_is_not_written_over(rest: Office) -> None:
    rest.sync("customer", "insert", customers(1))
    done = rest.sync("customer", "insert", [{"customerId": "S-0", "name": "Changed"}])
    assert done.counts == {"invalid": 1}
    title, _ = told_error(rest.row(1))
    assert "has written S-0 with other content" in title or "other content" in title
    assert len(rest.created("CUSTOMER")) == 1


def test_a_refused_row_is_tried_again_when_the_sync_is_resumed(rest: Office) -> None:
    bad = [{"customerId": "S-1", "name": "N", "termName": "Net 99"}]
    assert rest.sync("customer", "insert", bad).counts == {"refused": 1}
    good = [{"customerId": "S-1", "name": "N", "termName": "Net 30"}]
    assert rest.sync("customer", "insert", good).counts == {"created": 1}


def test_rows_without_a_key_are_told_apart_by_their_number(rest: Office) -> None:
    """Two equal rows are two records, and stay two however often the sync is resumed."""
    rows = [{"displayContact.lastName": "Twin", "name": "Twin"}] * 2
    rest.sync("customer", "insert", rows)
    before = rest.created("CUSTOMER")
    rest.sync("customer", "insert", rows)
    assert rest.created("CUSTOMER") == before


def test_every_row_is_one_effect_with_its_audit_row(rest: Office) -> None:
    rest.sync("customer", "insert", customers(7))
    effect = tables.effect
    database = rest.services.database
    rows = database.read(lambda c: list(c.execute(sa.select(effect))))
    assert len({row.op_key for row in rows}) == 7
    assert {(row.state, row.call, row.run_id) for row in rows} == {("succeeded", "row", "run-1")}
    assert all(row.key and row.control_id.startswith("aic-") for row in rows)
    trail = sa.select(tables.audit).where(tables.audit.c.action == "effect.succeeded")
    assert len(database.read(lambda c: list(c.execute(trail)))) == 7
    assert database.read(audit.verify) is None


def test_requests_are_in_flight_up_to_the_limit_and_no_more(rest: Office) -> None:
    here, most, lock = [0], [0], threading.Lock()
    both = threading.Barrier(2, timeout=20)
    real = rest.services.http.send

    def send(request: HttpRequest) -> HttpReply:
        if "/objects/" not in request.url:
            return real(request)
        with lock:
            here[0] += 1
            most[0] = max(most[0], here[0])
        both.wait()  # each waits for another one that is under way
        try:
            return real(request)
        finally:
            with lock:
                here[0] -= 1

    rest.services.http.send = send  # type: ignore[method-assign]
    assert rest.sync("customer", "insert", customers(2000)).is_clean
    assert most[0] == 2
