"""The Celery worker: tasks take ids, and reschedule rather than sleep."""

from __future__ import annotations

from celery import Celery

from connector.operations import changed_fields, outbound, upkeep
from connector.runtime import drift_check, polling, pulse, sweeper
from connector.runtime.advance import advance
from connector.runtime.bells import (
    ADVANCE_RUN,
    MAINTENANCE,
    POLL,
    QUARANTINE,
    QUEUES,
    ROUTE_EVENT,
    SETTLE_EFFECT,
    SWEEP,
    make_broker,
)
from connector.runtime.inbox import route
from connector.runtime.runs import Heartbeats
from connector.runtime.services import Services, open_services
from connector.runtime.settle import settle
from connector.settings import Settings
from connector.store.database import Database

THREADS = 16
QUARANTINE_THREADS = 1


def make_worker(settings: Settings, part: str | None = None) -> Celery:
    """Return the Celery application with its tasks, over services opened once.

    A machine whose clock is wrong works on nothing; the sweeper rings for what it leaves undone.

    Args:
        part: Whose sign of life this process gives, if it is to give any.
    """
    app = make_broker(settings.redis_url, settings.sweep_seconds)
    services = open_services(settings, app)
    heartbeats = Heartbeats(services.database, int(settings.run_lease_seconds * 1000))
    if part is not None:
        pulse.Pulse(services.database, part, settings).start()
        services.clock_guard.watch()

    @app.task(name=ROUTE_EVENT, shared=False)
    def route_event(row_id: int | str) -> None:
        if services.clock_guard.allows_work():
            route(services, row_id)
            polling.hint(services, row_id)

    @app.task(name=ADVANCE_RUN, shared=False)
    def advance_run(run_id: str) -> None:
        if services.clock_guard.allows_work():
            advance(services, heartbeats, run_id)
            outbound.announce(services, run_id)

    @app.task(name=SETTLE_EFFECT, shared=False)
    def settle_effect(op_key: str) -> None:
        if services.clock_guard.allows_work():
            settle(services, op_key)

    @app.task(name=SWEEP, shared=False)
    def sweep() -> None:
        sweeper.sweep(services)
        upkeep.tend(services)
        outbound.sweep(services)

    _add_checks(app, services)
    _add_polls(app, services)
    _add_deliveries(app, services)
    return app


def _add_checks(app: Celery, services: Services) -> None:
    @app.task(name=drift_check.EXAMINE, shared=False)
    def examine_fields() -> None:
        if services.clock_guard.allows_work():
            changed_fields.examine_daily(services)


def _add_polls(app: Celery, services: Services) -> None:
    @app.task(name=POLL, shared=False)
    def poll(workflow_id: str) -> None:
        if services.clock_guard.allows_work():
            polling.take(services, workflow_id)


def _add_deliveries(app: Celery, services: Services) -> None:
    @app.task(name=outbound.DELIVER, shared=False)
    def deliver(subscriber_id: str) -> None:
        if services.clock_guard.allows_work():
            outbound.deliver(services, subscriber_id)


def run_worker(settings: Settings, *, is_quarantine: bool = False) -> None:
    """Work until told to stop; unfinished messages go back to the broker."""
    queues = (QUARANTINE,) if is_quarantine else QUEUES
    threads = QUARANTINE_THREADS if is_quarantine else THREADS
    part = pulse.QUARANTINE if is_quarantine else pulse.WORKER
    make_worker(settings, part).worker_main(
        [
            "worker",
            "--pool=threads",
            f"--concurrency={threads}",
            f"--queues={','.join(queues)}",
            f"--loglevel={settings.log_level}",
            f"--hostname={'quarantine' if is_quarantine else 'worker'}@%h",
            "--without-gossip",
            "--without-mingle",
            "--without-heartbeat",
        ]
    )


def make_beat(settings: Settings) -> Celery:
    """Return the Celery application that rings what comes round."""
    app = make_broker(settings.redis_url, settings.sweep_seconds)
    app.conf.beat_schedule["examine fields"] = {
        "task": drift_check.EXAMINE,
        "schedule": drift_check.EVERY_SECONDS,
        "options": {"queue": MAINTENANCE, "expires": drift_check.EVERY_SECONDS},
    }
    return app


def run_beat(settings: Settings) -> None:
    """Ring the sweeper's bell for ever; two of these are harmless."""
    app = make_beat(settings)
    pulse.Pulse(Database(settings.database_url), pulse.BEAT, settings).start()
    # Nothing of beat's own is worth keeping: what is due stands in the database.
    app.Beat(scheduler_cls="celery.beat:Scheduler", loglevel=settings.log_level).run()
