"""Users of a console who slide into the company, and users who guess."""

from collections.abc import Callable

import httpx
import pytest
from lxml import etree

from connector.sandbox.wire.tree import Element

PATH = "/ia/xml/xmlgw.phtml"
Write = Callable[..., str]
CONSOLE = """<login><userid>consoleuser</userid><companyid>{company}</companyid>
<password>sandbox-console-password</password>{rest}</login>"""


def _sign_in(client: httpx.Client, request_text: Write, login: str) -> Element:
    text = request_text("<getAPISession/>")
    start, end = text.index("<login>"), text.index("</login>") + len("</login>")
    reply = client.post(PATH, content=text[:start] + login + text[end:])
    found = etree.fromstring(reply.content).find("operation/authentication")
    assert found is not None, reply.text
    return found


@pytest.mark.parametrize(
    ("company", "rest", "entity"),
    [
        ("SANDBOX-CONSOLE", "<clientid>SANDBOX</clientid>", ""),
        ("SANDBOX-CONSOLE", "<clientid>SANDBOX</clientid><locationid>100</locationid>", "100"),
        ("SANDBOX-CONSOLE|SANDBOX", "", ""),
        ("SANDBOX-CONSOLE|SANDBOX|200", "", "200"),
    ],
)
def test_a_console_slides_into_its_client(
    client: httpx.Client, request_text: Write, company: str, rest: str, entity: str
) -> None:
    signed = _sign_in(client, request_text, CONSOLE.format(company=company, rest=rest))
    assert signed.findtext("status") == "success"
    assert signed.findtext("userid") == "consoleuser"
    assert signed.findtext("companyid") == "SANDBOX"
    assert signed.findtext("locationid") == entity


@pytest.mark.parametrize(
    "login",
    [
        CONSOLE.format(company="SANDBOX", rest=""),
        CONSOLE.format(company="OTHER|SANDBOX", rest=""),
        CONSOLE.format(company="SANDBOX-CONSOLE|OTHER", rest=""),
        CONSOLE.format(company="SANDBOX-CONSOLE|SANDBOX|NOWHERE", rest=""),
        CONSOLE.format(company="SANDBOX-CONSOLE|SANDBOX", rest="").replace("user<", "other<"),
    ],
)
def test_other_ways_in_are_closed(client: httpx.Client, request_text: Write, login: str) -> None:
    assert _sign_in(client, request_text, login).findtext("status") == "failure"


def _try(client: httpx.Client, request_text: Write, password: str = "guess") -> str:
    text = request_text("<getAPISession/>").replace("sandbox-user-password", password)
    return client.post(PATH, content=text).text


def test_too_many_wrong_passwords_lock_a_user_out_until_unlocked(
    client: httpx.Client, request_text: Write, policy: Callable[..., None]
) -> None:
    policy(auth_lockout="3")
    for _ in range(3):
        assert "Sign-in information is incorrect" in _try(client, request_text)
    right = "sandbox-user-password"
    assert "locked out" in _try(client, request_text, right)
    assert client.get("/_sandbox/lockouts").json() == {
        "failed_sign_ins": {"apiuser": 3},
        "locked": ["apiuser"],
    }
    client.delete("/_sandbox/lockouts")
    assert "<status>success</status><userid>apiuser" in _try(client, request_text, right)


def test_a_right_password_starts_the_count_again(
    client: httpx.Client, request_text: Write, policy: Callable[..., None]
) -> None:
    policy(auth_lockout="2")
    for _ in range(3):
        _try(client, request_text)
        assert "<userid>apiuser" in _try(client, request_text, "sandbox-user-password")
        assert client.get("/_sandbox/lockouts").json()["failed_sign_ins"] == {}


def test_nobody_is_locked_out_by_default(client: httpx.Client, request_text: Write) -> None:
    for _ in range(20):
        _try(client, request_text)
    assert "<status>success</status><userid>" in _try(client, request_text, "sandbox-user-password")
