"""Alerts: one for each cause, held back while something still happens by itself, and its end."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from connector.operations import alerts, deliveries, issues, outbound, subscribers
from connector.operations.gathering import gather
from connector.runtime import decisions, runs
from connector.store.tables import alert, issue, outbound_delivery, run, subscriber
from tests.contract.test_mail import post
from tests.support.office import Books, Office, office

HOUR_MS = 3600 * 1000


@pytest.fixture
def here(url: str, tmp_path: Path) -> Iterator[Office]:
    with office(url, tmp_path, Books()) as found:
        yield found


def listen(here: Office, *types: str, name: str = "ada") -> None:
    wanted = types or alerts.TYPES
    subscribers.add(here.services, name, f"{name}@example.com", types=wanted, actor="test")


def fail(here: Office, number: str) -> str:
    run_id = here.order(number, amount="not money")
    assert here.work(run_id).state == runs.FAILED
    return run_id


def heard(here: Office) -> list[tuple[str, Any]]:
    gather(here.database)
    alerts.tell(here.services)
    found = here.database.read(deliveries.listed)
    return [(one.type, one.data) for one in reversed(found)]


def kinds(here: Office) -> list[str]:
    return [kind for kind, _ in heard(here)]


@pytest.mark.accepts("E27")
def test_many_failures_of_one_cause_make_one_alert(here: Office) -> None:
    listen(here)
    for number in ("N-1", "N-2", "N-3"):
        fail(here, number)
    ((kind, data),) = heard(here)
    assert kind == alerts.OPENED
    assert data["workflow"] == "Order to invoice"
    assert data["title"]
    assert data["advice"]
    assert data["count"] == 3
    fail(here, "N-4")
    assert kinds(here) == [alerts.OPENED]


def test_its_end_is_told_once(here: Office) -> None:
    listen(here)
    run_id = fail(here, "N-1")
    assert kinds(here) == [alerts.OPENED]
    succeed(here, run_id)
    assert kinds(here) == [alerts.OPENED, alerts.RESOLVED]
    assert kinds(here) == [alerts.OPENED, alerts.RESOLVED]


def succeed(here: Office, run_id: str) -> None:
    decisions.retry(here.services, run_id, actor="ada")
    here.execute(run.update().where(run.c.id == run_id).values(state=runs.SUCCEEDED))


def test_a_trouble_that_comes_back_waits_for_the_quiet_period(here: Office) -> None:
    listen(here)
    run_id = fail(here, "N-1")
    heard(here)
    succeed(here, run_id)
    heard(here)
    fail(here, "N-2")
    assert kinds(here) == [alerts.OPENED, alerts.RESOLVED]
    here.execute(alert.update().values(told_at=alert.c.told_at - HOUR_MS))
    assert kinds(here) == [alerts.OPENED, alerts.RESOLVED, alerts.OPENED]


def test_what_is_still_looked_up_by_itself_alarms_nobody(here: Office) -> None:
    listen(here)
    fail(here, "N-1")
    gather(here.database)
    here.execute(issue.update().values(needs_person=0))
    assert alerts.tell(here.services) == 0
    here.execute(issue.update().values(needs_person=1))
    assert alerts.tell(here.services) == 1


def test_a_muted_issue_is_not_told_and_neither_is_its_end(here: Office) -> None:
    listen(here)
    run_id = fail(here, "N-1")
    gather(here.database)
    (found,) = here.database.read(issues.listed)
    issues.mute(here.database, found.id, actor="ada")
    succeed(here, run_id)
    assert kinds(here) == []


def test_without_listeners_nothing_is_noted_and_who_comes_later_hears_of_it(here: Office) -> None:
    fail(here, "N-1")
    assert kinds(here) == []
    listen(here, "run.succeeded", name="bob")
    assert kinds(here) == []
    listen(here)
    assert kinds(here) == [alerts.OPENED]


def test_two_sweeps_at_once_tell_once(here: Office) -> None:
    listen(here)
    fail(here, "N-1")
    gather(here.database)
    with ThreadPoolExecutor(4) as pool:
        told = sum(pool.map(lambda _: alerts.tell(here.services), range(8)))
    assert told == 1
    assert here.database.read(lambda c: len(list(c.execute(sa.select(alert))))) == 1


def test_an_alert_arrives_as_a_letter(here: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    listen(here)
    fail(here, "N-1")
    heard(here)
    ada = here.database.read(lambda c: subscribers.named(c, "ada"))
    outbound.deliver(here.services, ada.id)
    (waiting,) = here.database.read(deliveries.listed)
    assert (waiting.state, "No mail server is set" in waiting.note) == ("waiting", True)
    here.execute(outbound_delivery.update().values(due_at=0))
    here.execute(subscriber.update().values(paused_until=None))
    with post() as server:
        host, port = server.server_address[:2]
        monkeypatch.setenv("INTACCT_SMTP_HOST", str(host))
        monkeypatch.setenv("INTACCT_SMTP_PORT", str(port))
        monkeypatch.setenv("INTACCT_SMTP_SECURITY", "none")
        monkeypatch.setenv("INTACCT_SMTP_FROM", "intacct@example.com")
        assert outbound.deliver(here.services, ada.id) == 1
    (letter,) = server.letters
    assert b"To: ada@example.com" in letter
    assert waiting.event_id.encode() in letter
