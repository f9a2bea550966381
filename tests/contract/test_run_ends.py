"""A run ends where people see it, or waits with a reason; it never goes round unseen."""

from __future__ import annotations

import dataclasses
import threading
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet

from connector import registry
from connector.component import Context, Event
from connector.connections.encrypt import SecretBox
from connector.errors import ConnectorError, OutcomeUnknown, Unreachable
from connector.runtime import inbox, outcomes, runs, workflows
from connector.runtime.advance import advance
from connector.runtime.bells import Bells, make_broker
from connector.runtime.services import Services
from connector.settings import Settings
from connector.store import Database, clock, tables
from connector.store.tables import run, step, workflow_version
from connector.workbench import templates
from connector.workflow import model, yaml_loader

LEASE_MS = 60_000


@pytest.fixture
def services(database: Database, tmp_path: Path) -> Services:
    """Return the services of an installation without a broker, its one workflow published."""
    settings = Settings.read({"INTACCT_DATA_DIR": str(tmp_path)})
    key = Fernet.generate_key().decode()
    bells = Bells(make_broker("memory://", 15.0))
    found = Services(settings, database, SecretBox([key]), bells)
    values = {"token": "t0ken", "clientSecret": "s3cret"}
    found.connections.add("hubspot", "hubspot", values)
    definition = model.parse(yaml_loader.load(templates.text("hubspot_deal_to_invoice")))
    workflows.publish(database, definition, actor="test")
    return found


def keep_event(connection: sa.Connection, source_id: str, state: str) -> int:
    event = {
        "connection_id": source_id,
        "trigger_key": "hubspot.deal",
        "dedupe_key": "e",
        "type": "deal",
        "data": "{}",
        "received_at": clock.now_ms(connection),
        "state": state,
    }
    connection.execute(tables.inbox.insert().values(**event))
    return int(connection.execute(sa.select(tables.inbox.c.id)).scalar_one())


def start_run(services: Services) -> str:
    def insert(connection: sa.Connection) -> str:
        now = clock.now_ms(connection)
        event_id = keep_event(connection, "c", inbox.ROUTED)
        (published,) = workflows.published(connection)
        values = {
            "id": "r",
            "workflow_id": published.workflow_id,
            "version": published.version,
            "inbox_id": event_id,
            "state": runs.QUEUED,
            "not_before": now,
            "created_at": now,
        }
        connection.execute(run.insert().values(**values))
        return "r"

    return services.database.write(insert)


def fail_to_fetch(services: Services, error: ConnectorError) -> None:
    def enrich(_context: Context, _event: Event, _config: Any) -> Any:
        raise error

    change_trigger(services, enrich=enrich)


def change_trigger(services: Services, **changes: Any) -> None:
    installed = registry.load()
    trigger = dataclasses.replace(installed.trigger("hubspot.deal"), **changes)
    services.__dict__["registry"] = dataclasses.replace(
        installed, triggers={"hubspot.deal": trigger}
    )


def work(services: Services, run_id: str) -> Any:
    """Let a worker take the run now, whatever it waits for, and return its row."""
    set_run(services, run_id, not_before=0)
    advance(services, runs.Heartbeats(services.database, LEASE_MS), run_id)
    found = sa.select(run).where(run.c.id == run_id)
    return services.database.read(lambda c: c.execute(found).one())


def set_run(services: Services, run_id: str, **values: Any) -> None:
    changed = run.update().where(run.c.id == run_id).values(**values)
    services.database.write(lambda c: c.execute(changed).rowcount)


def attempts_of(services: Services) -> int:
    query = sa.select(step.c.attempts)
    return int(services.database.read(lambda c: c.execute(query).scalar_one()))


def test_an_event_that_cannot_be_fetched_is_tried_so_often_and_no_more(services: Services) -> None:
    run_id = start_run(services)
    fail_to_fetch(services, OutcomeUnknown("silence"))
    for attempt in range(1, outcomes.MOST_ATTEMPTS):
        assert work(services, run_id).state == runs.WAITING
        assert attempts_of(services) == attempt
    row = work(services, run_id)
    assert row.state == runs.FAILED
    assert "silence" in row.error


