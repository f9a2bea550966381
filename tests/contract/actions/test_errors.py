"""What a person reads when Intacct refuses, provoked in the sandbox company."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import flask
import httpx
import pytest

from connector import registry
from connector.component import Context
from connector.errors import (
    ConnectionProblem,
    ConnectorError,
    DuplicateRecord,
    InputError,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Refused,
)
from connector.http import HttpReply, HttpRequest, OutboundClient
from connector.intacct.dialects.xml import SessionToken
from connector.intacct.operation import Operation
from connector.intacct.ports import EffectLedger, Ports
from connector.intacct.stack import open_company
from connector.intacct.wire import Company
from connector.sandbox import config as sandbox

LINE = {"accountNumber": "4000", "amount": "10.00"}
INVOICE = {
    "customerId": "C-00001",
    "dateCreated": "2026-03-02",
    "dueDate": "2026-04-02",
    "invoiceNumber": "INV-E1",
    "lineItems": [LINE],
}
GOOD = Company(
    endpoint=f"http://sandbox.test{sandbox.GATEWAY_PATH}",
    sender_id=sandbox.SENDER_ID,
    sender_password=sandbox.SENDER_PASSWORD,
    company_id=sandbox.COMPANY_ID,
    user_id=sandbox.USER_ID,
    user_password=sandbox.USER_PASSWORD,
)


class Books(Protocol):
    """What the fixtures of this folder give."""

    context: Context
    ledger: EffectLedger
    app: flask.Flask
    sent: list[str]
    counted: list[str]

    def expire_sessions(self) -> None: ...


@dataclass
class Calls:
    """The port of everything that needs no memory here, and what a company was sent."""

    functions: list[str] = field(default_factory=list)
    token: SessionToken | None = None

    def count(self, function: str) -> None:
        self.functions.append(function)

    def current(self) -> SessionToken | None:
        return self.token

    def renew(
        self, stale: SessionToken | None, sign_in: Callable[[], SessionToken]
    ) -> SessionToken:
        assert stale == self.token
        self.token = sign_in()
        return self.token

    @contextmanager
    def slot(self, operation: Operation) -> Iterator[None]:
        yield


def company(books: Books, *answers: HttpReply, **changes: str) -> tuple[Context, Calls]:
    """Return the same company under other credentials, or first with other answers."""
    calls, waiting = Calls(), list(answers)
    client = OutboundClient(["sandbox.test:80"], transport=httpx.WSGITransport(books.app))

    def send(request: HttpRequest) -> HttpReply:
        if waiting and b"<getAPISession/>" not in request.body:
            return waiting.pop(0)
        return client.send(request)

    ports = Ports(books.ledger, calls, calls, calls)
    opened = open_company(dataclasses.replace(GOOD, **changes), send, ports)
    return Context(intacct_client=opened), calls


def run(context: Context, key: str, **inputs: Any) -> dict[str, Any]:
    return registry.load().action(key).run(context, inputs)


def refusal(context: Context, key: str, **inputs: Any) -> ConnectorError:
    with pytest.raises(ConnectorError) as caught:
        run(context, key, **inputs)
    return caught.value


@pytest.mark.accepts("A47", "A51")
def test_a_second_customer_of_the_same_id_is_a_duplicate(books: Books) -> None:
    run(books.context, "createCustomer", customerId="C-E1", customerName="Acme")
    error = refusal(books.context, "createCustomer", customerId="C-E1", customerName="Other")
    assert type(error) is DuplicateRecord
    assert "already exists" in error.title
    assert error.advice == "Use the record that is there, or choose another id or number."
    assert error.field == "customerId"
    assert error.code == "BL34000061"
    assert error.support_id


@pytest.mark.accepts("A48")
@pytest.mark.parametrize(
    ("change", "where", "named"),
    [
        ({"customerId": "C-NONE"}, "customerId", "C-NONE"),
        ({"lineItems": [{**LINE, "accountNumber": "9999"}]}, "accountNumber", "9999"),
        ({"lineItems": [{**LINE, "locationId": "NOWHERE"}]}, "locationId", "NOWHERE"),
        ({"lineItems": [{**LINE, "departmentId": "NONE"}]}, "departmentId", "NONE"),
        ({"lineItems": [{**LINE, "projectId": "NONE"}]}, "projectId", "NONE"),
        ({"lineItems": [{**LINE, "itemId": "NONE"}]}, "itemId", "NONE"),
    ],
)
def test_a_reference_to_nothing_names_the_input_and_the_value(
    books: Books, change: dict[str, Any], where: str, named: str
) -> None:
    error = refusal(books.context, "createInvoice", **{**INVOICE, **change})
    assert type(error) is Refused
    assert named in error.title
    assert error.advice == "Check that it exists in Intacct, is active, and is spelled the same."
    assert error.field == where
    assert error.support_id


def test_a_contact_in_the_way_of_a_customer_is_named_as_such(books: Books) -> None:
    """Recorded: a customer brings a contact along, and that one was there already."""
    run(books.context, "createCustomer", customerId="C-E1", customerName="Acme")
    error = refusal(books.context, "createCustomer", customerId="C-E1", customerName="Acme")
    assert type(error) is DuplicateRecord
    assert "Contact" in error.title
    assert error.field == "contactName"


def test_a_bill_of_nobody_is_refused_by_its_cause(books: Books) -> None:
    """The reply ends with wrappers under the number that one guide calls a duplicate."""
    line = {"accountNumber": "6700", "amount": "1.00"}
    bill = {"vendorId": "V-NONE", "transactionDate": "2026-03-02", "dueDate": "2026-04-02"}
    error = refusal(books.context, "createBill", **bill, billNumber="B-1", billItems=[line])
    assert type(error) is Refused
    assert "V-NONE" in error.title
    assert error.field == "vendorId"


def test_a_number_that_is_taken_is_a_duplicate(books: Books) -> None:
    run(books.context, "createInvoice", **INVOICE)
    error = refusal(books.context, "createInvoice", **{**INVOICE, "dueDate": "2026-05-02"})
    assert type(error) is DuplicateRecord
    assert error.code == "BL03002185"


def test_a_closed_period_says_what_to_do(books: Books) -> None:
    dates = {"dateCreated": "2020-03-02", "dueDate": "2020-04-02"}
    error = refusal(books.context, "createInvoice", **{**INVOICE, **dates})
    assert type(error) is Refused
    assert "open period" in error.advice


@pytest.mark.accepts("A49", "A51")
@pytest.mark.parametrize(
    ("change", "title", "where"),
    [
        ({"user_password": "wrong"}, "the user, the password or the company", ""),
        ({"user_id": "nobody"}, "the user, the password or the company", ""),
        ({"company_id": "ELSEWHERE"}, "the user, the password or the company", ""),
        ({"sender_password": "wrong"}, "the sender ID or the sender password", "senderId"),
        ({"sender_id": sandbox.UNAUTHORISED_SENDER_ID}, "not authorised the sender", "senderId"),
    ],
)
def test_wrong_credentials_name_what_to_check(
    books: Books, change: dict[str, str], title: str, where: str
) -> None:
    error = refusal(company(books, **change)[0], "getCustomer", customerId="C-00001")
    assert type(error) is ConnectionProblem
    assert title in error.title
    assert error.field == where
    assert error.code == "XL03000006"
    assert error.advice


def test_the_newer_gateway_s_refusals_read_the_same(books: Books) -> None:
    books.app.test_client().post("/_sandbox/policies", json={"signin_errors": "gateway"})
    error = refusal(company(books, user_password="wrong")[0], "getCustomer", customerId="C-1")
    assert type(error) is ConnectionProblem
    assert "the user, the password or the company" in error.title


def test_a_locked_user_is_told_from_a_wrong_password(books: Books) -> None:
    books.app.test_client().post("/_sandbox/policies", json={"auth_lockout": "1"})
    wrong = company(books, user_password="wrong")[0]
    refusal(wrong, "getCustomer", customerId="C-1")
    error = refusal(wrong, "getCustomer", customerId="C-1")
    assert "locked" in error.title
    assert error.field == "userId"


@pytest.mark.accepts("A50")
def test_an_ended_session_is_renewed_once_and_the_call_repeated(books: Books) -> None:
    run(books.context, "getCustomer", customerId="C-00001")
    books.expire_sessions()
    before = len(books.counted)
    found = run(books.context, "getCustomer", customerId="C-00001")
    assert found["found"]
    assert books.counted[before:] == ["readByName", "getAPISession", "readByName"]


@pytest.mark.accepts("A50")
@pytest.mark.parametrize(("words", "is_renewed"), [("Your session has expired.", True),
                                                   ("The flux is inverted.", False)])  # fmt: skip
def test_the_guide_s_number_ends_a_session_by_its_words_alone(
    books: Books, words: str, is_renewed: bool
) -> None:
    body = (
        "<response><control><status>success</status></control><operation><authentication>"
        "<status>failure</status></authentication><errormessage><error><errorno>XL03000009"
        f"</errorno><description2>{words}</description2></error></errormessage></operation>"
        "</response>"
    )
    context, calls = company(books, HttpReply(200, {}, body.encode()))
    if is_renewed:
        assert run(context, "getCustomer", customerId="C-00001")["found"]
        assert calls.functions == ["getAPISession", "readByName", "getAPISession", "readByName"]
    else:
        assert type(refusal(context, "getCustomer", customerId="C-00001")) is ConnectionProblem
        assert calls.functions == ["getAPISession", "readByName"]


def raw(context: Context, data: str) -> ConnectorError:
    return refusal(context, "rawRequest", data=data)


def test_the_rest_of_the_table_is_provoked_by_hand(books: Books) -> None:
    ask = books.context
    unread = raw(ask, "<create_invoice><datecreated/><customerid>C</customerid></create_invoice>")
    assert (type(unread), unread.code) == (Refused, "XL03000003")
    assert "could not read the request" in unread.title
    unknown = raw(ask, "<read><object>CUSTOMER</object><keys>1</keys><fields>NOPE</fields></read>")
    assert (type(unknown), unknown.field) == (NotFound, "fields")
    assert "NOPE" in unknown.title
    no_object = raw(ask, "<readByQuery><object>NOPE</object><query/></readByQuery>")
    assert type(no_object) is NotFound
    query = raw(
        ask, "<readByQuery><object>CUSTOMER</object><query>NAME ~ 'x'</query></readByQuery>"
    )
    assert "could not run the query" in query.title
    gone = raw(ask, "<delete><object>CUSTOMER</object><keys>999999</keys></delete>")
    assert type(gone) is NotFound
    assert "may have been deleted" in gone.advice


@pytest.mark.accepts("E29")
def test_a_server_s_error_is_repeated_and_then_rises(books: Books) -> None:
    faults = books.app.test_client()
    get = {"customerId": "C-00001"}
    run(books.context, "getCustomer", **get)
    faults.post("/_sandbox/faults", json={"fault": "commit_then_502", "times": 2})
    before = len(books.counted)
    assert run(books.context, "getCustomer", **get)["found"]
    assert len(books.counted) - before == 3
    faults.post("/_sandbox/faults", json={"fault": "commit_then_502", "times": 3})
    assert isinstance(refusal(books.context, "getCustomer", **get), OutcomeUnknown)


@pytest.mark.accepts("E29")
def test_a_refusal_is_never_repeated(books: Books) -> None:
    run(books.context, "getCustomer", customerId="C-00001")
    before = len(books.counted)
    refusal(books.context, "getCustomer", customerId="C-00001", fields="NOPE")
    assert len(books.counted) - before == 1


def test_a_refusal_by_the_limiter_carries_its_pause(books: Books) -> None:
    sandbox_itself = books.app.test_client()
    sandbox_itself.post("/_sandbox/policies", json={"retry_after_seconds": "7"})
    run(books.context, "getCustomer", customerId="C-00001")
    sandbox_itself.post("/_sandbox/faults", json={"fault": "rate_limit"})
    error = refusal(books.context, "getCustomer", customerId="C-00001")
    assert isinstance(error, RateLimited)
    assert error.retry_after == 7.0
    assert error.code == "GW-0010"


@pytest.mark.accepts("A46", "A51", "E30")
@pytest.mark.parametrize(
    ("key", "inputs", "where"),
    [
        ("createInvoice", {**INVOICE, "customerId": ""}, "customerId"),
        ("createInvoice", {**INVOICE, "dateCreated": "2026-02-30"}, "dateCreated"),
        ("createInvoice", {**INVOICE, "lineItems": []}, "lineItems"),
        ("createInvoice", {**INVOICE, "colour": "red"}, "colour"),
        ("createCustomer", {}, "customerName"),
        ("listBills", {"pageSize": 1001}, "pageSize"),
    ],
)
def test_what_can_be_known_here_is_refused_before_anything_is_sent(
    books: Books, key: str, inputs: dict[str, Any], where: str
) -> None:
    error = refusal(books.context, key, **inputs)
    assert type(error) is InputError
    assert error.field == where
    assert where in error.title
    assert error.advice
    assert books.sent == []


@pytest.mark.accepts("A52", "A53")
def test_plain_fields_go_in_and_plain_values_come_out(books: Books) -> None:
    """Envelope, control block, sign-in and function are the connector's."""
    run(books.context, "createInvoice", **INVOICE)
    request = next(each for each in books.sent if "<create_invoice>" in each)
    for part in ("<control><senderid>", "<authentication><sessionid>", "<function controlid="):
        assert part in request
    found = run(books.context, "getInvoice", invoiceNumber="INV-E1")
    assert found["customerId"] == "C-00001"
    assert found["lineItems"][0]["amount"] == "10.00"
    assert "<" not in str(found)


@pytest.mark.accepts("E11")
@pytest.mark.parametrize("form", ["json", "csv"])
def test_an_answer_without_an_envelope_is_not_asked_for(books: Books, form: str) -> None:
    """Such a reply holds nothing but rows: a refusal could not be told from data."""
    query = (
        "<query><object>CUSTOMER</object><select><field>NAME</field></select>"
        "<options><returnformat>{}</returnformat></options></query>"
    )
    assert type(raw(books.context, query.format(form))) is InputError
    assert books.sent == []
    as_xml = run(books.context, "rawRequest", data=query.format("xml"), responseType="json")
    assert "success" in str(as_xml)
