"""What is promised of every call over REST: tokens, limits, silence, and keys that are kept."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from connector import registry
from connector.errors import (
    ConnectionProblem,
    DuplicateRecord,
    InputError,
    RateLimited,
    Refused,
    Unavailable,
    Uncertain,
    Unreachable,
)
from connector.intacct.dialects.rest import RestDialect
from connector.intacct.operation import AnyOf, Condition, Operation, Page, Verb
from connector.intacct.ports import EffectState
from tests.contract.actions.rest_books import RestBooks, open_rest_books

CREATE = "POST /objects/accounts-receivable/customer"
QUAY = {"customerId": "C-QUAY", "customerName": "Quay Ltd"}


def run(books: RestBooks, key: str, **inputs: Any) -> dict[str, Any]:
    return registry.load().action(key).run(books.context, inputs)


@pytest.fixture
def books() -> RestBooks:
    """A fresh company that is reached over REST alone."""
    return open_rest_books()


def header(books: RestBooks, name: str, place: int = -1) -> str | None:
    return {key.lower(): value for key, value in books.requests[place].headers.items()}.get(name)


# --- Tokens


@pytest.mark.accepts("D4", "D5", "D28")
def test_a_token_is_fetched_once_and_rides_on_every_call(books: RestBooks) -> None:
    run(books, "createCustomer", **QUAY)
    run(books, "getCustomer", customerId="C-QUAY")
    assert books.counted.count("POST /oauth2/token") == 1
    assert books.tokens.token is not None
    assert header(books, "authorization") == f"Bearer {books.tokens.token.value}"


@pytest.mark.parametrize("status", ["401", "400"])
def test_an_ended_token_is_renewed_once_and_the_write_happens_once(status: str) -> None:
    """A refused token means that nothing was executed, in either spelling of the refusal."""
    books = open_rest_books(rest_invalid_token_status=status)
    run(books, "getCustomer", customerId="C-00001")
    assert books.tokens.token is not None
    first = books.tokens.token
    books.expire_tokens()
    run(books, "createCustomer", **QUAY)
    assert books.calls[-2:] == [CREATE, CREATE]
    assert books.tokens.renewals == 2
    assert books.tokens.token.refresh_token != first.refresh_token  # it rotates
    assert books.count_of("CUSTOMER") == 1


def test_a_spent_refresh_token_falls_back_to_the_connections_user(books: RestBooks) -> None:
    run(books, "getCustomer", customerId="C-00001")
    assert books.tokens.token is not None
    books.tokens.token = dataclasses.replace(books.tokens.token, refresh_token="spent", value="x")
    assert run(books, "getCustomer", customerId="C-00001")["found"] is True


def test_a_connection_that_a_person_allowed_asks_to_be_connected_again(books: RestBooks) -> None:
    """Its refresh token answered once and the answer was lost: nobody tries that for ever."""
    books = open_rest_books(username="")
    with pytest.raises(ConnectionProblem, match="no permission"):
        run(books, "getCustomer", customerId="C-00001")
    assert books.counted == []


def test_a_wrong_secret_is_told_in_a_sentence() -> None:
    books = open_rest_books(client_secret="wrong")
    with pytest.raises(ConnectionProblem) as refused:
        run(books, "getCustomer", customerId="C-00001")
    assert refused.value.title == "Intacct does not accept the client ID or the client secret."


def test_silence_at_the_door_says_nothing_about_the_write(books: RestBooks) -> None:
    books.arm("commit_then_502", "POST /oauth2/token")
    with pytest.raises(Unreachable):
        run(books, "createCustomer", **QUAY)
    assert books.ledger.effects["main-0"].state is not EffectState.SUCCEEDED
    assert books.count_of("CUSTOMER") == 0


# --- Headers


@pytest.mark.accepts("D8")
def test_the_entity_rides_on_every_call_but_reads_of_the_companys_own_objects() -> None:
    books = open_rest_books(entity_id="100")
    run(books, "getCustomer", customerId="C-00001")
    assert header(books, "x-ia-api-param-entity") == "100"
    books.context.intacct.query("location", select=["locationId"], limit=1)
    assert header(books, "x-ia-api-param-entity") is None


def test_writes_alone_carry_an_idempotency_key_and_it_is_the_effects_own(books: RestBooks) -> None:
    created = run(books, "createCustomer", **QUAY)
    assert header(books, "idempotency-key") == "fn-main-0"
    run(books, "getCustomer", recordNo=created["key"])
    assert header(books, "idempotency-key") is None


def test_a_dry_run_shows_the_request_without_its_token(books: RestBooks) -> None:
    from connector.intacct.layers.preview import Previewed  # noqa: PLC0415 - beside its one use

    dry = open_rest_books(is_dry_run=True)
    with pytest.raises(Previewed) as shown:
        run(dry, "createCustomer", **QUAY)
    assert shown.value.document.startswith("POST http://sandbox.test/ia/api/v1/objects/")
    assert "Bearer •••" in shown.value.document
    assert '"id":"C-QUAY"' in shown.value.document
    assert dry.counted == []


# --- Limits


@pytest.mark.accepts("D32", "D33")
@pytest.mark.parametrize("status", ["429", "503"])
@pytest.mark.parametrize("name", ["Retry-After", "X-IA-Throttle-Limit-RetryAfter"])
def test_one_call_too_many_is_not_executed_and_says_when_to_come_back(
    status: str, name: str
) -> None:
    books = open_rest_books(
        rest_minute_limit="1",
        rest_overload_status=status,
        rest_retry_header=name,
        retry_after_seconds="7",
    )
    run(books, "getCustomer", customerId="C-00001", fields="customerName")
    with pytest.raises(RateLimited) as refused:
        run(books, "createCustomer", **QUAY)
    assert refused.value.retry_after == 7
    assert books.count_of("CUSTOMER") == 0
    assert not refused.value.is_kept


def test_limits_that_replies_tell_reach_the_limiter() -> None:
    books = open_rest_books(rest_minute_limit="500")
    run(books, "getCustomer", customerId="C-00001")
    assert {report.calls_a_minute for report in books.reports} == {None, 500}


# --- Silence: F10, F11, F12 over REST


@pytest.mark.accepts("F10", "F11", "F12")
@pytest.mark.parametrize("fault", ["commit_then_502", "commit_then_524", "html_200"])
def test_a_write_without_a_clear_answer_is_uncertain_and_settled_by_looking(fault: str) -> None:
    books = open_rest_books()
    books.arm(fault, CREATE)
    with pytest.raises(Uncertain):
        run(books, "createCustomer", **QUAY)
    assert books.calls == [CREATE]
    is_there = fault != "html_200"
    client = books.context.intacct
    identity = books.ledger.operations["main-0"].identity
    assert identity is not None
    assert (client.find_same("customer", identity) is not None) is is_there
    again = client.resend(books.ledger.operations["main-0"])
    assert again.key
    assert books.count_of("CUSTOMER") == 1


def test_a_resend_repeats_bytes_and_key_and_is_answered_with_the_first_answer() -> None:
    books = open_rest_books()
    books.arm("commit_then_502", CREATE)
    with pytest.raises(Uncertain):
        run(books, "createCustomer", **QUAY)
    books.context.intacct.resend(books.ledger.operations["main-0"])
    first, second = books.requests[-2:]
    assert (first.body, first.url, first.headers) == (second.body, second.url, second.headers)
    assert "x-ia-idempotency-cached-date" in books.replies[-1].headers


def test_a_resend_that_brings_the_first_refusal_is_a_refusal() -> None:
    """The kept answer explains the first sending, so nothing is uncertain any more."""
    books = open_rest_books()
    run(books, "createCustomer", **QUAY)
    books.arm("commit_then_502", CREATE)
    with pytest.raises(Uncertain):
        run(books, "createCustomer", **QUAY)
    with pytest.raises(DuplicateRecord) as refused:
        books.context.intacct.resend(books.ledger.operations["main-1"])
    assert refused.value.is_replay
    assert books.ledger.verdicts["main-1"][-1] == "refuse"


def test_other_bytes_under_a_used_key_are_doubt_and_no_second_record() -> None:
    books = open_rest_books()
    run(books, "createCustomer", **QUAY)
    client = books.context.intacct
    operation = books.ledger.operations["main-0"]
    other = RestDialect().freeze(
        Operation(Verb.CREATE, "customer", {"customerId": "C-2", "customerName": "Other"})
    )
    with pytest.raises(Uncertain):
        client.resend(operation.with_frozen(other))
    assert books.count_of("CUSTOMER") == 1


def test_what_is_refused_for_now_needs_another_key_next_time() -> None:
    """The server would give the same answer to the same key for 48 hours."""
    books = open_rest_books()
    error = {"code": "operationFailed", "message": "Please try again later"}
    books.answer_once(422, json.dumps({"ia::result": {"ia::error": error}}).encode())
    with pytest.raises(Unavailable) as refused:
        run(books, "createCustomer", **QUAY)
    assert refused.value.is_kept
    assert books.ledger.verdicts["main-0"] == ["refuse"]


def test_a_refusal_by_the_gateway_leaves_the_key_unused() -> None:
    books = open_rest_books()
    books.arm("rate_limit", CREATE)
    with pytest.raises(RateLimited):
        run(books, "createCustomer", **QUAY)
    assert books.ledger.verdicts["main-0"] == ["put_back"]


def test_a_read_is_tried_again_after_silence_a_write_is_not(books: RestBooks) -> None:
    books.arm("commit_then_502", "POST /services/core/query")
    found = books.context.intacct.query("customer", select=["customerId"], limit=1)
    assert len(found) == 1
    assert books.calls == ["POST /services/core/query"] * 2


# --- Errors


@pytest.mark.accepts("E7", "D44", "D45")
@pytest.mark.parametrize("envelope", ["result", "top"])
@pytest.mark.parametrize("duplicate", ["422", "409"])
def test_refusals_mean_the_same_in_every_form(envelope: str, duplicate: str) -> None:
    books = open_rest_books(rest_error_envelope=envelope, rest_duplicate_status=duplicate)
    run(books, "createCustomer", **QUAY)
    with pytest.raises(DuplicateRecord) as refused:
        run(books, "createCustomer", **QUAY)
    assert refused.value.support_id
    line = {"accountNumber": "NONE", "amount": "1.00"}
    with pytest.raises(Refused) as wrong:
        run(
            books,
            "createInvoice",
            customerId="C-QUAY",
            dateCreated="2026-03-02",
            dueDate="2026-04-01",
            lineItems=[line],
        )
    assert wrong.value.field.startswith("lineItems")
    assert "NONE" in wrong.value.title


@pytest.mark.accepts("E8")
def test_a_post_without_a_body_never_leaves(books: RestBooks) -> None:
    with pytest.raises(InputError, match="Nothing is given"):
        books.context.intacct.create("customer", {})
    assert books.requests == []


# --- Queries


def test_pages_go_on_in_the_order_of_record_numbers(books: RestBooks) -> None:
    client = books.context.intacct
    whole = [row["recordNo"] for row in client.query("customer", select=["recordNo"])]
    assert [int(each) for each in whole] == sorted(int(each) for each in whole)
    pages: list[str] = []
    place = ""
    while True:
        page = client.list_page("customer", select=["customerId"], size=7, after=place)
        assert page.total == len(whole)
        pages += [record["key"] for record in page.records]
        place = page.next
        if not place:
            break
    assert pages == whole


@pytest.mark.parametrize("last", ["null", "zero", "omitted"])
def test_the_last_page_ends_a_list_however_it_is_told(last: str) -> None:
    books = open_rest_books(rest_last_page=last)
    client = books.context.intacct
    rows = client.query("customer", select=["customerId"], order_by=["customerId"])
    assert len(rows) == len({row["customerId"] for row in rows})


def test_nested_conditions_find_the_same_over_both_apis() -> None:
    books = open_rest_books(with_xml=True)
    where = AnyOf(
        (
            Condition("customerId", "like", ("%0000%",)),
            Condition("customerName", "in", ("Harbour Cafe", "Nobody")),
        )
    )
    found = [
        [
            row["customerId"]
            for row in books.context.intacct.asking_for(api).query(
                "customer", select=["customerId"], where=where
            )
        ]
        for api in ("xml", "rest")
    ]
    assert found[0] == found[1] != []


def test_an_oversized_page_is_refused_before_any_call(books: RestBooks) -> None:
    with pytest.raises(InputError):
        books.context.intacct.list_page("customer", select=["customerId"], size=4001)
    assert Page().size <= 4000
    assert books.requests == []
