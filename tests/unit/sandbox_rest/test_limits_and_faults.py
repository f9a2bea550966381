"""Limits with their headers, and faults on request, in the words of REST."""

import threading
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

Rest = Callable[..., httpx.Response]
Policy = Callable[..., None]
Advance = Callable[[float], None]
VENDOR = "/objects/accounts-payable/vendor"
BODY = {"id": "F-1", "name": "Fault"}


def _arm(client: httpx.Client, fault: str, **more: Any) -> None:
    client.post("/_sandbox/faults", json={"fault": fault, **more}).raise_for_status()


def test_requests_beyond_the_minutes_limit_are_refused_until_the_minute_is_over(
    rest: Rest, policy: Policy, advance: Advance
) -> None:
    policy(rest_minute_limit="2", retry_after_seconds="7")
    first = rest("GET", VENDOR)
    assert first.headers["x-ia-minute-rate-limit"] == "2"
    assert first.headers["x-ia-minute-rate-limit-remaining"] == "1"
    rest("GET", VENDOR)
    refused = rest("GET", VENDOR)
    assert refused.status_code == 429
    assert refused.json()["ia::error"]["code"] == "GW-0010"
    assert refused.headers["retry-after"] == "7"
    assert refused.headers["x-ia-minute-rate-limit-remaining"] == "-1"
    advance(61)
    assert rest("GET", VENDOR).status_code == 200


def test_one_request_too_many_at_once_is_refused(
    rest: Rest, policy: Policy, client: httpx.Client
) -> None:
    policy(concurrency="1")
    assert rest("GET", VENDOR).status_code == 200
    company = client._transport.app.extensions["sandbox"].company  # type: ignore[attr-defined]
    with company.gate.entered(0):
        refused = rest("GET", VENDOR)
    assert (refused.status_code, refused.json()["ia::error"]["code"]) == (429, "GW-0010")
    assert refused.headers["x-ia-throttle-limit"] == "1"
    assert refused.headers["x-ia-throttle-limit-remaining"] == "-1"
    assert rest("GET", VENDOR).status_code == 200


@pytest.mark.parametrize(
    ("value", "header"),
    [
        ("X-IA-Throttle-Limit-RetryAfter", "x-ia-throttle-limit-retryafter"),
        ("X-IA-Hour-Rate-Limit-Retry-After", "x-ia-hour-rate-limit-retry-after"),
        ("none", ""),
    ],
)
def test_the_advice_when_to_try_again_has_several_spellings(
    rest: Rest, policy: Policy, client: httpx.Client, value: str, header: str
) -> None:
    policy(rest_retry_header=value, rest_overload_status="503", retry_after_seconds="7")
    _arm(client, "rate_limit")
    refused = rest("GET", VENDOR)
    assert refused.status_code == 503
    assert "retry-after" not in refused.headers
    if header:
        assert refused.headers[header] == "7"


def test_a_reply_lost_after_the_work_leaves_the_record(rest: Rest, client: httpx.Client) -> None:
    _arm(client, "commit_then_502", function=f"POST {VENDOR}")
    reply = rest("POST", VENDOR, BODY)
    assert (reply.status_code, "<html>" in reply.text) == (502, True)
    assert rest("POST", VENDOR, BODY).status_code == 422


def test_an_idempotency_key_finds_the_record_whose_reply_was_lost(
    rest: Rest, client: httpx.Client
) -> None:
    headers = {"Idempotency-Key": "f-1"}
    _arm(client, "commit_then_524", function=f"POST {VENDOR}")
    assert rest("POST", VENDOR, BODY, headers=headers).status_code == 524
    again = rest("POST", VENDOR, BODY, headers=headers)
    assert (again.status_code, again.json()["ia::result"]["id"]) == (201, "F-1")


def test_a_late_commit_happens_after_the_reply(rest: Rest, client: httpx.Client) -> None:
    _arm(client, "late_commit", function=f"POST {VENDOR}", seconds=0.02)
    assert rest("POST", VENDOR, BODY).status_code == 524
    query = {
        "object": "accounts-payable/vendor",
        "fields": ["id"],
        "filters": [{"$eq": {"id": "F-1"}}],
    }
    deadline = time.monotonic() + 20
    while not rest("POST", "/services/core/query", query).json()["ia::result"]:
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)


def test_a_reply_that_breaks_off_promises_more_than_it_holds(
    rest: Rest, client: httpx.Client
) -> None:
    _arm(client, "truncate", function=f"GET {VENDOR}")
    reply = rest("GET", VENDOR)
    assert reply.headers["content-type"] == "application/json"
    assert int(reply.headers["content-length"]) > len(reply.content)


def test_faults_of_the_xml_api_change_nothing_here(rest: Rest, client: httpx.Client) -> None:
    _arm(client, "wrong_control_id")
    assert rest("GET", VENDOR).status_code == 200


def test_faults_name_the_method_and_object_whatever_the_key(
    rest: Rest, client: httpx.Client
) -> None:
    _arm(client, "unavailable_503", function=f"PATCH {VENDOR}")
    assert rest("GET", f"{VENDOR}/1").status_code == 200
    assert rest("PATCH", f"{VENDOR}/1", {"name": "x"}).status_code == 503
    assert rest("PATCH", f"{VENDOR}/1", {"name": "x"}).status_code == 200


def test_an_expired_session_is_an_invalid_token_here(rest: Rest, client: httpx.Client) -> None:
    _arm(client, "session_expired", function="rest")
    reply = rest("GET", VENDOR)
    assert (reply.status_code, reply.json()["error"]["errorId"]) == (401, "REST-2102")


def test_a_lost_refresh_leaves_the_client_without_a_working_token(
    client: httpx.Client, token: Callable[..., httpx.Response]
) -> None:
    refresh = token().json()["refresh_token"]
    _arm(client, "commit_then_502", function="POST /oauth2/token")
    fields = {"grant_type": "refresh_token", "refresh_token": refresh}
    assert token(**fields).status_code == 502
    assert token(**fields).json()["error"] == "invalid_grant"


def test_requests_are_seen_with_their_method_path_and_idempotency_key(
    rest: Rest, client: httpx.Client
) -> None:
    rest("POST", VENDOR, BODY, headers={"Idempotency-Key": "seen-1"})
    seen = client.get("/_sandbox/requests").json()[-1]
    assert seen["functions"] == [f"POST {VENDOR}"]
    assert seen["control_ids"] == ["seen-1"]
    assert seen["status"] == 201


def test_transactions_are_metered_by_record_and_page(rest: Rest, client: httpx.Client) -> None:
    rest("POST", VENDOR, [BODY, {"id": "F-2", "name": "Two"}, {"id": "F-3"}])
    assert rest("POST", VENDOR, BODY).status_code == 422
    rest("POST", "/services/core/query", {"object": "accounts-payable/vendor", "fields": ["id"]})
    months = client.get("/_sandbox/usage").json()["months"]
    functions = next(iter(months.values()))["functions"]
    assert functions == {f"POST {VENDOR}": 2, "POST /services/core/query": 1}
