"""Times as people type them when they look for runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from connector.cli.finding import moment, shown
from connector.errors import InputError


def test_a_day_and_a_moment_are_utc_unless_they_say_otherwise() -> None:
    assert moment("2026-03-31", "since") == 1774915200000
    assert moment("2026-03-31T08:00", "since") == 1774944000000
    assert moment("2026-03-31T08:00+02:00", "since") == 1774936800000
    assert shown(1774944000000) == "2026-03-31 08:00:00"


def test_an_age_counts_back_from_now() -> None:
    found = moment("24h", "since")
    assert found is not None
    gap = datetime.now(UTC) - datetime.fromtimestamp(found / 1000, UTC)
    assert timedelta(hours=24) <= gap < timedelta(hours=25)


def test_nothing_given_is_no_time() -> None:
    assert moment("", "since") is None


@pytest.mark.parametrize("text", ["yesterday", "20260331", "2026-13-01", "h", "-3d", "1e3d", "٣d"])
def test_what_is_no_time_is_said(text: str) -> None:
    with pytest.raises(InputError, match="is no time"):
        moment(text, "since")


def test_an_age_beyond_the_calendar_is_no_time() -> None:
    with pytest.raises(InputError, match="is no time"):
        moment("99999999999d", "since")
