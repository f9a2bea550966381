from __future__ import annotations

from typing import Any

import pytest

from connector.errors import OutcomeUnknown
from connector.intacct.dialects.xml import XmlDialect
from connector.intacct.operation import Frozen, Result

READ = Frozen("xml", "read", "<read/>", is_write=False)
CREATE = Frozen("xml", "create", "<create/>", is_write=True)
LEGACY = Frozen("xml", "create_invoice", "<create_invoice/>", is_write=True)
DELETE = Frozen("xml", "delete", "<delete/>", is_write=True)

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


def test_a_read_gives_rows_in_one_shape() -> None:
    data = (
        '<data listtype="ARINVOICE" count="1"><ARINVOICE><RECORDNO>7</RECORDNO><MEMO/>'
        "<ARINVOICEITEMS><arinvoiceitem><LINE_NO>1</LINE_NO></arinvoiceitem></ARINVOICEITEMS>"
        "</ARINVOICE></data>"
    )
    body = _operation(_result(data))
    assert _read(body) == Result(
        function="read",
        control_id="fn-1",
        rows=({"RECORDNO": "7", "MEMO": "", "ARINVOICEITEMS": [{"LINE_NO": "1"}]},),
        count=1,
        reply=body,
        list_type="ARINVOICE",
    )


def test_a_missing_record_is_success_with_nothing() -> None:
    result = _read(_operation(_result('<data listtype="CUSTOMER" count="0"/>')))
    assert (result.rows, result.count) == ((), 0)


@pytest.mark.parametrize("count", [2, 3000])
def test_a_page_tells_how_to_go_on_at_any_length(count: int) -> None:
    rows = "<apbill><recordno>1</recordno><payto.name>N &amp; M</payto.name></apbill>" * count
    data = (
        f'<data listtype="apbill" count="{count}" totalcount="9000" numremaining="30" '
        f'resultId="765A5">{rows}</data>'
    )
    result = _read(_operation(_result(data)))
    assert (result.count, result.total, result.remaining, result.cursor) == (
        count,
        9000,
        30,
        "765A5",
    )
    assert list(result.rows) == [{"RECORDNO": "1", "PAYTO": {"NAME": "N & M"}}] * count


def test_a_generic_create_names_key_and_id() -> None:
    data = (
        '<data listtype="objects" count="1"><customer><RECORDNO>33</RECORDNO>'
        "<CUSTOMERID>C-1</CUSTOMERID></customer></data>"
    )
    result = _read(_operation(_result(data)), CREATE)
    assert result.key == "33"
    assert result.rows == ({"RECORDNO": "33", "CUSTOMERID": "C-1"},)


def test_a_legacy_create_names_its_key() -> None:
    assert _read(_operation(_result("<key>4774</key>")), LEGACY).key == "4774"


def test_a_delete_needs_no_key() -> None:
    assert _read(_operation(_result("")), DELETE).key == ""


@pytest.mark.parametrize("inner", ["", "<key/>", '<data listtype="objects" count="0"/>'])
@pytest.mark.parametrize("frozen", [CREATE, LEGACY])
def test_a_create_without_key_is_no_success(frozen: Frozen, inner: str) -> None:
    """Nobody could find the record again, or know that it is there (F17)."""
    with pytest.raises(OutcomeUnknown, match="without the new record's number"):
        _read(_operation(_result(inner)), frozen)


UNCLEAR = {
    "foreign control id": _operation(_result("<key>1</key>", control_id="fn-2")),
    "no control id": _operation(_result("<key>1</key>", control_id="")),
    "the same control id twice": _operation(_result("<key>1</key>") * 2),
    "no result": _operation(""),
    "no operation": _response(CONTROL),
    "no control": _response(f"<operation>{SIGNED_IN}{_result('<key>1</key>')}</operation>"),
    "no authentication": _operation(_result("<key>1</key>"), authentication=""),
    "unknown status": _operation(_result("<key>1</key>", status="pending")),
    "truncated": _operation(_result("<key>1</key>"))[:-30],
    "html": b"<!DOCTYPE html><html><body>cf-error-details</body></html>",
    "well-formed html": b"<html><body>Sign in</body></html>",
    "two roots": _operation("") + b"<response/>",
    "json": b'{"ia::result": []}',
    "empty": b"",
    "empty response": b"<response/>",
    "a quote inside a reply cut short": b"<response><data><memo>API rate limit exceeded",
}


@pytest.mark.parametrize("kind", UNCLEAR)
@pytest.mark.parametrize("frozen", [READ, LEGACY])
def test_what_is_no_clear_answer_leaves_the_outcome_open(kind: str, frozen: Frozen) -> None:
    with pytest.raises(OutcomeUnknown):
        _read(UNCLEAR[kind], frozen)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 524])
def test_server_errors_leave_the_outcome_open_whatever_they_say(status: int) -> None:
    error = _response(
        "<control><status>failure</status></control>" + _messages(_error("GW-0001", "Unable"))
    )
    refused = _operation(_result(_messages(_error("BL03000018", "Illegal")), "failure"))
    for body in (b"", b"<html/>", _operation(_result("<key>1</key>")), error, refused):
        with pytest.raises(OutcomeUnknown):
            _read(body, LEGACY, status)


def test_results_are_matched_by_control_id_only() -> None:
    body = _operation(_result("<key>1</key>", control_id="fn-9") + _result("<key>2</key>"))
    assert _read(body, LEGACY).key == "2"


def _session(body: bytes) -> Any:
    return XmlDialect().read_session(200, {}, body, "fn-1")


API = (
    "<data><api><sessionid>S1</sessionid><endpoint>https://x.intacct.com/ia/xml/xmlgw.phtml"
    "</endpoint><locationid>100</locationid></api></data>"
)


@pytest.mark.parametrize(
    ("timeout", "expected"),
    [
        ("2026-03-01T08:00:00-08:00", 1772380800000),
        ("2026-03-01T16:00:00+00:00", 1772380800000),
        ("2026-03-01T16:00:00Z", 1772380800000),
        ("soon", 0),
        ("", 0),
    ],
)
def test_a_sign_in_gives_session_address_and_end_in_any_offset(timeout: str, expected: int) -> None:
    body = _operation(_result(API)).replace(b"2026-03-01T08:00:00-08:00", timeout.encode())
    token = _session(body)
    assert token.session_id == "S1"
    assert token.endpoint == "https://x.intacct.com/ia/xml/xmlgw.phtml"
    assert token.entity_id == "100"
    assert token.expires_at_ms == expected


@pytest.mark.parametrize("part", ["<sessionid>S1</sessionid>", "xmlgw.phtml"])
def test_a_sign_in_without_session_or_address_is_no_success(part: str) -> None:
    body = _operation(_result(API.replace(part, "").replace("https://x.intacct.com/ia/xml/", "")))
    with pytest.raises(OutcomeUnknown):
        _session(body)
