"""Replies of the REST API: three forms of errors, and success only where it is said."""

from __future__ import annotations

import json
from typing import Any

import pytest

from connector.errors import (
    ConnectionProblem,
    ConnectorError,
    DuplicateRecord,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Refused,
    SessionExpired,
    Unavailable,
)
from connector.intacct.dialects.rest import RestDialect
from connector.intacct.operation import Frozen, Operation, Result, Verb

DIALECT = RestDialect()
INVOICE = {
    "customerId": "C-1",
    "dateCreated": "2026-03-02",
    "dueDate": "2026-04-01",
    "lineItems": [{"accountNumber": "4000", "amount": "1.00"}],
}
CREATE = DIALECT.freeze(Operation(Verb.CREATE, "invoice", INVOICE))
READ = DIALECT.freeze(Operation(Verb.READ, "invoice", keys=("12",)))
QUERY = DIALECT.freeze(Operation(Verb.QUERY, "invoice", fields=("recordNo", "invoiceNumber")))
DELETE = DIALECT.freeze(Operation(Verb.DELETE, "invoice", keys=("12",)))
SEVERAL = DIALECT.freeze(Operation(Verb.DELETE, "invoice", keys=("12", "13")))
REPLAYED = {"x-ia-idempotency-cached-date": "2026-03-02T10:00:00Z"}


def answered(
    frozen: Frozen, status: int, document: Any, headers: dict[str, str] | None = None
) -> Result:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return DIALECT.read_reply(status, headers or {}, body, frozen, "aic-1")


def refused(
    frozen: Frozen, status: int, document: Any, headers: dict[str, str] | None = None
) -> ConnectorError:
    with pytest.raises(ConnectorError) as raised:
        answered(frozen, status, document, headers)
    return raised.value


def error(code: str = "invalidRequest", message: str = "No.", **more: Any) -> dict[str, Any]:
    return {"code": code, "message": message, "supportId": "S%7E1", **more}


def inside(found: dict[str, Any]) -> dict[str, Any]:
    meta = {"totalCount": 1, "totalSuccess": 0, "totalError": 1}
    return {"ia::result": {"ia::error": found}, "ia::meta": meta}


def test_a_created_record_is_known_by_its_key() -> None:
    keys = {"key": "4774", "id": "4774", "href": "/objects/accounts-receivable/invoice/4774"}
    found = answered(CREATE, 201, {"ia::result": keys, "ia::meta": {"totalCount": 1}})
    assert (found.key, found.api, found.control_id) == ("4774", "rest", "aic-1")
    # For transactions the id is the key again; the number people know has to be read.
    assert found.rows == ({"RECORDNO": "4774"},)


@pytest.mark.parametrize(
    "document",
    [b"", b"{}", {"ia::result": {}}, {"ia::result": {"id": "x"}}, {"ia::result": [1]}, [1], b"3"],
)
def test_success_without_a_key_is_no_success(document: Any) -> None:
    assert isinstance(refused(CREATE, 201, document), OutcomeUnknown)


def test_a_page_tells_its_total_and_what_remains() -> None:
    rows = [{"key": "1", "invoiceNumber": "A"}, {"key": "2", "invoiceNumber": "B"}]
    meta = {"totalCount": 5, "start": 3, "pageSize": 2, "next": 5, "previous": 1}
    page = answered(QUERY, 200, {"ia::result": rows, "ia::meta": meta})
    assert (page.count, page.total, page.remaining) == (2, 5, 1)
    assert page.rows[1] == {"RECORDNO": "2", "RECORDID": "B"}
    assert page.list_type == "ARINVOICE"


@pytest.mark.parametrize("end", [{"next": None}, {"next": 0}, {}])
def test_the_last_page_is_told_in_each_known_way(end: dict[str, Any]) -> None:
    meta = {"totalCount": 3, "start": 3, "pageSize": 2, **end}
    page = answered(QUERY, 200, {"ia::result": [{"key": "3"}], "ia::meta": meta})
    assert page.remaining == 0


def test_lines_come_as_rows_and_numbers_stay_exact() -> None:
    body = (
        b'{"ia::result":{"key":"12","id":"12","currency":{"exchangeRate":{"rate":1.100000000001}},'
        b'"lines":[{"key":"1","txnAmount":"0.10"}]},"ia::meta":{"totalCount":1}}'
    )
    (row,) = answered(READ, 200, body).rows
    assert row["ARINVOICEITEMS"] == [{"RECORDNO": "1", "TRX_AMOUNT": "0.10"}]
    assert row["EXCHANGE_RATE"] == "1.100000000001"


