from __future__ import annotations

import pytest

from connector.intacct.limit_headers import NOTHING_SAID, LimitReport, read_limits, retry_after


def test_a_reply_without_limits_says_nothing() -> None:
    assert read_limits({"content-type": "application/json"}) == NOTHING_SAID


def test_the_smaller_of_the_two_limits_of_calls_at_once_binds() -> None:
    headers = {
        "x-ia-throttle-limit": "6",
        "x-ia-throttle-limit-remaining": "4",
        "x-ia-tenant-throttle-limit": "8",
        "x-ia-tenant-throttle-limit-remaining": "1",
    }
    assert read_limits(headers) == LimitReport(in_flight=6, in_flight_left=1)


def test_too_many_at_once_leaves_less_than_nothing() -> None:
    headers = {"x-ia-throttle-limit": "2", "x-ia-throttle-limit-remaining": "-1"}
    assert read_limits(headers) == LimitReport(in_flight=2, in_flight_left=-1)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"x-ia-minute-rate-limit": "300", "x-ia-minute-rate-limit-remaining": "1"}, None),
        ({"x-ia-minute-rate-limit": "300", "x-ia-minute-rate-limit-remaining": "0"}, 60.0),
        ({"x-ia-minute-rate-limit-remaining": "-1"}, None),
        (
            {
                "x-ia-minute-rate-limit": "300",
                "x-ia-minute-rate-limit-remaining": "0",
                "x-ia-hour-rate-limit": "9000",
                "x-ia-hour-rate-limit-remaining": "0",
                "x-ia-hour-rate-limit-retry-after": "1800",
            },
            1800.0,
        ),
    ],
    ids=["room", "minute used up", "no such limit", "hour used up"],
)
def test_a_used_up_minute_or_hour_asks_for_a_pause(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert read_limits(headers).pause_seconds == seconds


@pytest.mark.parametrize("text", ["", "many", "6, 6", "1e9", "6.5", "٦", "0"])
def test_a_limit_that_is_no_number_is_not_believed(text: str) -> None:
    assert read_limits({"x-ia-throttle-limit": text, "x-ia-minute-rate-limit": text}) == (
        NOTHING_SAID
    )


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7", "x-ia-hour-rate-limit-retry-after": "900"}, 7.0),
        ({"x-ia-throttle-limit-retryafter": "60"}, 60.0),
        ({"x-ia-tenant-throttle-limit-retry-after": "30"}, 30.0),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, None),
        ({"retry-after": "-5"}, None),
    ],
)
def test_the_wait_a_refusal_asks_for_is_read_in_each_spelling(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert retry_after(headers) == seconds
