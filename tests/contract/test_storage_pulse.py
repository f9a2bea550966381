"""Whoever lives says so, and says who is missed."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from connector.runtime import pulse, sweeper
from connector.store import tables
from connector.web.app import create_app
from tests.support.office import Books, Office, office

LIMIT_MS = 120_000


@pytest.fixture
def here(url: str, tmp_path: Path) -> Iterator[Office]:
    with office(url, tmp_path, Books()) as found:
        yield found


@pytest.fixture
def client(here: Office) -> FlaskClient:
    return create_app(here.services).test_client()


def beat_all(found: Office) -> None:
    for part in pulse.PARTS:
        found.database.write(lambda c, part=part: pulse.beat(c, part))  # type: ignore[misc] # mypy cannot infer a lambda with a default


def silence(found: Office, part: str, milliseconds: int) -> None:
    """Do what time would to a part that shows no sign of life."""
    at = tables.heartbeat.c.at - milliseconds
    is_it = tables.heartbeat.c.name == part
    found.execute(tables.heartbeat.update().where(is_it).values(at=at))


def test_two_minutes_are_the_usual_limit(here: Office) -> None:
    assert pulse.limit_ms(here.services.settings) == LIMIT_MS


@pytest.mark.accepts("F38")
@pytest.mark.parametrize("part", list(pulse.PARTS))
def test_health_turns_red_and_names_the_part_that_is_missed(
    here: Office, client: FlaskClient, part: str
) -> None:
    beat_all(here)
    # As if the server had been asked first long ago.
    since = client.get("/health")
    assert since.status_code == 200
    silence(here, part, LIMIT_MS + 5_000)
    missed = here.database.read(lambda c: pulse.silences(c, LIMIT_MS))
    assert [one.part for one in missed] == [part]
    assert "no sign of life for 125 s" in missed[0].sentence
    assert pulse.COMMANDS[part] in missed[0].sentence


@pytest.mark.accepts("F38")
def test_health_answers_503_while_a_part_is_missed(url: str, tmp_path: Path) -> None:
    with office(url, tmp_path, Books(), INTACCT_SWEEP_SECONDS="0.001") as hasty:
        client = create_app(hasty.services).test_client()
        deadline = time.monotonic() + 60
        while (answer := client.get("/health")).status_code == 200:
            assert time.monotonic() < deadline
    assert answer.json is not None
    assert (answer.status_code, answer.json["status"]) == (503, "attention")
    titles = {one["part"]: one["title"] for one in answer.json["missing"]}
    assert set(titles) == set(pulse.PARTS)
    assert "intacct beat" in titles[pulse.BEAT]


def test_what_has_yet_to_start_is_not_missed(here: Office, client: FlaskClient) -> None:
    """After a long stop the first to start would otherwise find all others missing."""
    beat_all(here)
    for part in pulse.PARTS:
        silence(here, part, 10 * LIMIT_MS)
    answer = client.get("/health")
    assert answer.json is not None
    assert (answer.status_code, answer.json["missing"]) == (200, [])


def test_a_sweep_is_the_sweepers_sign_of_life(here: Office) -> None:
    sweeper.sweep(here.services)
    missed = here.database.read(lambda c: pulse.silences(c, LIMIT_MS))
    assert {one.part for one in missed} == set(pulse.PARTS) - {pulse.SWEEPER}


@pytest.mark.accepts("F38")
def test_the_log_tells_once_who_is_missed_and_when_it_is_back(
    here: Office, caplog: pytest.LogCaptureFixture
) -> None:
    beat_all(here)
    beating = pulse.Pulse(here.database, pulse.WORKER, here.services.settings)
    beating._since = 0
    silence(here, pulse.BEAT, LIMIT_MS + 5_000)
    with caplog.at_level(logging.WARNING, pulse.LOG.name):
        beating.once()
        beating.once()
        here.database.write(lambda c: pulse.beat(c, pulse.BEAT))
        beating.once()
    alert, back = caplog.records
    assert (alert.levelname, "The beat has shown no sign" in alert.message) == ("ERROR", True)
    assert back.message == "The beat is back."


def test_a_database_that_is_away_does_not_end_the_pulse(
    here: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    beating = pulse.Pulse(here.database, pulse.WORKER, here.services.settings)
    beating._pause = 0.001
    beaten: list[str] = []

    class Enough(BaseException):
        pass

    def once() -> None:
        beaten.append("once")
        raise OSError("away") if len(beaten) < 3 else Enough

    monkeypatch.setattr(beating, "once", once)
    with pytest.raises(Enough):
        beating._beat()
    assert len(beaten) == 3