def test_a_key_that_leads_nowhere_is_an_answer_to_a_read_only() -> None:
    absent = inside(error("notFound", "The key 12 is not found"))
    assert answered(READ, 404, absent).rows == ()
    assert isinstance(refused(DELETE, 404, absent), NotFound)


def test_a_deletion_answers_without_a_body() -> None:
    assert answered(DELETE, 204, b"").key == ""


@pytest.mark.parametrize("status", [301, 302, 307, 400])
def test_a_deletion_that_was_sent_elsewhere_or_names_no_failure_is_no_success(status: int) -> None:
    body = b"" if status < 400 else b'{"ia::result":[{}],"ia::meta":{}}'
    with pytest.raises(OutcomeUnknown):
        answered(SEVERAL, status, body)


def test_of_several_deletions_the_one_that_failed_by_itself_is_told() -> None:
    items = [
        {"ia::error": error("unprocessed", "Skipped."), "ia::status": 422},
        {"ia::error": error("operationFailed", "Record 13 is in use"), "ia::status": 422},
    ]
    for status in (207, 422):
        found = refused(SEVERAL, status, {"ia::result": items, "ia::meta": {}})
        assert isinstance(found, Refused)
        assert "13" in found.title


@pytest.mark.parametrize(
    "document",
    [
        inside(error(errorId="REST-1106")),
        {"ia::error": error(errorId="REST-1106"), "ia::meta": {}},
        {"error": error(errorId="REST-1106")},
    ],
    ids=["inside", "top", "token"],
)
def test_errors_are_found_in_each_of_their_places(document: Any) -> None:
    found = refused(CREATE, 400, document)
    assert isinstance(found, Refused)
    assert (found.title, found.code, found.support_id) == ("No.", "REST-1106", "S%7E1")


def test_an_error_below_a_good_status_is_an_error() -> None:
    assert isinstance(refused(CREATE, 200, inside(error())), Refused)


def test_the_cause_goes_before_what_is_wrapped_around_it() -> None:
    details = [
        {
            "code": "BL03000018",
            "message": "The amount is missing [Support ID: S%7E1]",
            "target": "/lines/0/txnAmount",
        }
    ]
    found = refused(
        CREATE,
        422,
        inside(error("operationFailed", "Operation create object x failed", details=details)),
    )
    assert found.title == "The amount is missing."
    assert found.code == "BL03000018"
    assert found.field == "lineItems[0].amount"


@pytest.mark.parametrize(
    ("target", "field"),
    [
        ("/customer/id", "customerId"),
        ("/customer", "customerId"),
        ("/lines/2/glAccount/id", "lineItems[2].accountNumber"),
        ("/lines/2/glAccount", "lineItems[2].accountNumber"),
        ("/lines", "lineItems"),
        ("/lines/1/odd/thing", "lineItems[1].odd.thing"),
        ("/odd", "odd"),
    ],
)
def test_a_complaint_names_the_field_as_users_know_it(target: str, field: str) -> None:
    details = [{"code": "invalidRequest", "message": "No.", "target": target}]
    assert refused(CREATE, 400, inside(error(details=details))).field == field


