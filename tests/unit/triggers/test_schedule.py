"""When a schedule fires, also where the clock jumps; the days are those of the zone files."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice, pairwise

import pytest
from celery.schedules import crontab_parser

from connector.component.polling import settings_of
from connector.component.timetable import Cron, Timetable
from connector.errors import InputError
from connector.runtime.schedules import ALL, LATEST, MOST_AT_ONCE, SKIP, plan
from triggers.schedule import TRIGGER

HOUR = 3_600_000


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1000)


def firings(cron: str, zone: str, after: str, count: int = 4) -> list[str]:
    table = Timetable.of({"cron": cron, "timeZone": zone})
    return table.next_firings(at(after), count)


def test_skipped_time_fires_when_the_clock_has_gone_on() -> None:
    assert firings("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00+01:00", 2) == [
        "2026-03-29T03:00:00+02:00",
        "2026-03-30T02:30:00+02:00",
    ]


def test_two_times_in_one_gap_fire_once() -> None:
    assert firings("15,45 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00+01:00", 2) == [
        "2026-03-29T03:00:00+02:00",
        "2026-03-30T02:15:00+02:00",
    ]


def test_time_that_comes_twice_fires_the_first_time() -> None:
    assert firings("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00+02:00", 2) == [
        "2026-10-25T02:30:00+02:00",
        "2026-10-26T02:30:00+01:00",
    ]


def test_every_hour_goes_by_hours_that_pass() -> None:
    assert firings("0 * * * *", "Europe/Berlin", "2026-10-24T23:30:00+00:00", 3) == [
        "2026-10-25T02:00:00+02:00",
        "2026-10-25T02:00:00+01:00",
        "2026-10-25T03:00:00+01:00",
    ]
    spring = firings("0 * * * *", "Europe/Berlin", "2026-03-29T00:30:00+01:00", 3)
    assert [text[11:16] for text in spring] == ["01:00", "03:00", "04:00"]


def test_gap_of_half_an_hour_is_left_at_its_end() -> None:
    (first,) = firings("15 2 * * *", "Australia/Lord_Howe", "2026-10-03T12:00:00+10:30", 1)
    assert first == "2026-10-04T02:30:00+11:00"


def test_gap_at_midnight_moves_to_one_o_clock() -> None:
    (first,) = firings("0 0 * * *", "America/Santiago", "2026-09-05T12:00:00-04:00", 1)
    assert first == "2026-09-06T01:00:00-03:00"


def test_day_that_a_zone_left_out_fires_when_the_next_begins() -> None:
    first, second = firings("0 9 * * *", "Pacific/Apia", "2011-12-29T12:00:00-10:00", 2)
    assert first == "2011-12-31T00:00:00+14:00"
    assert second == "2011-12-31T09:00:00+14:00"


def test_both_kinds_of_days_mean_either() -> None:
    found = firings("0 9 1 * MON", "UTC", "2026-01-01T09:00:00+00:00", 5)
    assert [text[8:10] for text in found] == ["05", "12", "19", "26", "01"]


def test_leap_day_is_waited_for_across_a_century() -> None:
    assert firings("0 0 29 2 *", "UTC", "2097-01-01T00:00:00+00:00", 1)[0].startswith("2104-02-29")


@pytest.mark.parametrize(
    ("text", "size", "low"),
    [("*", 60, 0), ("*/7", 60, 0), ("5-20/3", 60, 0), ("1,2,30-32", 60, 0), ("*/5", 31, 1)],
)
def test_fields_mean_what_another_reader_takes_them_for(text: str, size: int, low: int) -> None:
    expected = crontab_parser(size, low).parse(text)
    line = f"{text} 0 * * *" if low == 0 else f"0 0 {text} * *"
    found = Cron.parse(line)
    assert set(found.minutes if low == 0 else found.days) == expected


def test_seven_is_sunday_too() -> None:
    assert Cron.parse("0 0 * * 7").weekdays == Cron.parse("0 0 * * sun").weekdays == {0}
    assert Cron.parse("0 0 * * 5-7").weekdays == {5, 6, 0}


@pytest.mark.parametrize(
    "line",
    [
        *("", "* * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * 32 * *", "* * * 13 *"),
        *("* * * * 8", "*/0 * * * *", "5-1 * * * *", "a * * * *", "* * * * * *", "1,,2 * * * *"),
        *("0 0 30 2 *", "0 0 31 4,6,9,11 *", "*-5 * * * *", "-1 * * * *", "1.5 * * * *"),
    ],
)
def test_line_that_is_none_is_refused_with_an_example(line: str) -> None:
    with pytest.raises(InputError) as caught:
        Cron.parse(line)
    assert caught.value.field == "cron"
    assert "30 7 * * MON-FRI" in caught.value.advice


@pytest.mark.parametrize("zone", ["Mars/Base", "../etc/passwd", "", "Europe"])
def test_zone_that_is_none_is_refused(zone: str) -> None:
    if not zone:
        assert Timetable.of({"cron": "* * * * *", "timeZone": zone}).zone.key == "UTC"
        return
    with pytest.raises(InputError, match="no time zone"):
        Timetable.of({"cron": "* * * * *", "timeZone": zone})


@pytest.mark.parametrize("config", [{}, {"cron": "* * * * *", "everyMinutes": 5}])
def test_schedule_is_a_line_or_an_interval(config: dict[str, object]) -> None:
    with pytest.raises(InputError, match="either"):
        Timetable.of(config)


def test_interval_keeps_its_beat_whenever_it_is_asked() -> None:
    table = Timetable.of({"everyMinutes": 90})
    moments = list(islice(table.firings(at("2026-03-02T10:07:00+00:00")), 3))
    assert [b - a for a, b in pairwise(moments)] == [90 * 60_000] * 2
    assert next(table.firings(moments[0] - 1)) == moments[0]
    assert next(table.firings(moments[0])) == moments[1]


def test_policies_for_three_hours_of_downtime() -> None:
    table = Timetable.of({"cron": "0 * * * *"})
    due, now = at("2026-03-02T09:00:00+00:00"), at("2026-03-02T12:00:30+00:00")
    shown = {
        policy: [
            datetime.fromtimestamp(slot / 1000, UTC).hour
            for slot in plan(table, policy, due, now).slots
        ]
        for policy in (SKIP, LATEST, ALL)
    }
    assert shown == {SKIP: [12], LATEST: [12], ALL: [9, 10, 11, 12]}
    assert plan(table, SKIP, due, now).missed == plan(table, LATEST, due, now).missed == 3
    assert plan(table, ALL, due, now).next_at == due + 4 * HOUR


def test_slot_rung_for_late_by_a_minute_is_not_missed() -> None:
    table = Timetable.of({"cron": "0 * * * *"})
    due = at("2026-03-02T09:00:00+00:00")
    assert plan(table, SKIP, due, due + 60_000).slots == (due,)
    assert plan(table, SKIP, due, due + 180_000).slots == ()


def test_year_of_missed_minutes_is_made_up_for_in_parts() -> None:
    table = Timetable.of({"everyMinutes": 1})
    found = plan(table, ALL, 60_000, 365 * 24 * HOUR)
    assert len(found.slots) == MOST_AT_ONCE
    assert found.next_at == 60_000 * (MOST_AT_ONCE + 1)


def test_settings_have_their_defaults() -> None:
    assert settings_of(TRIGGER, {"cron": "@daily"}) == {
        "cron": "@daily",
        "timeZone": "UTC",
        "missed": "latest",
    }
