"""Addresses, codes and tokens, as text."""

from __future__ import annotations

import base64
import json
from urllib.parse import parse_qs, urlsplit

import pytest

from connector.connections.oauth import (
    Answer,
    Holder,
    challenge_of,
    code_form,
    consent_url,
    holder_of,
    mismatch,
    new_verifier,
    read_answer,
    username_of,
)
from connector.errors import InputError


def jwt(claims: object) -> str:
    middle = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"e30.{middle}.c2ln"


def test_the_question_asks_for_lasting_access_and_shows_only_the_hash_of_its_proof() -> None:
    verifier = new_verifier()
    url = consent_url(
        "https://api.intacct.com/ia/api/v1/", "id", "https://us/cb?a=1", "st", verifier
    )
    assert url.startswith("https://api.intacct.com/ia/api/v1/oauth2/authorize?")
    assert parse_qs(urlsplit(url).query) == {
        "response_type": ["code"],
        "client_id": ["id"],
        "redirect_uri": ["https://us/cb?a=1"],
        "state": ["st"],
        "scope": ["offline_access"],
        "code_challenge": [challenge_of(verifier)],
        "code_challenge_method": ["S256"],
    }
    assert verifier not in url


def test_the_published_example_of_the_proof_holds() -> None:
    """RFC 7636, appendix B."""
    proof = challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    assert proof == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_a_verifier_is_long_and_new_each_time() -> None:
    assert len({new_verifier() for _ in range(50)}) == 50
    assert 43 <= len(new_verifier()) <= 128


def test_the_code_travels_with_its_proof() -> None:
    assert parse_qs(code_form("id", "s&", "c+d", "https://us/cb", "v").decode()) == {
        "grant_type": ["authorization_code"],
        "code": ["c+d"],
        "redirect_uri": ["https://us/cb"],
        "client_id": ["id"],
        "client_secret": ["s&"],
        "code_verifier": ["v"],
    }


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (" https://us/cb?code=c%2Bd&state=st ", Answer("c+d", "st")),
        ("code=abc&state=st", Answer("abc", "st")),
        ("?code=abc", Answer("abc")),
        ("abc-DEF_123", Answer("abc-DEF_123")),
    ],
)
def test_what_people_paste_is_understood(text: str, answer: Answer) -> None:
    assert read_answer(text) == answer


@pytest.mark.parametrize(
    "text", ["", "  ", "https://us/cb", "https://us/cb?state=st", "two words", "x" * 5000, "a\nb"]
)
def test_what_holds_no_code_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="no code"):
        read_answer(text)


@pytest.mark.parametrize(
    ("error", "says"),
    [("access_denied", "not allowed"), ("<b>odd</b>", "did not allow")],
)
def test_a_refusal_is_told_in_our_words(error: str, says: str) -> None:
    with pytest.raises(InputError, match=says) as refused:
        read_answer(f"https://us/cb?error={error}&state=st")
    assert "<" not in refused.value.title + refused.value.code


def test_a_token_says_whom_it_is_for() -> None:
    claims = {"cnyId": "ACME", "userId": "api", "entityId": "100", "exp": 1}
    assert holder_of(jwt(claims)) == Holder("ACME", "api", "100")


@pytest.mark.parametrize(
    "token", ["", "opaque", "a.b", "a.!!.c", "a.e30.c", jwt([1]), jwt({"cnyId": 5}), "a.é.c"]
)
def test_a_token_that_says_nothing_is_for_nobody_in_particular(token: str) -> None:
    assert holder_of(token) == Holder()


@pytest.mark.accepts("D36")
@pytest.mark.parametrize(
    ("wanted", "found", "field"),
    [
        (Holder("ACME"), Holder("OTHER"), "companyId"),
        (Holder("ACME", "", "100"), Holder("ACME", "x", "200"), "entityId"),
        (Holder("ACME", "api"), Holder("ACME", "ann"), "oauthUserId"),
        (Holder("ACME", "api", "100"), Holder("acme", "API", "100"), ""),
        (Holder("ACME", "", "100"), Holder("ACME", "x", ""), ""),
        (Holder("ACME"), Holder("ACME", "x", "200"), ""),
        (Holder("ACME"), Holder(), ""),
    ],
)
def test_a_token_for_somebody_else_is_named(wanted: Holder, found: Holder, field: str) -> None:
    problem = mismatch(wanted, found)
    assert (problem.field if problem else "") == field


def test_the_entity_rides_in_the_user() -> None:
    values = {"companyId": "ACME", "oauthUserId": "api", "entityId": "100"}
    assert username_of(values) == "api@ACME|100"
    assert username_of({**values, "entityId": ""}) == "api@ACME"
    assert username_of({"companyId": "ACME"}) == ""