@pytest.mark.parametrize(
    ("status", "found", "kind"),
    [
        (401, error("tokenInvalid", errorId="REST-2102"), SessionExpired),
        (400, error("tokenInvalid"), SessionExpired),
        (401, error("GW-0031"), SessionExpired),
        (401, error("GW-0034"), SessionExpired),
        (400, error("GW-0011"), ConnectionProblem),
        (403, error("GW-0042"), ConnectionProblem),
        (403, error("forbidden", "You may not."), Refused),
        (404, error("notFound", "No such key"), NotFound),
        (405, error(), Refused),
        (409, error("conflict", "The Idempotency-Key was used"), OutcomeUnknown),
        (409, error("conflict", "Unique key"), DuplicateRecord),
        (422, error("operationFailed", "Customer C-1 already exists"), DuplicateRecord),
        (422, error("operationFailed", "Please try again later"), Unavailable),
        (422, error("operationFailed", "No."), Refused),
        (429, error("GW-0010"), RateLimited),
        (503, error("GW-0010"), RateLimited),
        (500, error("operationFailed"), OutcomeUnknown),
        (503, error("busy"), OutcomeUnknown),
    ],
)
def test_each_refusal_has_its_meaning(
    status: int, found: dict[str, Any], kind: type[ConnectorError]
) -> None:
    assert type(refused(CREATE, status, inside(found))) is kind


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"x-ia-throttle-limit-retryafter": "60"}, 60.0),
        ({"x-ia-hour-rate-limit-retry-after": "5"}, 5.0),
        ({}, None),
    ],
)
def test_a_limit_says_when_to_come_back(headers: dict[str, str], seconds: float | None) -> None:
    found = refused(CREATE, 429, {"ia::error": error("GW-0010")}, headers)
    assert isinstance(found, RateLimited)
    assert found.retry_after == seconds


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (502, b"<html>Bad gateway</html>", OutcomeUnknown),
        (524, b"<html>A timeout occurred</html>", OutcomeUnknown),
        (200, b"<html>Maintenance</html>", OutcomeUnknown),
        (201, b'{"ia::result": {"key": "1"', OutcomeUnknown),
        (404, b'{"odd": true}', OutcomeUnknown),
        (500, b"", OutcomeUnknown),
        (429, b"<html>Slow down</html>", RateLimited),
        (503, b"API rate limit exceeded", RateLimited),
        (401, b"", SessionExpired),
        (201, b'{"ia::result": {"key": 1e999999999}}', OutcomeUnknown),
        (200, b"[" * 100_000, OutcomeUnknown),
    ],
)
def test_what_is_no_answer_is_not_taken_for_one(
    status: int, body: bytes, kind: type[ConnectorError]
) -> None:
    assert type(refused(CREATE, status, body)) is kind


def test_a_queued_request_is_not_done() -> None:
    job = {"ia::result": {"jobId": "j", "state": "queued"}, "ia::meta": {"totalCount": 1}}
    found = refused(CREATE, 202, job)
    assert isinstance(found, OutcomeUnknown)
    assert "queue" in found.title


def test_what_the_company_answered_is_kept_with_its_key_and_what_the_gateway_said_is_not() -> None:
    """A kept answer comes again for 48 hours, so only another key can bring another one."""
    assert refused(CREATE, 422, inside(error())).is_kept
    assert refused(CREATE, 403, inside(error())).is_kept
    assert not refused(CREATE, 429, {"ia::error": error("GW-0010")}).is_kept
    assert not refused(CREATE, 401, {"error": error("tokenInvalid")}).is_kept
    assert not refused(CREATE, 422, inside(error())).is_replay
    replayed = refused(CREATE, 422, inside(error()), REPLAYED)
    assert replayed.is_kept
    assert replayed.is_replay


BATCH = DIALECT.freeze_many([Operation(Verb.CREATE, "invoice", INVOICE)] * 3)


def batch(status: int, items: Any) -> Any:
    body = json.dumps({"ia::result": items, "ia::meta": {}}).encode()
    return DIALECT.read_many(status, {}, body, BATCH, "aic-1")


@pytest.mark.parametrize("is_wrapped", [True, False])
def test_each_record_of_a_batch_has_its_own_outcome(is_wrapped: bool) -> None:
    keys = {"key": "1", "id": "1"}
    done = {"ia::result": keys, "ia::status": 201} if is_wrapped else {**keys, "ia::status": 201}
    failed = {"ia::error": error("operationFailed", "No such customer"), "ia::status": 422}
    first, second, third = batch(207, [done, failed, {"ia::status": 201}])
    assert isinstance(first, Result)
    assert first.key == "1"
    assert isinstance(second, Refused)
    assert isinstance(third, OutcomeUnknown)


def test_a_batch_whose_answers_do_not_match_is_unclear() -> None:
    with pytest.raises(OutcomeUnknown):
        batch(207, [{"ia::status": 201}])
    with pytest.raises(OutcomeUnknown):
        batch(200, {"key": "1"})


def test_a_batch_refused_as_a_whole_raises() -> None:
    body = json.dumps(inside(error())).encode()
    with pytest.raises(Refused):
        DIALECT.read_many(400, {}, body, BATCH, "aic-1")
