"""Limits with their headers, and faults on request, in the words of REST."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
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


def test_the_hours_limit_tells_when_the_next_request_is_free(
    rest: Rest, policy: Policy, advance: Advance
) -> None:
    policy(rest_hour_limit="2")
    assert rest("GET", VENDOR).headers["x-ia-hour-rate-limit-remaining"] == "1"
    advance(600)
    rest("GET", VENDOR)
    refused = rest("GET", VENDOR)
    assert refused.status_code == 429
    assert refused.headers["x-ia-hour-rate-limit"] == "2"
    assert refused.headers["x-ia-hour-rate-limit-remaining"] == "-1"
    assert refused.headers["x-ia-hour-rate-limit-retry-after"] == "3000"


def test_computing_time_is_told_and_runs_out(rest: Rest, policy: Policy, advance: Advance) -> None:
    policy(rest_cpu_limit="1")
    told = rest("GET", VENDOR).headers
    names = ("request-cost", "limit", "limit-remaining", "limit-reset")
    assert [told[f"x-ia-cpu-{name}"] for name in names] == ["1", "1", "0", "60"]
    assert rest("GET", VENDOR).status_code == 429
    advance(61)
    assert rest("GET", VENDOR).status_code == 200


def test_every_reply_tells_how_many_more_may_run_beside_it(rest: Rest, policy: Policy) -> None:
    assert "x-ia-throttle-limit" not in rest("GET", VENDOR).headers
    policy(concurrency="3")
    told = rest("GET", VENDOR).headers
    assert (told["x-ia-throttle-limit"], told["x-ia-throttle-limit-remaining"]) == ("3", "2")


def _query(rest: Rest, start: int) -> list[str]:
    body: dict[str, Any] = {"object": "accounts-payable/vendor", "fields": ["key"]}
    body |= {"orderBy": [{"key": "asc"}], "start": start, "size": 3}
    rows = rest("POST", "/services/core/query", body).json()["ia::result"]
    return [row["key"] for row in rows]


@pytest.mark.parametrize(("fault", "repeated"), [("duplicate_rows", 1), ("moving_rows", 0)])
def test_rows_move_between_the_pages_of_a_query(
    rest: Rest, client: httpx.Client, fault: str, repeated: int
) -> None:
    # The first record leaves room before it.
    client.post("/_sandbox/faults", json={"fault": "moving_rows"}).raise_for_status()
    _query(rest, 1)
    before = _query(rest, 1)
    following = _query(rest, 4)
    _arm(client, fault, function="POST /services/core/query")
    moved = _query(rest, 4)
    assert moved != following
    assert len(set(before) & set(moved)) == repeated


def test_a_reply_can_lack_its_keys_though_the_record_is_there(
    rest: Rest, client: httpx.Client
) -> None:
    _arm(client, "no_key", function=f"POST {VENDOR}")
    made = rest("POST", VENDOR, BODY)
    assert (made.status_code, made.json()["ia::result"]) == (201, {})
    assert client.get("/_sandbox/ledger?object=VENDOR").json()[-1]["id"] == "F-1"


def test_a_reply_can_say_that_its_key_was_used_though_the_record_is_there(
    rest: Rest, client: httpx.Client
) -> None:
    _arm(client, "duplicate_reply_failure", function=f"POST {VENDOR}")
    assert rest("POST", VENDOR, BODY).status_code == 409
    assert client.get("/_sandbox/ledger?object=VENDOR").json()[-1]["id"] == "F-1"


def test_a_reply_can_carry_another_idempotency_key(rest: Rest, client: httpx.Client) -> None:
    _arm(client, "wrong_control_id", function=f"POST {VENDOR}")
    made = rest("POST", VENDOR, BODY, headers={"Idempotency-Key": "mine"})
    assert made.headers["idempotency-key"] == "not-mine"


def test_the_clock_of_a_reply_can_be_wrong(rest: Rest, client: httpx.Client) -> None:
    _arm(client, "clock_skew", seconds=-7200)
    told = parsedate_to_datetime(rest("GET", VENDOR).headers["date"])
    assert abs((datetime.now(tz=UTC) - told).total_seconds() - 7200) < 60
