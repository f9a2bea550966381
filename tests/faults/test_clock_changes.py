"""F37: clocks that are put forward and back, three hours of downtime, and two beats."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from connector.runtime import polling, sweeper
from connector.runtime.bells import POLL
from connector.store import Database, clock, from_json
from tests.support.polls import Watch

MINUTE = 60_000


class Night(Watch):
    """An installation whose database's clock the test moves, with two beats and their workers."""

    now = 0

    def set(self, moment: str) -> None:
        """Put the clock to a moment."""
        self.now = int(datetime.fromisoformat(moment).timestamp() * 1000)

    def pass_to(self, moment: str, every: int = 10) -> None:
        """Let time pass with both beats ringing and eight workers hearing all of it."""
        end = int(datetime.fromisoformat(moment).timestamp() * 1000)
        while self.now < end:
            self.now += every * MINUTE
            self.beat_twice()

    def beat_twice(self) -> None:
        """Let two sweeps ring at once, and workers take what both rang for."""
        self.bells.heard.clear()
        with ThreadPoolExecutor(2) as beats:
            list(beats.map(lambda _: sweeper.sweep(self.services), range(2)))
        rung = [name for task, name, _ in self.bells.heard if task == POLL]
        with ThreadPoolExecutor(8) as workers:
            list(workers.map(lambda name: polling.take(self.services, name), rung * 2))

    def fired(self) -> list[str]:
        """Return the slots that runs were started for, in order."""
        return sorted(str(from_json(row.input)["scheduledAt"]) for row in self.runs())


@pytest.fixture
def night(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Night:
    """Give an installation that believes it is the time a test says."""
    found = Night(database, tmp_path)

    def now_ms(_connection: Any) -> int:
        return found.now

    monkeypatch.setattr(clock, "now_ms", now_ms)
    return found


def watched(night: Night, cron: str, missed: str = "latest") -> None:
    config = f"{{cron: '{cron}', timeZone: Europe/Berlin, missed: {missed}}}"
    night.publish(f"{{type: schedule, config: {config}}}")
    night.beat_twice()


@pytest.mark.accepts("F37")
def test_half_past_two_fires_once_in_the_night_that_has_none(night: Night) -> None:
    night.set("2026-03-28T12:00:00+01:00")
    watched(night, "30 2 * * *")
    night.pass_to("2026-03-30T12:00:00+02:00", every=30)
    assert night.fired() == ["2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00"]


@pytest.mark.accepts("F37")
def test_half_past_two_fires_once_in_the_night_that_has_two(night: Night) -> None:
    night.set("2026-10-24T12:00:00+02:00")
    watched(night, "30 2 * * *")
    night.pass_to("2026-10-26T12:00:00+01:00", every=30)
    assert night.fired() == ["2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"]


@pytest.mark.accepts("F37")
def test_every_hour_that_passes_fires_in_both_nights(night: Night) -> None:
    night.set("2026-10-25T00:30:00+02:00")
    watched(night, "0 * * * *")
    night.pass_to("2026-10-25T04:10:00+01:00", every=10)
    assert len(night.fired()) == 5


@pytest.mark.accepts("F37")
@pytest.mark.parametrize(
    ("policy", "expected"),
    [("skip", []), ("latest", ["11:00"]), ("all", ["09:00", "10:00", "11:00"])],
)
def test_three_hours_of_downtime_are_treated_as_configured(
    night: Night, policy: str, expected: list[str]
) -> None:
    night.set("2026-06-01T08:30:00+02:00")
    watched(night, "0 * * * *", policy)
    night.set("2026-06-01T11:30:00+02:00")
    night.beat_twice()
    assert [slot[11:16] for slot in night.fired()] == expected
    night.pass_to("2026-06-01T12:10:00+02:00")
    assert [slot[11:16] for slot in night.fired()] == [*expected, "12:00"]


def test_clock_that_is_put_back_fires_no_slot_again(night: Night) -> None:
    night.set("2026-06-01T08:30:00+02:00")
    watched(night, "0 * * * *")
    night.pass_to("2026-06-01T10:10:00+02:00")
    night.set("2026-06-01T08:30:00+02:00")
    night.pass_to("2026-06-01T11:10:00+02:00")
    assert [slot[11:16] for slot in night.fired()] == ["09:00", "10:00", "11:00"]