def test_a_portal_that_is_away_for_long_does_not_fail_its_runs(services: Services) -> None:
    run_id = start_run(services)
    fail_to_fetch(services, Unreachable("away"))
    for _attempt in range(outcomes.MOST_ATTEMPTS + 2):
        assert work(services, run_id).state == runs.WAITING


def test_a_version_that_cannot_be_read_any_more_ends_its_run(services: Services) -> None:
    """Such as after an older program was installed: no lease runs out over it again and again."""
    run_id = start_run(services)
    spoilt = {"version": 2, "document": '{"version": 99}', "fingerprint": "spoilt"}

    def insert(connection: sa.Connection) -> None:
        workflow_id = connection.execute(sa.select(run.c.workflow_id)).scalar_one()
        values = {"workflow_id": workflow_id, "created_at": 1, **spoilt}
        connection.execute(workflow_version.insert().values(**values))

    services.database.write(insert)
    set_run(services, run_id, version=2)
    assert work(services, run_id).state == runs.FAILED


def test_an_event_that_a_workflow_chokes_on_becomes_a_run_people_see(services: Services) -> None:
    """Left lying, it would be rung for for ever, and other workflows would never get it."""

    def choke(_event: Event, _config: Any) -> bool:
        raise ZeroDivisionError

    row = services.connections.by_name("hubspot")
    assert row is not None
    change_trigger(services, matches=choke)
    event_id = services.database.write(lambda c: keep_event(c, row.id, inbox.RECEIVED))
    inbox.route(services, event_id)
    states = [sa.select(tables.inbox.c.state), sa.select(run.c.state)]
    found = services.database.read(lambda c: [c.execute(query).scalar_one() for query in states])
    assert found == [inbox.ROUTED, runs.QUEUED]


def test_a_run_that_killed_its_workers_is_parked_whatever_its_version(services: Services) -> None:
    run_id = start_run(services)
    set_run(services, run_id, attempts=runs.MOST_DEATHS)
    assert work(services, run_id).state == runs.PARKED


def test_a_worker_that_lost_its_run_does_not_touch_its_steps(services: Services) -> None:
    run_id = start_run(services)

    def lose() -> None:
        set_run(services, run_id, epoch=99)

    class Lost(ConnectorError):
        def describe(self) -> dict[str, Any]:
            lose()
            return super().describe()

    fail_to_fetch(services, Lost("late"))
    work(services, run_id)
    assert services.database.read(lambda c: list(c.execute(sa.select(step)))) == []


def test_leases_are_renewed_again_after_the_database_was_away(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    beats = runs.Heartbeats(database, 40)
    renewed: list[int] = []
    beaten = threading.Event()

    def renew(held: Any, _connection: sa.Connection) -> None:
        renewed.append(len(held))
        if len(renewed) == 1:
            raise OSError("the disk is away")
        beaten.set()

    monkeypatch.setattr(beats, "_renew", renew)
    claim = runs.Claim("r", 1, None)  # type: ignore[arg-type] # the row is not looked at
    with beats.keeping(claim):
        assert beaten.wait(30)


def test_an_older_claim_that_ends_leaves_the_newer_one_its_lease(database: Database) -> None:
    """Both may sit in one process: the older thread was slow, not dead."""
    beats = runs.Heartbeats(database, LEASE_MS)
    older = runs.Claim("r", 1, None)  # type: ignore[arg-type] # the row is not looked at
    newer = runs.Claim("r", 2, None)  # type: ignore[arg-type] # same
    with beats.keeping(older):
        inner = beats.keeping(newer)
        inner.__enter__()
    assert beats._held == {"r": 2}
    inner.__exit__(None, None, None)
    assert beats._held == {}
