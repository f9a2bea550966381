"""Whose clock change times go by, and what they say happened."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from connector.component.polling import Seen
from triggers import change_events
from triggers.change_columns import Columns
from triggers.change_times import Clock, earlier, milliseconds

UTC_CLOCK = Clock("xml", "/mdY", "+00:00")
COLUMNS = Columns("invoice", "WHENMODIFIED", "AUWHENCREATED", "STATE", ())
STATE = {"cursor": "2026-03-02T10:00:00", "made": "2026-03-02T09:00:00", "mark": 0}
ASKED = {"changes": ["created", "updated"]}


def record(modified: str, created: str = "01/01/2026 08:00:00", state: str = "Posted") -> Any:
    return {
        "key": "7",
        "id": "INV-7",
        "dateModified": modified,
        "AUWHENCREATED": created,
        "state": state,
    }


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("/mdY", "03/02/2026 10:15:00"),
        ("/dmY", "02/03/2026 10:15:00"),
        (".dmY", "02.03.2026 10:15:00"),
        ("-Ymd", "2026-03-02 10:15:00"),
        ("/mdY", "2026-03-02T10:15:00Z"),
        ("/mdY", "2026-03-02T10:15:00.123Z"),
    ],
)
def test_time_is_read_and_asked_for_in_the_form_of_the_user(form: str, text: str) -> None:
    clock = Clock("xml", form)
    assert clock.moment(text) == "2026-03-02T10:15:00"
    if "T" not in text:
        assert clock.literal("2026-03-02T10:15:00") == text


def test_times_of_rest_are_asked_for_as_iso_in_utc() -> None:
    assert Clock("rest").literal("2026-03-02T10:15:00") == "2026-03-02T10:15:00Z"


@pytest.mark.parametrize(
    ("clock", "minutes"),
    [
        (Clock("rest"), 15),
        (UTC_CLOCK, 15),
        (Clock("xml", "/mdY", "-07:00"), 15 + 8 * 60),
        (Clock("xml", "/mdY", "+05:30"), 15 + 6 * 60 + 30),
        (Clock("xml"), 26 * 60),
    ],
)
def test_overlap_covers_the_zone_that_times_may_be_off_by(clock: Clock, minutes: int) -> None:
    assert clock.overlap(15) == timedelta(minutes=minutes)


def test_nothing_to_go_by_stays_nothing() -> None:
    assert UTC_CLOCK.moment("") == UTC_CLOCK.moment(None) == earlier("", timedelta(1)) == ""
    assert milliseconds("", "") is None


def test_record_with_the_change_time_that_is_known_is_no_news() -> None:
    old = Seen("7", "INV-7", "2026-03-02T10:15:00", "Posted")
    _, found = change_events.compare(COLUMNS, UTC_CLOCK, STATE, record("03/02/2026 10:15:00"), old)
    assert found is None


def test_record_made_after_the_start_is_new_and_an_older_one_is_changed() -> None:
    kinds = []
    for created in ("03/02/2026 09:00:01", "03/02/2026 09:00:00"):
        given = record("03/02/2026 10:15:00", created)
        _, found = change_events.compare(COLUMNS, UTC_CLOCK, STATE, given, None)
        assert found is not None
        kinds.append(found["change"])
    assert kinds == ["created", "updated"]


def test_record_without_a_change_time_counts_by_when_it_was_made() -> None:
    seen, found = change_events.compare(
        COLUMNS, UTC_CLOCK, STATE, record("", "03/02/2026 10:30:00"), None
    )
    assert seen.version == "2026-03-02T10:30:00"
    assert found is not None
    where = COLUMNS.since("2026-03-02T10:00:00", UTC_CLOCK)
    assert "isNull" in str(where)


def test_state_that_changed_is_told_as_a_change_where_nobody_asks_for_states() -> None:
    old = Seen("7", "INV-7", "2026-03-01T10:15:00", "Draft")
    seen, found = change_events.compare(
        COLUMNS, UTC_CLOCK, STATE, record("03/02/2026 10:15:00"), old
    )
    assert found is not None
    assert found["previousState"] == "Draft"
    told = change_events.wanted(found, ASKED, seen.state)
    assert told is not None
    assert told["change"] == "updated"
    watching = {"changes": ["stateChanged"], "states": ["Paid"]}
    assert change_events.wanted(found, watching, seen.state) is None
    assert change_events.wanted(found, {**watching, "states": ["Posted"]}, seen.state)


def test_same_change_has_the_same_name_alone_and_a_batch_has_its_own() -> None:
    seen = Seen("7", "INV-7", "2026-03-02T10:15:00")
    one = change_events.entry("updated", seen, {})
    (first,) = change_events.events("invoice", [one], {}, "")
    (again,) = change_events.events("invoice", [dict(one)], {"batchSize": 1}, "")
    (batch,) = change_events.events("invoice", [one, one], {"batchSize": 5}, "")
    assert first.id == again.id == "invoice/7@2026-03-02T10:15:00@updated"
    assert batch.id not in {first.id, again.id}
    gone = change_events.entry("deleted", seen, None)
    later = change_events.entry("deleted", Seen("7"), None)
    (one_end,) = change_events.events("invoice", [gone], {}, "")
    (same_end,) = change_events.events("invoice", [later], {}, "")
    assert one_end.id == same_end.id
