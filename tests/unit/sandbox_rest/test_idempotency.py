"""Idempotency keys with their traps."""

from collections.abc import Callable
from typing import Any

import httpx

from connector.sandbox.company import Company, Scope
from connector.sandbox.config import SandboxConfig
from connector.sandbox.rest.errors import RestError
from connector.sandbox.rest.exchange import Reply, Request
from connector.sandbox.rest.idempotency import once

Rest = Callable[..., httpx.Response]
Advance = Callable[[float], None]
Ledger = Callable[[str], list[dict[str, Any]]]
VENDOR = "/objects/accounts-payable/vendor"
KEY = {"Idempotency-Key": "order-1"}
DAY = 24 * 3600
BODY = {"id": "I-1", "name": "Once"}


def _post(rest: Rest, body: Any = BODY, **more: Any) -> httpx.Response:
    return rest("POST", VENDOR, body, headers=KEY, **more)


def test_the_same_request_gets_the_same_reply_and_writes_once(rest: Rest, ledger: Ledger) -> None:
    first, second = _post(rest), _post(rest)
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json() == first.json()
    assert second.headers["idempotency-key"] == first.headers["idempotency-key"] == "order-1"
    assert "x-ia-idempotency-cached-date" not in first.headers
    assert second.headers["x-ia-idempotency-cached-date"] == "2026-03-02T09:30:00Z"
    assert len(ledger("VENDOR")) == 1


def test_without_a_key_the_same_request_is_run_again(rest: Rest) -> None:
    assert rest("POST", VENDOR, BODY).status_code == 201
    assert rest("POST", VENDOR, BODY).status_code == 422


def test_a_failure_is_replayed_even_when_it_would_now_succeed(rest: Rest, ledger: Ledger) -> None:
    key = rest("POST", VENDOR, BODY).json()["ia::result"]["key"]
    first = _post(rest)
    assert first.status_code == 422
    rest("DELETE", f"{VENDOR}/{key}")
    second = _post(rest)
    assert (second.status_code, second.json()) == (422, first.json())


def test_another_body_or_address_under_the_same_key_is_a_conflict(rest: Rest) -> None:
    _post(rest)
    assert _post(rest, {"id": "I-2", "name": "Twice"}).status_code == 409
    assert (
        rest("POST", "/objects/accounts-receivable/customer", BODY, headers=KEY).status_code == 409
    )
    assert rest("PATCH", f"{VENDOR}/1", BODY, headers=KEY).status_code == 409


def test_a_refused_body_cannot_be_corrected_under_its_key(rest: Rest) -> None:
    assert _post(rest, {"id": "I-1"}).status_code == 400
    assert _post(rest).status_code == 409


def test_after_48_hours_the_key_is_a_conflict_and_after_60_days_it_is_new(
    rest: Rest, advance: Advance, token: Callable[..., httpx.Response]
) -> None:
    def post() -> int:
        headers = KEY | {"Authorization": f"Bearer {token().json()['access_token']}"}
        return rest("POST", VENDOR, BODY, headers=headers).status_code

    assert post() == 201
    advance(2 * DAY - 1)
    assert post() == 201
    advance(1)
    assert post() == 409
    advance(58 * DAY - 1)
    assert post() == 409
    advance(1)
    assert post() == 422  # run again: the id is taken


def test_a_key_belongs_to_its_application(rest: Rest, token: Callable[..., httpx.Response]) -> None:
    _post(rest)
    other = {"client_id": "77e10b2ad93c4f58.app.sage.com", "client_secret": "sandbox-other-secret"}
    headers = KEY | {"Authorization": f"Bearer {token(**other).json()['access_token']}"}
    assert rest("POST", VENDOR, BODY, headers=headers).status_code == 422


def test_a_key_may_have_256_characters(rest: Rest) -> None:
    headers = {"Idempotency-Key": "k" * 256}
    assert rest("POST", VENDOR, BODY, headers=headers).status_code == 201
    headers = {"Idempotency-Key": "k" * 257}
    assert rest("POST", VENDOR, BODY, headers=headers).status_code == 400


def test_queries_deletes_and_gateway_refusals_take_no_notice_of_a_key(rest: Rest) -> None:
    query = {"object": "accounts-payable/vendor", "fields": ["id"]}
    for _ in range(2):
        reply = rest("POST", "/services/core/query", query, headers=KEY)
        assert "idempotency-key" not in reply.headers
    bad = rest("POST", VENDOR, BODY, headers=KEY | {"Authorization": "Bearer x"})
    assert bad.status_code == 401
    assert _post(rest).status_code == 201


def test_of_two_requests_at_once_one_wins_and_the_other_is_refused() -> None:
    """The second comes while the first is at work: from inside of it."""
    company = Company(SandboxConfig())
    scope = Scope(user="apiuser", entity="", sender="app")
    headers = {"idempotency-key": "order-1"}
    request = Request(company, scope, "POST", VENDOR, headers=headers, body=b"{}")
    refused: list[int] = []

    def work() -> Reply:
        try:
            once(request, work)
        except RestError as conflict:
            refused.append(conflict.status)
        return Reply(201, {})

    assert once(request, work).status == 201
    assert refused == [409]
    assert once(request, work).headers["x-ia-idempotency-cached-date"]
