"""Answers to requests for tokens: a token, a refusal for a person, or no clear answer."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs

import pytest

from connector.errors import ConnectionProblem, ConnectorError, OutcomeUnknown, RateLimited
from connector.intacct.dialects.rest_tokens import (
    AccessToken,
    read_token,
    refresh_form,
    user_form,
)

NOW = 1_000_000
GRANTED = {
    "token_type": "Bearer",
    "access_token": "jwt",
    "refresh_token": "next",
    "expires_in": 43200,
}


def read(status: int, document: Any) -> AccessToken:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return read_token(status, {}, body, NOW)


def test_a_grant_ends_when_it_says() -> None:
    assert read(200, GRANTED) == AccessToken("jwt", "next", NOW + 43_200_000)


def test_a_grant_without_refresh_token_has_none() -> None:
    assert read(200, {**GRANTED, "refresh_token": None}).refresh_token == ""


def test_tokens_are_not_shown() -> None:
    assert "jwt" not in repr(read(200, GRANTED))


def test_forms_carry_what_each_grant_needs_whatever_it_holds() -> None:
    assert parse_qs(refresh_form("id", "s&=", "r+1").decode()) == {
        "grant_type": ["refresh_token"],
        "client_id": ["id"],
        "client_secret": ["s&="],
        "refresh_token": ["r+1"],
    }
    named = parse_qs(user_form("id", "s", "api@ACME|100").decode())
    assert named["grant_type"] == ["client_credentials"]
    assert named["username"] == ["api@ACME|100"]


@pytest.mark.parametrize(
    ("status", "document", "kind"),
    [
        (400, {"error": "invalid_grant", "error_description": "x"}, ConnectionProblem),
        (401, {"error": "invalid_client"}, ConnectionProblem),
        (200, {"error": "invalid_grant"}, ConnectionProblem),
        (400, {"error": "odd", "error_description": "<b>Odd</b> thing"}, ConnectionProblem),
        (400, {"ia::error": {"code": "GW-0036", "message": "No user"}}, ConnectionProblem),
        (429, {"ia::error": {"code": "GW-0010", "message": "Slow"}}, RateLimited),
        (429, b"slow down", RateLimited),
        (500, {"error": "server_error"}, OutcomeUnknown),
        (502, b"<html>", OutcomeUnknown),
        (200, b"<html>", OutcomeUnknown),
        (200, {}, OutcomeUnknown),
        (200, {"access_token": "", "expires_in": 1}, OutcomeUnknown),
        (200, {"access_token": "x", "expires_in": "soon"}, OutcomeUnknown),
    ],
)
def test_each_answer_has_its_meaning(
    status: int, document: Any, kind: type[ConnectorError]
) -> None:
    with pytest.raises(ConnectorError) as refused:
        read(status, document)
    assert type(refused.value) is kind
    assert "<" not in refused.value.title
