"""Grants: consent, codes, client credentials, refreshing, revoking, and what they refuse."""

import base64
import hashlib
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

API = "/ia/api/v1"
CLIENT = {"client_id": "5a9db0c4e1f27836.app.sage.com", "client_secret": "sandbox-client-secret"}
OTHER = {"client_id": "77e10b2ad93c4f58.app.sage.com", "client_secret": "sandbox-other-secret"}
BACK = "https://127.0.0.1:9/back"
VERIFIER = "a-verifier-that-is-long-enough-to-be-one-0123456789"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=")
ASKED = {
    "response_type": "code",
    "client_id": CLIENT["client_id"],
    "redirect_uri": BACK,
    "state": "xyz&1",
    "scope": "offline_access",
    "code_challenge": CHALLENGE.decode(),
    "code_challenge_method": "S256",
}
SIGNED = {"company": "SANDBOX", "user": "apiuser", "password": "sandbox-user-password"}

Token = Callable[..., httpx.Response]
Policy = Callable[..., None]
Advance = Callable[[float], None]


def _decide(client: httpx.Client, **changes: str) -> httpx.Response:
    form = ASKED | SIGNED | {"decision": "allow"} | changes
    return client.post(f"{API}/oauth2/authorize", data=form)


def _answer(reply: httpx.Response) -> dict[str, str]:
    assert reply.status_code == 302, reply.text
    assert reply.headers["location"].startswith(BACK)
    query = parse_qs(urlsplit(reply.headers["location"]).query)
    return {name: values[0] for name, values in query.items()}


def _exchange(client: httpx.Client, code: str, **changes: str) -> httpx.Response:
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": BACK,
        "code_verifier": VERIFIER,
        **CLIENT,
    }
    return client.post(f"{API}/oauth2/token", data=fields | changes)


def _granted(client: httpx.Client, **changes: str) -> dict[str, Any]:
    reply = _exchange(client, _answer(_decide(client, **changes))["code"])
    assert reply.status_code == 200, reply.text
    tokens: dict[str, Any] = reply.json()
    return tokens


def _refresh(client: httpx.Client, refresh: str, **more: str) -> httpx.Response:
    fields = {"grant_type": "refresh_token", "refresh_token": refresh, **CLIENT, **more}
    return client.post(f"{API}/oauth2/token", data=fields)


def _list(client: httpx.Client, access: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {access}"}
    return client.get(f"{API}/objects/accounts-receivable/customer", headers=headers)


def _claims(access: str) -> dict[str, Any]:
    part = access.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def test_the_consent_page_names_the_application_and_keeps_what_was_asked(
    client: httpx.Client,
) -> None:
    page = client.get(f"{API}/oauth2/authorize", params=ASKED)
    assert page.status_code == 200
    assert "<form method=" in page.text
    assert CLIENT["client_id"] in page.text
    assert 'name="state" value="xyz&amp;1"' in page.text
    assert "while you" in page.text


def test_a_consent_gives_a_code_that_gives_working_tokens(client: httpx.Client) -> None:
    answer = _answer(_decide(client))
    assert answer["state"] == "xyz&1"
    tokens = _exchange(client, answer["code"]).json()
    assert tokens["token_type"] == "Bearer"
    assert tokens["expires_in"] == 43200
    assert tokens["refresh_token"]
    assert _list(client, tokens["access_token"]).status_code == 200


def test_a_code_works_once(client: httpx.Client) -> None:
    code = _answer(_decide(client))["code"]
    assert _exchange(client, code).status_code == 200
    again = _exchange(client, code)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    "changes",
    [
        {"code_verifier": "another-verifier-that-is-long-enough-too-0123456789"},
        {"code_verifier": ""},
        {"redirect_uri": "https://127.0.0.1:9/elsewhere"},
        OTHER,
    ],
)
def test_a_code_needs_its_verifier_address_and_application(
    client: httpx.Client, changes: dict[str, str]
) -> None:
    reply = _exchange(client, _answer(_decide(client))["code"], **changes)
    assert (reply.status_code, reply.json()["error"]) == (400, "invalid_grant")


def test_an_old_code_is_refused(client: httpx.Client, advance: Advance) -> None:
    code = _answer(_decide(client))["code"]
    advance(301)
    assert _exchange(client, code).status_code == 400


def test_without_offline_access_there_is_no_refresh_token(client: httpx.Client) -> None:
    assert "refresh_token" not in _granted(client, scope="")


def test_a_wrong_password_shows_the_page_again_and_gives_no_code(client: httpx.Client) -> None:
    reply = _decide(client, password="guess")
    assert reply.status_code == 403
    assert 'role="alert"' in reply.text
    assert "guess" not in reply.text


