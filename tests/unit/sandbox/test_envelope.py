"""The envelope, the control block and the schema refusals."""

from collections.abc import Callable

import httpx
import pytest

from connector.sandbox.wire.tree import Element

PATH = "/ia/xml/xmlgw.phtml"
Run = Callable[..., Element]
READ = "<read><object>DEPARTMENT</object><keys>1</keys><fields>DEPARTMENTID,TITLE</fields></read>"
READ_REPLY = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    "<response><control><status>success</status><senderid>sandbox-sender</senderid>"
    "<controlid>req-1</controlid><uniqueid>false</uniqueid><dtdversion>3.0</dtdversion></control>"
    "<operation><authentication><status>success</status><userid>apiuser</userid>"
    "<companyid>SANDBOX</companyid><locationid/>"
    "<sessiontimestamp>2026-03-02T09:30:00+00:00</sessiontimestamp>"
    "<sessiontimeout>2026-03-02T17:30:00+00:00</sessiontimeout></authentication>"
    "<result><status>success</status><function>read</function><controlid>f1</controlid>"
    '<data listtype="DEPARTMENT" count="1"><DEPARTMENT><DEPARTMENTID>10</DEPARTMENTID>'
    "<TITLE>Sales</TITLE></DEPARTMENT></data></result></operation></response>"
)


@pytest.mark.parametrize("content_type", ["application/xml", "x-intacct-xml-request"])
def test_a_whole_reply_has_the_published_shape(
    client: httpx.Client, request_text: Callable[..., str], content_type: str
) -> None:
    reply = client.post(
        PATH, content=request_text(READ).encode(), headers={"Content-Type": content_type}
    )
    assert reply.status_code == 200
    assert reply.headers["Content-Type"] == 'text/xml; encoding="UTF-8"'
    assert reply.text == READ_REPLY


def test_whitespace_is_added_unless_it_is_declined(
    client: httpx.Client, request_text: Callable[..., str]
) -> None:
    text = request_text(READ).replace("<includewhitespace>false</includewhitespace>", "")
    assert "\n  <control>\n" in client.post(PATH, content=text).text


def _refused(client: httpx.Client, text: str) -> str:
    reply = client.post(PATH, content=text.encode())
    assert reply.status_code == 200
    assert "<errorno>XL03000003</errorno>" in reply.text
    assert "<operation>" not in reply.text
    return reply.text


def test_a_schema_refusal_sits_beside_the_control_block_and_names_the_element(
    client: httpx.Client, request_text: Callable[..., str]
) -> None:
    text = request_text("<create_invoice><datecreated/></create_invoice>").replace("\n", " ")
    reply = _refused(client, text)
    column = text.index("<datecreated/>") + 1
    assert (
        f"Element 'datecreated': This element is not expected. Line: 1, column: {column}." in reply
    )
    assert "<control>\n    <status>failure</status>\n    <senderid>sandbox-sender" in reply.replace(
        "<control><status>failure</status><senderid>",
        "<control>\n    <status>failure</status>\n    <senderid>",
    )


def test_nothing_runs_when_a_later_function_breaks_the_schema(
    client: httpx.Client, request_text: Callable[..., str]
) -> None:
    good = "<create><CLASS><CLASSID>C9</CLASSID><NAME>Nine</NAME></CLASS></create>"
    _refused(client, request_text(good, "<make_coffee/>"))
    assert client.get("/_sandbox/ledger").json() == []


def test_text_that_is_no_xml_is_refused_with_an_empty_control_block(client: httpx.Client) -> None:
    assert "<senderid/>" in _refused(client, "<request><control></request>")


def test_a_doctype_is_refused(client: httpx.Client, request_text: Callable[..., str]) -> None:
    text = request_text(READ).replace("<request>", "<!DOCTYPE request><request>", 1)
    assert "DOCTYPE" in _refused(client, text)


def test_version_2_1_knows_no_generic_function(
    client: httpx.Client, request_text: Callable[..., str]
) -> None:
    _refused(client, request_text(READ).replace(">3.0<", ">2.1<"))


def test_a_function_of_the_schema_that_is_not_offered_fails_alone(run: Run) -> None:
    response = run("<get_myclients/>", READ)
    statuses = [found.text for found in response.iterfind("operation/result/status")]
    assert statuses == ["failure", "success"]
    errors = [found.text for found in response.iter("errorno")]
    assert errors == ["SANDBOX-NOT-OFFERED"]


def test_an_unknown_transport_policy_is_refused_at_control_level(
    client: httpx.Client, request_text: Callable[..., str]
) -> None:
    text = request_text(READ).replace("</dtdversion>", "</dtdversion><policyid>later</policyid>")
    reply = client.post(PATH, content=text).text
    assert "<errorno>XL03000006</errorno>" in reply
    assert "<description2>later is not a valid transport policy." in reply
    assert "<operation>" not in reply
