"""Documents that mean harm cost little and are refused; passwords are never repeated."""

from collections.abc import Callable

import httpx
import pytest

from connector.sandbox.app import LARGEST_REQUEST

PATH = "/ia/xml/xmlgw.phtml"
Write = Callable[..., str]
SECRETS = ("sandbox-sender-password", "sandbox-user-password")
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
DOCTYPE = f'<!DOCTYPE request [<!ENTITY l0 "ha">{LAUGHS}]>'


def test_a_request_of_more_than_64_megabytes_is_not_read(client: httpx.Client) -> None:
    assert LARGEST_REQUEST == 64 * 1024 * 1024
    reply = client.post(PATH, content=b" " * (LARGEST_REQUEST + 1))
    assert reply.status_code == 413


@pytest.mark.parametrize(
    "body",
    [
        "<a>" * 100_000,
        "<request>" * 10_000 + "</request>" * 10_000,
        f"{DOCTYPE}<request>&l9;</request>",
        f'{DOCTYPE}<request attribute="&l9;"/>',
        '<!DOCTYPE request SYSTEM "file:///etc/passwd"><request/>',
        '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>',
    ],
)
def test_a_document_that_means_harm_is_refused_at_control_level(
    client: httpx.Client, body: str
) -> None:
    reply = client.post(PATH, content=body)
    assert reply.status_code == 200
    assert "<errorno>XL03000003</errorno>" in reply.text
    assert "root:" not in reply.text
    assert "haha" not in reply.text


def test_many_mistakes_are_told_only_in_part(client: httpx.Client, request_text: Write) -> None:
    text = request_text("<getAPISession/>")
    start, end = text.index("<function"), text.index("</content>")
    reply = client.post(PATH, content=text[:start] + "<function/>" * 5000 + text[end:])
    assert reply.text.count("<error>") == 20


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("sandbox-user-password", "sandbox-user-password&x;"),
        ("sandbox-user-password<", "secret<sandbox-user-password<"),
        ("sandbox-user-password</password>", "sandbox-user-password</userid>"),
        ("sandbox-sender-password", "&sandbox-sender-password;"),
        ("<controlid>", "<sandbox>"),
        ("<getAPISession/>", "<getAPISession>"),
        ("<userid>", "<userid>x</userid><userid>"),
        ("sandbox-sender<", "nobody<"),
        ("SANDBOX<", "ELSEWHERE<"),
        ("apiuser", "somebody"),
        ("user-password", "user-password-"),
    ],
)
@pytest.mark.parametrize("errors", ["classic", "gateway"])
def test_a_refusal_repeats_no_password(
    client: httpx.Client,
    request_text: Write,
    policy: Callable[..., None],
    errors: str,
    old: str,
    new: str,
) -> None:
    policy(signin_errors=errors)
    text = request_text("<getAPISession/>")
    assert old in text
    reply = client.post(PATH, content=text.replace(old, new))
    assert "failure" in reply.text
    for secret in SECRETS:
        assert secret not in reply.text
    assert "password" not in client.get("/_sandbox/requests").text