def test_a_denied_consent_says_so_to_the_application(client: httpx.Client) -> None:
    assert _answer(_decide(client, decision="deny")) == {
        "error": "access_denied",
        "state": "xyz&1",
    }


@pytest.mark.parametrize("address", ["http://example.com/x", "javascript:alert(1)", "", "https://"])
def test_nobody_is_sent_to_an_address_that_cannot_be_registered(
    client: httpx.Client, address: str
) -> None:
    reply = client.get(f"{API}/oauth2/authorize", params=ASKED | {"redirect_uri": address})
    assert reply.status_code == 400
    assert "location" not in reply.headers


def test_plain_http_on_this_machine_is_a_matter_of_policy(
    client: httpx.Client, policy: Policy
) -> None:
    asked = ASKED | {"redirect_uri": "http://127.0.0.1:8080/back"}
    assert client.get(f"{API}/oauth2/authorize", params=asked).status_code == 200
    policy(rest_redirect_needs_https="true")
    assert client.get(f"{API}/oauth2/authorize", params=asked).status_code == 400


def test_client_credentials_give_a_refresh_token_too(client: httpx.Client, token: Token) -> None:
    tokens = token().json()
    assert set(tokens) == {"token_type", "access_token", "refresh_token", "expires_in"}
    claims = _claims(tokens["access_token"])
    assert (claims["cnyId"], claims["userId"], claims["entityId"]) == ("SANDBOX", "apiuser", "")
    assert claims["clientId"] == CLIENT["client_id"]
    assert claims["exp"] - claims["iat"] == 43200


def test_the_entity_in_the_user_name_scopes_the_token(client: httpx.Client, token: Token) -> None:
    tokens = token(username="apiuser@SANDBOX|200").json()
    assert _claims(tokens["access_token"])["entityId"] == "200"
    bad = token(username="apiuser@SANDBOX|nowhere")
    assert (bad.status_code, bad.json()["error"]) == (400, "invalid_grant")


def test_json_bodies_and_basic_authentication_are_taken_too(client: httpx.Client) -> None:
    body = {"grant_type": "client_credentials", "username": "apiuser@SANDBOX", **CLIENT}
    assert client.post(f"{API}/oauth2/token", json=body).status_code == 200
    fields = {"grant_type": "client_credentials", "username": "apiuser@SANDBOX"}
    basic = (CLIENT["client_id"], CLIENT["client_secret"])
    assert client.post(f"{API}/oauth2/token", data=fields, auth=basic).status_code == 200


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"username": ""}, 400, "GW-0036"),
        ({"username": "apiuser"}, 400, "GW-0012"),
        ({"username": "apiuser@ELSEWHERE"}, 400, "GW-0011"),
        ({"client_id": ""}, 400, "GW-0037"),
        ({"client_id": "nobody.app.sage.com"}, 400, "GW-0011"),
        ({"grant_type": "password"}, 400, "GW-0032"),
    ],
)
def test_the_gateway_refuses_a_bad_token_request_with_its_code(
    token: Token, changes: dict[str, str], status: int, code: str
) -> None:
    reply = token(**changes)
    assert (reply.status_code, reply.json()["ia::error"]["code"]) == (status, code)
    assert reply.json()["ia::error"]["details"]["requestId"]


def test_a_doubled_or_missing_field_has_a_code_of_its_own(client: httpx.Client) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    cases = {
        "": "GW-0035",
        "client_id=a&client_id=b": "GW-0038",
        "username=a&username=b": "GW-0039",
    }
    for body, code in cases.items():
        reply = client.post(f"{API}/oauth2/token", content=body, headers=form)
        assert reply.json()["ia::error"]["code"] == code
    assert client.post(f"{API}/oauth2/nothing").json()["ia::error"]["code"] == "GW-0033"


def test_a_wrong_secret_or_user_is_refused_in_the_words_of_oauth(token: Token) -> None:
    secret = token(client_secret="guess")
    assert (secret.status_code, secret.json()["error"]) == (401, "invalid_client")
    user = token(username="nobody@SANDBOX")
    assert (user.status_code, user.json()["error"]) == (400, "invalid_grant")


def test_a_refresh_token_rotates_and_the_old_one_stops(client: httpx.Client, token: Token) -> None:
    old = token().json()["refresh_token"]
    new = _refresh(client, old).json()
    assert new["refresh_token"] != old
    assert _list(client, new["access_token"]).status_code == 200
    lost = _refresh(client, old)
    assert (lost.status_code, lost.json()["error"]) == (400, "invalid_grant")
    assert _refresh(client, new["refresh_token"]).status_code == 200


