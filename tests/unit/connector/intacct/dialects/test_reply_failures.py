from __future__ import annotations

import pytest

from connector.errors import (
    ConnectionProblem,
    DuplicateRecord,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Refused,
    SessionExpired,
    Unavailable,
)
from connector.intacct.dialects.xml import PartlyCreated, XmlDialect
from connector.intacct.operation import Frozen, Result

READ = Frozen("xml", "read", "<read/>", is_write=False)
CREATE = Frozen("xml", "create", "<create/>", is_write=True)
LEGACY = Frozen("xml", "create_invoice", "<create_invoice/>", is_write=True)

CONTROL = (
    "<control><status>success</status><senderid>s</senderid><controlid>r</controlid>"
    "<uniqueid>false</uniqueid><dtdversion>3.0</dtdversion></control>"
)
SIGNED_IN = (
    "<authentication><status>success</status><userid>u</userid><companyid>c</companyid>"
    "<locationid></locationid><sessiontimestamp>2026-03-01T00:00:00-08:00</sessiontimestamp>"
    "<sessiontimeout>2026-03-01T08:00:00-08:00</sessiontimeout></authentication>"
)


def _response(inner: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<response>{inner}</response>'.encode()


def _operation(inner: str, authentication: str = SIGNED_IN) -> bytes:
    return _response(f"{CONTROL}<operation>{authentication}{inner}</operation>")


def _result(inner: str, status: str = "success", control_id: str = "fn-1") -> str:
    return (
        f"<result><status>{status}</status><function>f</function>"
        f"<controlid>{control_id}</controlid>{inner}</result>"
    )


def _error(number: str, text: str = "", **more: str) -> str:
    extra = "".join(f"<{name}>{value}</{name}>" for name, value in more.items())
    return (
        f"<error><errorno>{number}</errorno><description></description>"
        f"<description2>{text}</description2>{extra}</error>"
    )


def _messages(*errors: str) -> str:
    return f"<errormessage>{''.join(errors)}</errormessage>"


def _read(
    body: bytes, frozen: Frozen = READ, status: int = 200, headers: dict[str, str] | None = None
) -> Result:
    return XmlDialect().read_reply(status, headers or {}, body, frozen, "fn-1")


GATEWAY = "<control><status>failure</status></control>"
FAILURES: dict[str, tuple[int, bytes, type[Exception], str]] = {
    "schema violation": (
        200,
        _response(
            CONTROL.replace("success", "failure")
            + _messages(
                _error("XL03000003", "XML Parse schema error: unexpected 'x'. Line: 3, column: 9."),
                _error("XL03000003", "Another fault."),
            )
        ),
        Refused,
        "unexpected 'x'",
    ),
    "sender password": (
        200,
        _response(
            CONTROL.replace("success", "failure")
            + _messages(_error("XL03000006", "Incorrect Intacct XML Partner ID or password."))
        ),
        ConnectionProblem,
        "sender ID or the sender password",
    ),
    "sign-in": (
        200,
        _operation(
            _messages(_error("XL03000006", "Sign-in information is incorrect")),
            "<authentication><status>failure</status><userid>u</userid><companyid>c</companyid>"
            "</authentication>",
        ),
        ConnectionProblem,
        "user, the password or the company",
    ),
    "sign-in at the gateway": (
        401,
        _response(
            GATEWAY + "<errormessage><error><errorno>XMLGW_JPP0002</errorno><description>Sign-in "
            "information is incorrect</description></error></errormessage>"
        ),
        ConnectionProblem,
        "user, the password or the company",
    ),
    "session": (
        200,
        _operation(
            _messages(_error("XL03000006", "Invalid session Ab7**** [Support ID: x%7Ey]")),
            "<authentication><status>failure</status><userid></userid><companyid></companyid>"
            "</authentication>",
        ),
        SessionExpired,
        "session with Intacct has ended",
    ),
    "unknown tenant": (
        400,
        _response(
            GATEWAY + "<errormessage><error><errorno>GW-0011</errorno><description>Invalid Request "
            "[Request ID: 1-2]</description></error></errormessage>"
        ),
        ConnectionProblem,
        "does not know the company",
    ),
    "rate limit": (429, _response(GATEWAY + _messages(_error("GW-0010"))), RateLimited, "no more"),
    "rate limit without XML": (429, b"slow down", RateLimited, "no more"),
    "rate limit inside 200": (200, b'{"error": "API rate limit exceeded"}', RateLimited, "no more"),
    "rate limit inside a reply": (
        200,
        _operation(_result(_messages(_error("x", "API rate limit exceeded")), "failure")),
        RateLimited,
        "no more",
    ),
    "duplicate": (
        200,
        _operation(
            _result(
                _messages(
                    _error("BL34000061", "Another Contact with the given value(s) already exists"),
                    _error("BL01001973", "Could not create Customer record!"),
                ),
                "failure",
            )
        ),
        DuplicateRecord,
        "Another Contact",
    ),
    "rolled back": (
        200,
        _operation(
            _result(
                _messages(
                    _error("PL01000127", "Document number is missing"),
                    _error(
                        "XL03000009", "The entire transaction in this operation was rolled back"
                    ),
                ),
                "aborted",
            )
        ),
        Refused,
        "document number is missing",
    ),
    "missing on delete": (
        200,
        _operation(
            _result(
                _messages(_error("BL01001973", "Cannot find customer with key '9' to delete.")),
                "failure",
            )
        ),
        NotFound,
        "Cannot find customer",
    ),
    "prose as number": (
        200,
        _operation(_result(_messages(_error("Invalid fields list x")), "failure")),
        NotFound,
        "Invalid fields list x",
    ),
    "maintenance": (
        200,
        _operation(
            _result(_messages(_error("X1", "The Service is Temporarily Off-line")), "failure")
        ),
        Unavailable,
        "Temporarily Off-line",
    ),
    "operation without result": (
        200,
        _operation(_messages(_error("BL03000018", "Illegal format for e-mail"))),
        Refused,
        "Illegal format",
    ),
    "silent": (200, _operation(_result("", "failure")), Refused, "gave no reason"),
}


@pytest.mark.parametrize("kind", FAILURES)
@pytest.mark.parametrize("frozen", [READ, LEGACY])
def test_each_failure_is_what_its_words_say(kind: str, frozen: Frozen) -> None:
    status, body, expected, sentence = FAILURES[kind]
    with pytest.raises(expected, match=sentence) as caught:
        _read(body, frozen, status)
    assert type(caught.value) is expected


def test_a_limit_says_how_long_to_wait() -> None:
    with pytest.raises(RateLimited) as caught:
        _read(b"", status=429, headers={"retry-after": "7"})
    assert caught.value.retry_after == 7.0


def test_session_ids_never_show() -> None:
    _, body, _, _ = FAILURES["session"]
    with pytest.raises(SessionExpired) as caught:
        _read(body)
    assert "Ab7" not in str(caught.value.describe())
    assert caught.value.support_id == "x%7Ey"


PARTLY = (
    '<data listtype="objects" count="1"><project><RECORDNO>5</RECORDNO></project></data>'
    + _messages(_error("BL34000061", "Another Project already exists"))
)


def test_a_failure_that_created_something_is_not_called_refused() -> None:
    """Recorded: a create of two records, of which one came into being (xml-api 1.5)."""
    with pytest.raises(PartlyCreated) as caught:
        _read(_operation(_result(PARTLY, "failure")), CREATE)
    assert caught.value.rows == ({"RECORDNO": "5"},)
    assert isinstance(caught.value.cause, DuplicateRecord)
    assert isinstance(caught.value, OutcomeUnknown)


def test_a_failure_that_was_rolled_back_created_nothing() -> None:
    rolled = PARTLY.replace("</errormessage>", _error("XL03000009", "rolled") + "</errormessage>")
    with pytest.raises(DuplicateRecord):
        _read(_operation(_result(rolled, "aborted")), CREATE)
