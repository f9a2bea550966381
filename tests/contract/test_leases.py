"""The company's limit, held by many callers over a real Redis-protocol server."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
import redis

from connector.errors import Busy
from connector.intacct.operation import Frozen, Operation, Verb
from connector.runtime.company_leases import CompanyLeases
from connector.runtime.leases import Leases
from connector.runtime.limits import Caller, Limits, Priority
from connector.runtime.redis_client import open_redis
from tests.support.valkey import client, server, until

__all__ = ["client", "server"]

READ = Operation(Verb.READ, frozen=Frozen("xml", "read", "<r/>", is_write=False))
WRITE = Operation(Verb.CREATE, frozen=Frozen("xml", "create", "<c/>", is_write=True))
TWO = Limits(2, calls_a_minute=0)


class Bells:
    def __init__(self) -> None:
        self.rung: list[str] = []

    def __call__(self, waiter: str) -> None:
        self.rung.append(waiter)


@pytest.mark.accepts("A44")
def test_never_more_calls_are_in_flight_than_the_limit(client: redis.Redis) -> None:
    """Twelve callers in two processes' worth of leases share two slots."""
    lock = threading.Lock()
    flying, peak = 0, 0
    processes = [Leases(client, Bells()), Leases(client, Bells())]

    def call(number: int) -> None:
        nonlocal flying, peak
        slots = CompanyLeases(processes[number % 2], "ACME", TWO, Caller("c"))
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
    with CompanyLeases(leases, "ACME", TWO, Caller("c", "run-1")).slot(READ):
        with (
            pytest.raises(Busy),
            CompanyLeases(leases, "ACME", TWO, Caller("c", "run-2")).slot(READ),
        ):
            pass
        with CompanyLeases(leases, "ACME", TWO, Caller("c", "run-3")).slot(WRITE):
            pass


def test_a_write_under_way_leaves_room_for_a_read(client: redis.Redis) -> None:
    """A call that hangs must not keep us from looking what became of it."""
    leases = Leases(client, Bells())
    with (
        CompanyLeases(leases, "ACME", TWO, Caller("c", "run-1")).slot(WRITE),
        CompanyLeases(leases, "ACME", TWO, Caller("c", "run-2")).slot(READ),
    ):
        assert len(leases.live_view("ACME", TWO).holders) == 2


def test_companies_do_not_share_slots(client: redis.Redis) -> None:
    leases = Leases(client, Bells())
    one = Limits(1, calls_a_minute=0)
    with (
        CompanyLeases(leases, "ACME", one, Caller("c", "run-1")).slot(WRITE),
        CompanyLeases(leases, "OTHER", one, Caller("d", "run-2")).slot(WRITE),
    ):
        assert [held.run_id for held in leases.live_view("ACME", one).holders] == ["run-1"]


def test_who_was_refused_is_rung_when_a_slot_is_free(client: redis.Redis) -> None:
    bells = Bells()
    leases = Leases(client, bells)
    one = Limits(1, calls_a_minute=0)
    with CompanyLeases(leases, "ACME", one, Caller("c", "run-1")).slot(WRITE):
        with (
            pytest.raises(Busy) as refused,
            CompanyLeases(leases, "ACME", one, Caller("c", "run-2")).slot(WRITE),
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
            holder = Caller("c", "holder", Priority.INTERACTIVE)
            held.enter_context(CompanyLeases(leases, "ACME", one, holder).slot(WRITE))
            for caller in callers:
                if caller.waiter not in bells.rung:
                    with pytest.raises(Busy):
                        held.enter_context(CompanyLeases(leases, "ACME", one, caller).slot(WRITE))
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
    leases = Leases(client, Bells(), ttl_ms=900)
    one = Limits(1, calls_a_minute=0)
    with CompanyLeases(leases, "ACME", one, Caller("c", "long")).slot(WRITE):
        ends = time.monotonic() + 2.0
        while time.monotonic() < ends:
            assert leases.acquire("ACME", one, Caller("c", "other"), WRITE)[0] == ""
            time.sleep(0.02)


def test_people_see_who_holds_and_who_waits(client: redis.Redis) -> None:
    leases = Leases(client, Bells())
    before, _ = client.time()
    write = Operation(
        Verb.CREATE, frozen=Frozen("rest", "POST /objects/bill", "{secret}", is_write=True)
    )
    holder = Caller("books", "run-1", Priority.AUTOMATION)
    leases.acquire("ACME", TWO, holder, write)
    leases.acquire("ACME", TWO, Caller("books"), READ)
    leases.acquire("ACME", TWO, Caller("books", "sync", Priority.BACKFILL), WRITE)
    leases.acquire("ACME", TWO, Caller("books", "run-2", since_ms=17), WRITE)
    view = leases.live_view("ACME", TWO)
    assert (view.limit, view.calls_last_minute, view.paused_ms) == (2, 2, 0)
    first, second = sorted(view.holders, key=lambda held: held.operation)
    assert (first.operation, first.is_write, first.run_id) == ("POST /objects/bill", True, "run-1")
    assert (first.connection_id, first.priority) == ("books", Priority.AUTOMATION)
    assert all(before * 1000 <= held.since_ms <= view.now_ms for held in view.holders)
    assert (second.operation, second.is_write, second.run_id) == ("read", False, "")
    assert [waiter.run_id for waiter in view.waiters] == ["run-2", "sync"]
    assert (view.waiters[0].since_ms, view.waiters[1].priority) == (17, Priority.BACKFILL)
    assert before * 1000 <= view.waiters[1].since_ms <= view.now_ms
    assert "secret" not in repr(view)
    assert leases.live_view("OTHER", TWO).holders == ()


@pytest.mark.accepts("A43")
def test_calls_of_a_minute_are_counted_over_all_workers(client: redis.Redis) -> None:
    three = Limits(2, calls_a_minute=3)
    for number in range(3):
        process = Leases(client, Bells())
        with CompanyLeases(process, "ACME", three, Caller("c", f"run-{number}")).slot(WRITE):
            pass
    slots = CompanyLeases(Leases(client, Bells()), "ACME", three, Caller("c", "run-4"))
    with pytest.raises(Busy) as refused, slots.slot(WRITE):
        pass
    assert refused.value.retry_after is not None
    assert 0 < refused.value.retry_after <= 60


def test_a_later_call_of_a_step_waits_for_its_slot(client: redis.Redis) -> None:
    """What the step did before would be done again, so the thread holds on for a moment."""
    leases = Leases(client, Bells())
    one = Limits(1, calls_a_minute=0)
    slots = CompanyLeases(leases, "ACME", one, Caller("c", "run-1"))
    with slots.slot(WRITE):
        pass
    token, _ = leases.acquire("ACME", one, Caller("c", "other"), WRITE)
    threading.Timer(0.2, leases.release, (token,)).start()
    with slots.slot(WRITE):
        pass


def test_without_the_server_nothing_is_sent(tmp_path: Path) -> None:
    gone = open_redis(f"redis+socket://{tmp_path / 'gone.sock'}")
    slots = CompanyLeases(Leases(gone, Bells()), "ACME", TWO, Caller("c", "run-1"))
    with pytest.raises(Busy) as refused, slots.slot(WRITE):
        pass
    assert refused.value.retry_after
