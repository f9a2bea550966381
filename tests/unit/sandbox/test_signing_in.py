"""Senders, logins, sessions and entities."""

from collections.abc import Callable

import httpx
import pytest
from lxml import etree

from connector.sandbox.wire.tree import Element

PATH = "/ia/xml/xmlgw.phtml"
Run = Callable[..., Element]
Write = Callable[..., str]
SESSION = "<getAPISession/>"
HOURS = 3600.0


def _open(run: Run, function: str = SESSION, **options: str) -> str:
    api = run(function, **options).find("operation/result/data/api")
    assert api is not None
    assert [child.tag for child in api] == ["sessionid", "endpoint", "locationid"]
    assert api[1].text == "http://sandbox.test" + PATH
    return str(api[0].text)


def _status(response: Element) -> str | None:
    return response.findtext("operation/authentication/status")


def test_a_session_slides_with_every_use(run: Run, advance: Callable[[float], None]) -> None:
    session = _open(run)
    for _ in range(3):
        advance(7 * HOURS)
        assert _status(run(SESSION, session=session)) == "success"
    advance(8 * HOURS + 1)
    assert _status(run(SESSION, session=session)) == "failure"


def test_an_invalid_session_fails_the_authentication_with_empty_names(run: Run) -> None:
    operation = run(SESSION, session="nothing-known").find("operation")
    assert operation is not None
    assert etree.tostring(operation, encoding="unicode") == (
        "<operation><authentication><status>failure</status><userid/><companyid/></authentication>"
        "<errormessage><error><errorno>XL03000006</errorno><description/>"
        "<description2>Invalid session noth********</description2><correction/></error>"
        "</errormessage></operation>"
    )


def test_expiring_all_sessions_ends_them(run: Run, client: httpx.Client) -> None:
    session = _open(run)
    assert client.post("/_sandbox/sessions/expire").json() == {"expired": 1}
    assert _status(run(SESSION, session=session)) == "failure"


def test_a_session_opens_at_an_entity_and_goes_back_to_the_top(run: Run) -> None:
    at_entity = _open(run, "<getAPISession><locationid>100</locationid></getAPISession>")
    response = run(SESSION, session=at_entity)
    assert response.findtext("operation/authentication/locationid") == "100"
    assert response.findtext("operation/result/data/api/locationid") == "100"
    top = _open(run, "<getAPISession><locationid/></getAPISession>", session=at_entity)
    assert run(SESSION, session=top).findtext("operation/authentication/locationid") == ""


@pytest.mark.parametrize("entity", ["NOWHERE", "900"])
def test_an_unknown_or_inactive_entity_opens_no_session(
    result: Callable[..., str], entity: str
) -> None:
    answer = result(f"<getAPISession><locationid>{entity}</locationid></getAPISession>")
    assert "<errorno>Get API Session Failed</errorno>" in answer


def test_a_wrong_password_is_answered_inside_with_the_names_echoed(
    client: httpx.Client, request_text: Write
) -> None:
    reply = client.post(PATH, content=request_text(SESSION).replace("user-password", "guess"))
    assert reply.status_code == 200
    assert "<status>failure</status><userid>apiuser</userid><companyid>SANDBOX" in reply.text
    assert "Sign-in information is incorrect" in reply.text
    assert "<result>" not in reply.text
    assert "<locationid" not in reply.text


def test_the_newer_gateway_answers_a_wrong_password_with_401(
    client: httpx.Client, request_text: Write, policy: Callable[..., None]
) -> None:
    policy(signin_errors="gateway")
    reply = client.post(PATH, content=request_text(SESSION).replace("user-password", "guess"))
    assert reply.status_code == 401
    assert reply.headers["Content-Type"] == 'text/xml; encoding="UTF-8"'
    assert reply.text.split("\n", 1)[1] == (
        "<response><control><status>failure</status></control><errormessage><error>"
        "<errorno>XMLGW_JPP0002</errorno><description>Sign-in information is incorrect. Please "
        "check your request.</description></error></errormessage></response>"
    )


@pytest.mark.parametrize(
    ("old", "new"), [("SANDBOX<", "ELSEWHERE<"), ("sandbox-sender<", "nobody<")]
)
def test_the_newer_gateway_answers_an_unknown_company_or_sender_with_400(
    client: httpx.Client, request_text: Write, policy: Callable[..., None], old: str, new: str
) -> None:
    policy(signin_errors="gateway")
    reply = client.post(PATH, content=request_text(SESSION).replace(old, new))
    assert reply.status_code == 400
    assert "<errorno>GW-0011</errorno>" in reply.text
    assert "Invalid Request [Request ID: " in reply.text


def test_a_bad_sender_password_is_a_control_failure(
    client: httpx.Client, request_text: Write
) -> None:
    reply = client.post(
        PATH, content=request_text(SESSION).replace("sender-password", "Sender-password")
    )
    assert reply.status_code == 200
    assert "Incorrect Intacct XML Partner ID or password." in reply.text
    assert "<operation>" not in reply.text


def test_a_sender_the_company_has_not_let_in_is_refused_at_sign_in(
    client: httpx.Client, request_text: Write
) -> None:
    text = request_text(SESSION).replace(">sandbox-sender<", ">unauthorised-sender<")
    reply = client.post(PATH, content=text)
    assert "<description>Invalid Web Services Authorization</description>" in reply.text
    assert "unauthorised-sender" in reply.text
    assert "<status>success</status><senderid>" in reply.text


def test_a_session_is_bound_to_its_endpoint_when_the_policy_says_so(
    client: httpx.Client, run: Run, request_text: Write, policy: Callable[..., None]
) -> None:
    session = _open(run)
    text = request_text(SESSION, session=session)
    elsewhere = f"http://other.test{PATH}"
    assert "Invalid session" not in client.post(elsewhere, content=text).text
    policy(strict_endpoint="true")
    assert "Invalid session" in client.post(elsewhere, content=text).text
    assert "Invalid session" not in client.post(PATH, content=text).text
