"""The company's limit, held by many callers over a real Redis-protocol server."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import redis

from connector.cli import embedded_redis
from connector.errors import Busy, RateLimited
from connector.intacct.operation import Frozen, Operation, Verb
from connector.runtime.leases import Leases
from connector.runtime.limits import Caller, Limits, Priority
from connector.runtime.redis_client import open_redis

PATIENCE_SECONDS = 30.0
READ = Operation(Verb.READ, frozen=Frozen("xml", "read", "<r/>", is_write=False))
WRITE = Operation(Verb.CREATE, frozen=Frozen("xml", "create", "<c/>", is_write=True))
TWO = Limits(2, calls_a_minute=0)


def until(condition: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        answer = condition()
        if answer:
            return answer
        time.sleep(0.01)
    return pytest.fail("waited in vain")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The server that comes along, started as 'intacct run' starts it."""
    embedded = embedded_redis.prepare(Path(tmp_path_factory.mktemp("valkey")))
    process = subprocess.Popen(  # noqa: S603 - our own command
        embedded.argv, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    )
    until(embedded.socket.exists)
    yield embedded.url
    assert process.stdin is not None
    process.stdin.close()
    process.wait(PATIENCE_SECONDS)
    embedded_redis.forget(embedded)


@pytest.fixture
def client(server: str) -> Iterator[redis.Redis]:
    found = open_redis(server)
    found.flushdb()
    yield found
    found.close()


class Bells:
    def __init__(self) -> None:
        self.rung: list[str] = []

    def __call__(self, waiter: str) -> None:
        self.rung.append(waiter)


def test_never_more_calls_are_in_flight_than_the_limit(client: redis.Redis) -> None:
    """Twelve callers in two processes' worth of leases share two slots."""
    lock = threading.Lock()
    flying, peak = 0, 0
    processes = [Leases(client, Bells()), Leases(client, Bells())]

    def call(number: int) -> None:
        nonlocal flying, peak
        slots = processes[number % 2].of_company("ACME", TWO, Caller("c"))
        with slots.slot(WRITE):
            with lock:
                flying += 1
                peak = max(peak, flying)
            time.sleep(0.01)
            with lock:
                flying -= 1

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(call, range(36)))
    assert peak == 2


def test_reads_leave_a_slot_for_writes(client: redis.Redis) -> None:
    leases = Leases(client, Bells())
    with leases.of_company("ACME", TWO, Caller("c", "run-1")).slot(READ):
        with pytest.raises(Busy), leases.of_company("ACME", TWO, Caller("c", "run-2")).slot(READ):
            pass
        with leases.of_company("ACME", TWO, Caller("c", "run-3")).slot(WRITE):
            pass


def test_a_write_under_way_leaves_room_for_a_read(client: redis.Redis) -> None:
    """A call that hangs must not keep us from looking what became of it."""
    leases = Leases(client, Bells())
    with (
        leases.of_company("ACME", TWO, Caller("c", "run-1")).slot(WRITE),
        leases.of_company("ACME", TWO, Caller("c", "run-2")).slot(READ),
    ):
        assert len(leases.occupancy("ACME", 2).holders) == 2


def test_companies_do_not_share_slots(client: redis.Redis) -> None:
    leases = Leases(client, Bells())
    one = Limits(1, calls_a_minute=0)
    with (
        leases.of_company("ACME", one, Caller("c", "run-1")).slot(WRITE),
        leases.of_company("OTHER", one, Caller("d", "run-2")).slot(WRITE),
    ):
        assert leases.occupancy("ACME", 1).holders[0].startswith("w/c/run-1/")


def test_who_was_refused_is_rung_when_a_slot_is_free(client: redis.Redis) -> None:
    bells = Bells()
    leases = Leases(client, bells)
    one = Limits(1, calls_a_minute=0)
    with leases.of_company("ACME", one, Caller("c", "run-1")).slot(WRITE):
        with (
            pytest.raises(Busy) as refused,
            leases.of_company("ACME", one, Caller("c", "run-2")).slot(WRITE),
        ):
            pass
        assert refused.value.queue == "ACME"
        assert leases.is_waiting("ACME", "run-2")
        assert bells.rung == []
    assert bells.rung == ["run-2"]
    assert not leases.is_waiting("ACME", "run-2")


