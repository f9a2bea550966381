"""The Celery worker: tasks take ids, and reschedule rather than sleep."""

from __future__ import annotations

from celery import Celery

from connector.runtime import sweeper
from connector.runtime.advance import advance
from connector.runtime.bells import (
    ADVANCE_RUN,
    QUARANTINE,
    QUEUES,
    ROUTE_EVENT,
    SETTLE_EFFECT,
    SWEEP,
    make_broker,
)
from connector.runtime.inbox import route
from connector.runtime.runs import Heartbeats
from connector.runtime.services import open_services
from connector.runtime.settle import settle
from connector.settings import Settings

THREADS = 16
QUARANTINE_THREADS = 1


def make_worker(settings: Settings) -> Celery:
    """Return the Celery application with its tasks, over services opened once."""
    app = make_broker(settings.redis_url, settings.sweep_seconds)
    services = open_services(settings, app)
    heartbeats = Heartbeats(services.database, int(settings.run_lease_seconds * 1000))

    @app.task(name=ROUTE_EVENT)
    def route_event(row_id: int) -> None:
        route(services, row_id)

    @app.task(name=ADVANCE_RUN)
    def advance_run(run_id: str) -> None:
        advance(services, heartbeats, run_id)

    @app.task(name=SETTLE_EFFECT)
    def settle_effect(op_key: str) -> None:
        settle(services, op_key)

    @app.task(name=SWEEP)
    def sweep() -> None:
        sweeper.sweep(services)

    return app


def run_worker(settings: Settings, *, is_quarantine: bool = False) -> None:
    """Work until told to stop; unfinished messages go back to the broker."""
    queues = (QUARANTINE,) if is_quarantine else QUEUES
    threads = QUARANTINE_THREADS if is_quarantine else THREADS
    make_worker(settings).worker_main(
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


def run_beat(settings: Settings) -> None:
    """Ring the sweeper's bell for ever; two of these are harmless."""
    app = make_broker(settings.redis_url, settings.sweep_seconds)
    # Nothing of beat's own is worth keeping: what is due stands in the database.
    app.Beat(scheduler_cls="celery.beat:Scheduler", loglevel=settings.log_level).run()
