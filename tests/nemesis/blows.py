"""What the nemesis does to an installation; each blow is one small function of the scene."""

from __future__ import annotations

import contextlib
import random
import signal
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import psutil
import sqlalchemy as sa

from connector.runtime import runs
from connector.store import tables
from tests.support.installation import Installation
from tests.support.tcp_proxy import TcpProxy
from tests.support.workers import Worker

# What a gateway may do to a write: run it and not say so, say nothing clear, or not run it.
SILENT = ("commit_then_hold", "commit_then_502", "commit_then_524", "truncate", "reset")
GARBLED = ("wrong_control_id", "no_key", "html_200")
NEVER_RUN = ("drop_before_commit", "unavailable_503", "rate_limit")
FAULTS = (*SILENT, *GARBLED, *NEVER_RUN, "late_commit", "session_expired")
GRACE_SECONDS = 10.0


@dataclass
class Scene:
    """What a nemesis can reach.

    Args:
        crew: The workers it may kill, freeze and end.
        wire: Stands between the workers and the gateway.
        later: What is to be done when, by the monotonic clock.
        counts: How often each blow fell.
    """

    installation: Installation
    crew: list[Worker]
    wire: TcpProxy
    chance: random.Random
    later: list[tuple[float, Callable[[], None]]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def in_seconds(self, seconds: float, act: Callable[[], None]) -> None:
        """Do something later; ``catch_up`` does it when its time has come."""
        self.later.append((time.monotonic() + seconds, act))

    def catch_up(self, *, everything: bool = False) -> None:
        """Do what is due, and start anew what has died."""
        now = time.monotonic()
        due = [entry for entry in self.later if everything or entry[0] <= now]
        self.later = [entry for entry in self.later if entry not in due]
        for _, act in due:
            act()
        for worker in self.crew:
            if not worker.is_alive:
                worker.start()
        self.installation.machine.supervisor.revive()


Blow = Callable[[Scene], None]


def kill(scene: Scene) -> None:
    """SIGKILL for one worker."""
    _choose(scene).kill()


def _choose(scene: Scene) -> Worker:
    """Return a worker, if possible one that is in the middle of something."""
    query = sa.select(tables.run.c.owner).where(tables.run.c.state == runs.RUNNING)
    busy = {int(str(row.owner).rpartition(":")[2]) for row in scene.installation.rows(query)}
    at_work = [worker for worker in scene.crew if worker.pid in busy]
    return scene.chance.choice(at_work or scene.crew)


def pause(scene: Scene) -> None:
    """Freeze one worker for up to twice the time its runs and slots are its own."""
    worker = _choose(scene)
    pid = worker.pid
    worker.signal(signal.SIGSTOP)

    def wake() -> None:
        with contextlib.suppress(psutil.NoSuchProcess):
            psutil.Process(pid).resume()

    scene.in_seconds(scene.chance.uniform(1, 10), wake)


def end(scene: Scene) -> None:
    """SIGTERM for one worker, as at a deployment, and SIGKILL at the end of its grace."""
    worker = _choose(scene)
    pid = worker.pid
    worker.signal(signal.SIGTERM)

    def hasten() -> None:
        if worker.is_alive and worker.pid == pid:
            worker.kill()

    scene.in_seconds(GRACE_SECONDS, hasten)


def fail_at_the_gateway(scene: Scene) -> None:
    """Arm one fault for one of the next few invoices.

    One, since a write that is met by two of them in a row waits for a person, and too many of these
    would say nothing about the machine.
    """
    scene.counts[fail_at_the_gateway.__name__] += 1
    scene.installation.fault(
        scene.chance.choice(FAULTS),
        "create_invoice",
        seconds=scene.chance.uniform(0.5, 7),
        skip=scene.chance.randint(0, 5),
    )


def break_the_wire(scene: Scene) -> None:
    """Reset the workers' connections to the gateway, or hold them up for a while."""
    what = scene.chance.choice((scene.wire.reset, scene.wire.stall, scene.wire.cut, None))
    if what is None:
        scene.wire.latency(scene.chance.randint(50, 400))
    else:
        what()
    scene.in_seconds(scene.chance.uniform(0.5, 6), scene.wire.restore)


def restart_the_broker(scene: Scene) -> None:
    """SIGKILL for the broker; its supervisor brings it back."""
    _end_at_once(scene, "valkey")


def end_the_web_server(scene: Scene) -> None:
    """SIGKILL for the web server; deliveries meanwhile find nobody home."""
    _end_at_once(scene, "web")


def _end_at_once(scene: Scene, name: str) -> None:
    supervisor = scene.installation.machine.supervisor
    if not supervisor.is_alive(name):
        return  # it died by an earlier blow and is not back yet
    process = psutil.Process(supervisor.pid(name))
    for member in (*process.children(recursive=True), process):
        with contextlib.suppress(psutil.NoSuchProcess):
            member.kill()


def lock_the_database(scene: Scene) -> None:
    """Hold the database's write lock for some seconds, as a stranger's tool may."""
    url = sa.make_url(scene.installation.machine.settings.database_url)
    seconds = scene.chance.uniform(1, 8)
    hold = _hold_sqlite if url.get_backend_name() == "sqlite" else _hold_postgresql
    threading.Thread(target=hold, args=[url, seconds], daemon=True).start()


def _hold_sqlite(url: sa.URL, seconds: float) -> None:
    stranger = sqlite3.connect(str(url.database), isolation_level=None, timeout=5)
    with contextlib.closing(stranger), contextlib.suppress(sqlite3.OperationalError):
        stranger.execute("BEGIN IMMEDIATE")
        time.sleep(seconds)
        stranger.execute("ROLLBACK")


def _hold_postgresql(url: sa.URL, seconds: float) -> None:
    engine = sa.create_engine(url.set(drivername="postgresql+psycopg"))
    # The server may have no room for strangers, or may find that the two wait for one another.
    with contextlib.suppress(sa.exc.OperationalError), engine.begin() as stranger:
        stranger.execute(sa.text("LOCK TABLE effect, run IN SHARE MODE"))
        time.sleep(seconds)
    engine.dispose()


ALL: tuple[Blow, ...] = (
    kill,
    kill,
    pause,
    end,
    break_the_wire,
    restart_the_broker,
    end_the_web_server,
    lock_the_database,
)