def test_the_line_goes_by_priority_and_then_by_time(client: redis.Redis) -> None:
    bells = Bells()
    leases = Leases(client, bells)
    one = Limits(1, calls_a_minute=0)
    callers = [
        Caller("c", "backfill", Priority.BACKFILL),
        Caller("c", "first", Priority.AUTOMATION),
        Caller("c", "second", Priority.AUTOMATION),
        Caller("c", "person", Priority.INTERACTIVE),
    ]
    for _ in callers:
        with ExitStack() as held:
            held.enter_context(leases.of_company("ACME", one, Caller("c", "holder")).slot(WRITE))
            for caller in callers:
                if caller.waiter not in bells.rung:
                    with pytest.raises(Busy):
                        held.enter_context(leases.of_company("ACME", one, caller).slot(WRITE))
                    time.sleep(0.002)  # the server's clock tells them apart by milliseconds
    assert bells.rung == ["person", "first", "second", "backfill"]


def test_the_slot_of_a_dead_holder_comes_back(client: redis.Redis) -> None:
    """The holder's process is gone: nobody renews, nobody releases, while others go on."""
    dead = Leases(client, Bells(), ttl_ms=300)
    dead._beat = lambda: None  # type: ignore[method-assign] # its heart stopped
    assert dead.acquire("ACME", TWO, Caller("c", "dead"), WRITE)[0]
    alive = Leases(client, Bells())
    assert alive.acquire("ACME", TWO, Caller("c", "alive"), WRITE)[0]
    assert alive.acquire("ACME", TWO, Caller("c", "next"), WRITE)[0] == ""
    until(lambda: alive.acquire("ACME", TWO, Caller("c", "next"), WRITE)[0])
    assert alive.acquire("ACME", TWO, Caller("c", "one too many"), WRITE)[0] == ""


def test_a_long_call_keeps_its_slot(client: redis.Redis) -> None:
    leases = Leases(client, Bells(), ttl_ms=300)
    one = Limits(1, calls_a_minute=0)
    with leases.of_company("ACME", one, Caller("c", "long")).slot(WRITE):
        ends = time.monotonic() + 1.0
        while time.monotonic() < ends:
            assert leases.acquire("ACME", one, Caller("c", "other"), WRITE)[0] == ""
            time.sleep(0.02)


def test_a_refusal_by_sage_halves_the_limit_for_a_while(client: redis.Redis) -> None:
    leases = Leases(client, Bells(), lowered_ms=500)
    four = Limits(4, calls_a_minute=0)
    slots = leases.of_company("ACME", four, Caller("c", "run-1"))
    with pytest.raises(RateLimited), slots.slot(WRITE):
        raise RateLimited("too many")
    assert leases.occupancy("ACME", 4).limit == 2
    taken = [leases.acquire("ACME", four, Caller("c", f"r{n}"), WRITE)[0] for n in range(3)]
    assert [bool(token) for token in taken] == [True, True, False]
    until(lambda: leases.occupancy("ACME", 4).limit == 4)


@pytest.mark.accepts("A43")
def test_calls_of_a_minute_are_counted_over_all_workers(client: redis.Redis) -> None:
    three = Limits(2, calls_a_minute=3)
    for number in range(3):
        process = Leases(client, Bells())
        with process.of_company("ACME", three, Caller("c", f"run-{number}")).slot(WRITE):
            pass
    slots = Leases(client, Bells()).of_company("ACME", three, Caller("c", "run-4"))
    with pytest.raises(Busy) as refused, slots.slot(WRITE):
        pass
    assert refused.value.retry_after is not None
    assert 0 < refused.value.retry_after <= 60


def test_a_later_call_of_a_step_waits_for_its_slot(client: redis.Redis) -> None:
    """What the step did before would be done again, so the thread holds on for a moment."""
    leases = Leases(client, Bells())
    one = Limits(1, calls_a_minute=0)
    slots = leases.of_company("ACME", one, Caller("c", "run-1"))
    with slots.slot(WRITE):
        pass
    token, _ = leases.acquire("ACME", one, Caller("c", "other"), WRITE)
    threading.Timer(0.2, leases.release, ("ACME", token)).start()
    with slots.slot(WRITE):
        pass


def test_without_the_server_nothing_is_sent(tmp_path: Path) -> None:
    gone = open_redis(f"redis+socket://{tmp_path / 'gone.sock'}")
    slots = Leases(gone, Bells()).of_company("ACME", TWO, Caller("c", "run-1"))
    with pytest.raises(Busy) as refused, slots.slot(WRITE):
        pass
    assert refused.value.retry_after
