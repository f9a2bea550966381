"""Failures as public recordings show them (xml-api 9), from the bytes to what a person reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

import pytest

from connector.errors import (
    ConnectionProblem,
    ConnectorError,
    DuplicateRecord,
    NotFound,
    Refused,
    SessionExpired,
)
from connector.intacct.dialects.xml_reply import read_reply
from connector.intacct.operation import Frozen

SUPPORT = " [Support ID: Y9x8%7EW2b_Kp-A==]"


@dataclass(frozen=True)
class Error:
    number: str
    said: str = ""
    described: str = ""
    correction: str = ""
    target: tuple[str, str] = ("", "")

    def __str__(self) -> str:
        object_name, field = self.target
        return (
            f"<error><errorno>{escape(self.number)}</errorno>"
            f"<description>{escape(self.described)}</description>"
            f"<description2>{escape(self.said)}</description2>"
            f"<correction>{escape(self.correction)}</correction><additionalinfo>"
            f'<target domain="" object="{object_name}" field="{field}"/></additionalinfo></error>'
        )


def control(*errors: Error, only_status: bool = False) -> str:
    rest = "" if only_status else "<senderid/><controlid/><uniqueid>false</uniqueid>"
    return f"<control><status>failure</status>{rest}</control>{messages(errors)}"


def authentication(*errors: Error, user: str = "") -> str:
    return (
        "<control><status>success</status></control><operation><authentication>"
        f"<status>failure</status><userid>{user}</userid><companyid>{user}</companyid>"
        f"</authentication>{messages(errors)}</operation>"
    )


def function(*errors: Error, status: str = "failure") -> str:
    return (
        "<control><status>success</status></control><operation><authentication>"
        "<status>success</status></authentication>"
        f"<result><status>{status}</status><function>create</function><controlid>c</controlid>"
        f"{messages(errors)}</result></operation>"
    )


def messages(errors: tuple[Error, ...]) -> str:
    return f"<errormessage>{''.join(map(str, errors))}</errormessage>"


def raised(inside: str, http_status: int = 200) -> ConnectorError:
    body = f'<?xml version="1.0" encoding="UTF-8"?><response>{inside}</response>'.encode()
    frozen = Frozen("xml", "create", "<create/>", is_write=True)
    with pytest.raises(ConnectorError) as caught:
        read_reply(http_status, {}, body, frozen, "c")
    return caught.value


COULD_NOT = Error("BL01001973", f"Could not create Contact record!{SUPPORT}")
COULD_NOT_EITHER = Error("BL01001973", f"Could not create customer record.{SUPPORT}")
UNDONE = Error(
    "XL03000009",
    f"There was an error processing the transaction, so the entire transaction was rolled back."
    f"{SUPPORT}",
)
CHAINS: list[Any] = [
    pytest.param(
        authentication(Error("XL03000006", "Sign-in information is incorrect"), user="jo"), 200,
        ConnectionProblem, "does not accept the user, the password or the company",
        "Check company ID, user ID and password", "", id="wrong password",
    ),
    pytest.param(
        control(Error("XMLGW_JPP0002", described="Sign-in information is incorrect"),
                only_status=True), 401,
        ConnectionProblem, "does not accept the user, the password or the company",
        "Check company ID", "", id="wrong password at the front door",
    ),
    pytest.param(
        authentication(Error("XL03000006", "Invalid session Kq9*****")), 200,
        SessionExpired, "The session with Intacct has ended", "made by itself", "",
        id="ended session",
    ),
    pytest.param(
        control(Error("XL03000006", "Incorrect Intacct XML Partner ID or password.")), 200,
        ConnectionProblem, "sender ID or the sender password", "not with a user", "senderId",
        id="wrong sender password",
    ),
    pytest.param(
        authentication(
            Error("XL03000006", "The sender ID 'me' is not authorized for company 'c'.",
                  described="Invalid Web Services Authorization"), user="jo"), 200,
        ConnectionProblem, "has not authorised the sender", "Web Services authorizations",
        "senderId", id="sender not authorised",
    ),
    pytest.param(
        control(Error("XL03000006", "nightly is not a valid transport policy.")), 200,
        Refused, "transport policy", "Remove the policy", "", id="unknown policy",
    ),
    pytest.param(
        control(Error("GW-0011", described="Invalid Request [Request ID: 77-a]"),
                only_status=True), 400,
        ConnectionProblem, "does not know the company or the sender", "letter by letter",
        "companyId", id="unknown tenant",
    ),
    pytest.param(
        control(
            Error("XL03000003", "XML Parse schema error: Element 'x': not expected. Line: 4, "
                  "column: 9."),
            Error("XL03000003", "XML Parse schema error: Element 'y': not expected.")), 200,
        Refused, "could not read the request: XML Parse schema error: Element 'x'",
        "Nothing was carried out", "", id="schema errors",
    ),
    pytest.param(
        function(
            Error("BL34000061", f"Another Contact with the given value(s) A(C1) already exists."
                  f"{SUPPORT}", correction="Use a unique value instead."),
            COULD_NOT, COULD_NOT_EITHER), 200,
        DuplicateRecord, "Another Contact with the given value(s) A(C1) already exists.",
        "Use the record that is there", "", id="duplicate contact behind a customer",
    ),
    pytest.param(
        function(
            Error("BL34000061", "Another Customer with the given value(s) C-1 already exists.",
                  target=("CUSTOMER", "CUSTOMERID")), COULD_NOT_EITHER, UNDONE), 200,
        DuplicateRecord, "Another Customer", "choose another id", "customerId",
        id="duplicate customer in a transaction",
    ),
    pytest.param(
        function(Error("BL03000018", f"Primary Email Address has an illegal format.{SUPPORT}",
                       target=("CUSTOMER", "DISPLAYCONTACT.EMAIL1")), COULD_NOT), 200,
        Refused, "Primary Email Address has an illegal format.", "Correct the form",
        "primaryEmailAddress", id="illegal format",
    ),
    pytest.param(
        function(Error("BL01001973", f"Cannot find customer with key '9' to delete.{SUPPORT}")),
        200, NotFound, "Cannot find customer with key '9' to delete.", "may have been deleted", "",
        id="delete of a missing record",
    ),
    pytest.param(
        function(Error("WS", f"Object definition NOPE not found{SUPPORT}")), 200,
        NotFound, "Object definition NOPE not found.", "upper case", "", id="unknown object",
    ),
    pytest.param(
        function(Error("Query Failed", "Object definition NOPE not found")), 200,
        NotFound, "Object definition NOPE not found.", "upper case", "", id="query of no object",
    ),
    pytest.param(
        function(Error("Invalid fields list NOPE,NADA")), 200,
        NotFound, "a field that is asked for: Invalid fields list NOPE,NADA.",
        "integration names", "fields", id="prose instead of a number",
    ),
    pytest.param(
        function(Error("PL01000127", "Document number is missing."), UNDONE, status="aborted"),
        200, Refused, "The document number is missing.", "Fill in the number", "documentNumber",
        id="missing number in a transaction",
    ),
    pytest.param(
        function(Error("BL03002185", "A transaction with the number INV-1 already exists."),
                 Error("BL01001973", "Could not create invoice.")), 200,
        DuplicateRecord, "number INV-1 already exists", "another id or number", "",
        id="number taken",
    ),
    pytest.param(
        function(
            Error("BL03002101", "Remove the extra line item and then reclassify the bill."),
            Error("BL01001973", "Currently, we can't create the transaction 'Bill'.",
                  correction="Check the transaction for errors or inconsistencies, then try "
                  "again.")), 200,
        Refused, "could not use a line; most often its amount is missing", "an amount", "amount",
        id="line without amount",
    ),
    pytest.param(
        function(Error("BL03002128", "Enter a Bill number."), COULD_NOT), 200,
        Refused, "demands a number on every bill", "Fill in the bill number", "billNumber",
        id="bill without number",
    ),
    pytest.param(
        function(Error("BL01001973", "Duplicate account number 4000",
                       target=("GLACCOUNT", "ACCOUNTNO"))), 200,
        DuplicateRecord, "Duplicate account number 4000", "choose another", "accountNumber",
        id="duplicate account under the number of everything",
    ),
    pytest.param(
        function(Error("QZ90000001", "Vendor 'V-9' specified is not valid."), COULD_NOT), 200,
        Refused, "Vendor 'V-9' specified is not valid.", "spelled the same", "vendorId",
        id="wrong vendor",
    ),
    pytest.param(
        function(Error("QZ90000002", "This transaction is missing the Department dimension for "
                       "the Account 6700."), COULD_NOT), 200,
        Refused, "missing the Department dimension", "the dimension that its account demands",
        "departmentId", id="missing dimension",
    ),
    pytest.param(
        function(Error("QZ90000003", "The account number '6700' requires a Location."), UNDONE),
        200, Refused, "requires a Location", "dimension", "locationId", id="account's dimension",
    ),
    pytest.param(
        function(Error("CRE-3211", "The vendor has no valid insurance.")), 200,
        Refused, "no valid insurance", "compliance", "", id="compliance rule",
    ),
    pytest.param(
        control(Error("PL04000055", "This company is a demo company and has expired.")), 200,
        ConnectionProblem, "demonstration company has expired", "Ask Sage", "companyId",
        id="expired demo",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("reply", "status", "kind", "title", "advice", "field"), CHAINS)
def test_a_recorded_failure_says_what_happened_where_and_what_to_do(
    reply: str, status: int, kind: type[ConnectorError], title: str, advice: str, field: str
) -> None:
    error = raised(reply, status)
    assert type(error) is kind
    assert title in error.title
    assert advice in error.advice
    assert error.field == field
    assert error.title.endswith((".", "!"))
    assert not set("<>&{}") & set(error.title + error.advice)
    assert "Support ID" not in error.title


@pytest.mark.parametrize("reply", [chain.values[0] for chain in CHAINS], ids=lambda _: "chain")
def test_a_support_id_survives_as_it_came(reply: str) -> None:
    """Sage's support asks for it letter by letter; it is for nobody to read."""
    if SUPPORT in reply:
        assert raised(reply).support_id == "Y9x8%7EW2b_Kp-A=="