def test_without_rotation_a_refresh_token_stays(
    client: httpx.Client, token: Token, policy: Policy
) -> None:
    policy(rest_refresh_rotates="false")
    old = token().json()["refresh_token"]
    assert _refresh(client, old).json()["refresh_token"] == old
    assert _refresh(client, old).status_code == 200


def test_a_refresh_may_move_the_token_to_an_entity(client: httpx.Client, token: Token) -> None:
    refresh = token().json()["refresh_token"]
    access = _refresh(client, refresh, entity_id="200").json()["access_token"]
    assert _claims(access)["entityId"] == "200"


def test_a_refresh_token_belongs_to_its_application_and_ends_after_half_a_year(
    client: httpx.Client, token: Token, advance: Advance
) -> None:
    refresh = token().json()["refresh_token"]
    assert _refresh(client, refresh, **OTHER).status_code == 400
    advance(181 * 24 * 3600)
    assert _refresh(client, refresh).status_code == 400


def test_an_expired_access_token_is_refused_in_the_third_shape(
    client: httpx.Client, token: Token, advance: Advance, policy: Policy
) -> None:
    access = token().json()["access_token"]
    advance(43199)
    assert _list(client, access).status_code == 200
    advance(1)
    reply = _list(client, access)
    assert reply.status_code == 401
    error = reply.json()["error"]
    assert (error["code"], error["errorId"]) == ("tokenInvalid", "REST-2102")
    assert error["additionalInfo"]["messageId"] == "IA.TOKEN_IS_INVALID"
    policy(rest_invalid_token_status="400")
    assert _list(client, access).status_code == 400


def test_a_second_consent_silently_ends_the_first_grant(client: httpx.Client) -> None:
    first = _granted(client)
    second = _granted(client)
    assert _list(client, first["access_token"]).json()["error"]["errorId"] == "REST-2102"
    assert _refresh(client, first["refresh_token"]).status_code == 400
    assert _list(client, second["access_token"]).status_code == 200


@pytest.mark.parametrize(("value", "status"), [("authorization", 200), ("any", 401), ("none", 200)])
def test_whether_client_credentials_end_earlier_grants_is_a_policy(
    token: Token, client: httpx.Client, policy: Policy, value: str, status: int
) -> None:
    policy(rest_grant_replaces=value)
    first = token().json()["access_token"]
    token()
    assert _list(client, first).status_code == status


def test_revoking_ends_all_grants_of_the_user_with_the_application(
    client: httpx.Client, token: Token
) -> None:
    first, second, other = token().json(), token().json(), token(**OTHER).json()
    fields = {"token": second["refresh_token"], **CLIENT}
    assert client.post(f"{API}/oauth2/revoke", data=fields).status_code == 200
    assert _list(client, first["access_token"]).status_code == 401
    assert _list(client, second["access_token"]).status_code == 401
    assert _list(client, other["access_token"]).status_code == 200


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "GW-0034"),
        ("Basic abc", "GW-0034"),
        ("Bearer abc", "GW-0031"),
        ("Bearer a.b.c", "GW-0031"),
    ],
)
def test_a_header_without_a_token_is_refused_by_the_gateway(
    client: httpx.Client, header: str, code: str
) -> None:
    address = f"{API}/objects/accounts-receivable/customer"
    reply = client.get(address, headers={"Authorization": header})
    assert (reply.status_code, reply.json()["ia::error"]["code"]) == (401, code)


def test_a_token_whose_claims_were_changed_is_refused(client: httpx.Client, token: Token) -> None:
    head, _, signature = token().json()["access_token"].split(".")
    claims = base64.urlsafe_b64encode(b'{"sessionId":"1"}').rstrip(b"=").decode()
    reply = _list(client, f"{head}.{claims}.{signature}")
    assert reply.json()["ia::error"]["code"] == "GW-0031"


def test_access_tokens_can_be_expired_on_request_while_refresh_tokens_live(
    client: httpx.Client, token: Token
) -> None:
    tokens = token().json()
    client.post("/_sandbox/tokens/expire").raise_for_status()
    assert _list(client, tokens["access_token"]).status_code == 401
    access = _refresh(client, tokens["refresh_token"]).json()["access_token"]
    assert _list(client, access).status_code == 200


def test_a_reset_forgets_every_grant(client: httpx.Client, token: Token) -> None:
    access = token().json()["access_token"]
    client.post("/_sandbox/reset").raise_for_status()
    assert _list(client, access).status_code == 401


def test_discovery_names_the_endpoints(client: httpx.Client) -> None:
    found = client.get("/.well-known/openid-configuration").json()
    assert found["issuer"] == "https://api.intacct.com"
    assert found["token_endpoint"] == f"http://sandbox.test{API}/oauth2/token"