@pytest.mark.accepts("A50")
def test_a_rollback_is_no_ended_session() -> None:
    """One guide explains XL03000009 so; recordings show the notice of a rollback under it."""
    error = raised(function(UNDONE, status="aborted"))
    assert type(error) is Refused
    assert "undid the whole request" in error.title
    assert error.support_id


@pytest.mark.accepts("A50")
@pytest.mark.parametrize("place", [authentication, control, function])
def test_the_same_number_is_an_ended_session_where_its_words_say_so(place: Any) -> None:
    error = raised(place(Error("XL03000009", "Your session has expired. Sign in again.")))
    assert type(error) is SessionExpired


@pytest.mark.accepts("A47")
def test_the_number_of_everything_is_a_duplicate_only_where_an_error_says_so() -> None:
    """An upsert that took every BL01001973 for a duplicate would swallow real refusals."""
    said = Error("BL01001973", "Customer C-1 already exists.")
    alone = raised(function(COULD_NOT))
    assert type(raised(function(said, COULD_NOT))) is DuplicateRecord
    assert type(raised(function(COULD_NOT, said))) is DuplicateRecord
    assert type(alone) is Refused
    assert "gives no closer reason" in alone.advice
    assert type(raised(function(Error("BL01001973")))) is Refused


@pytest.mark.accepts("A48", "A49")
@pytest.mark.parametrize(
    ("number", "place", "kind", "title", "advice"),
    [
        ("BL01001074", function, Refused, "refers to does not exist", "other dimensions"),
        ("WS0001", authentication, ConnectionProblem, "not accept the credentials", "password"),
    ],
)
@pytest.mark.parametrize("said", ["", "Something is wrong"])
def test_numbers_that_only_a_guide_names_are_understood_with_or_without_words(
    number: str, place: Any, kind: type[ConnectorError], title: str, advice: str, said: str
) -> None:
    error = raised(place(Error(number, said)))
    assert type(error) is kind
    assert title in error.title
    assert said in error.title
    assert advice in error.advice
    assert error.code == number


def test_the_cause_decides_before_the_errors_around_it() -> None:
    """Causes come first and wrappers last in recordings; nothing depends on that order."""
    cause = Error("QZ77000001", "The flux is inverted.", correction="Turn it round.")
    for order in ((cause, COULD_NOT, UNDONE), (UNDONE, COULD_NOT, cause)):
        error = raised(function(*order))
        assert error.title == "The flux is inverted."
        assert error.advice == "Turn it round."
        assert error.code == "QZ77000001"


def test_a_field_nobody_knows_is_not_named() -> None:
    """A name in Intacct's spelling would send people looking for an input that is not there."""
    for target in (("CUSTOMER", "NOSUCH"), ("no such", "X"), ("", "NAME"), ("NOSUCH", "NAME")):
        assert raised(function(Error("QZ1000", "Odd.", target=target))).field == ""
