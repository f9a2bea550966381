"""The limit follows what Sage says: down at once, up again slowly, never above what was set."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis

from connector.errors import RateLimited
from connector.intacct.limit_headers import LimitReport
from connector.intacct.operation import Frozen, Operation, Verb
from connector.runtime.company_leases import CompanyLeases
from connector.runtime.leases import Leases
from connector.runtime.limits import Caller, Limits, Priority
from tests.support.valkey import client, server, until

__all__ = ["client", "server"]

WRITE = Operation(Verb.CREATE, frozen=Frozen("xml", "create", "<c/>", is_write=True))
TWO = Limits(2, calls_a_minute=0)


class Bells:
    def __init__(self) -> None:
        self.rung: list[str] = []

    def __call__(self, waiter: str) -> None:
        self.rung.append(waiter)


def refuse(leases: Leases, limits: Limits) -> None:
    slots = CompanyLeases(leases, "ACME", limits, Caller("c", "run-1"))
    with pytest.raises(RateLimited), slots.slot(WRITE):
        raise RateLimited("too many")


def limit_of(leases: Leases, limits: Limits) -> int:
    return leases.live_view("ACME", limits).limit


def test_a_refusal_by_sage_halves_the_limit_and_quiet_raises_it_one_by_one(
    client: redis.Redis,
) -> None:
    leases = Leases(client, Bells(), raise_ms=1500)
    four = Limits(4, calls_a_minute=0)
    slots = CompanyLeases(leases, "ACME", four, Caller("c", "run-1"))
    with pytest.raises(RateLimited), slots.slot(WRITE):
        raise RateLimited("too many")
    assert leases.live_view("ACME", four).limit == 2
    taken = [leases.acquire("ACME", four, Caller("c", f"r{n}"), WRITE)[0] for n in range(3)]
    assert [bool(token) for token in taken] == [True, True, False]
    seen = [2]

    def is_back() -> bool:
        limit = limit_of(leases, four)
        seen.extend([limit] if limit != seen[-1] else [])
        return limit == 4

    until(is_back)
    assert seen == [2, 3, 4]


def test_calls_that_are_refused_together_lower_the_limit_once(client: redis.Redis) -> None:
    """Eight calls in flight that hear of one overload are one overload."""
    leases = Leases(client, Bells())
    eight = Limits(8, calls_a_minute=0)
    for _ in range(2):
        refuse(leases, eight)
    assert limit_of(leases, eight) == 4


def test_a_limit_never_falls_below_one_call(client: redis.Redis) -> None:
    leases = Leases(client, Bells())
    one = Limits(1, calls_a_minute=0)
    refuse(leases, one)
    assert leases.acquire("ACME", one, Caller("c"), WRITE)[0]


def test_room_that_sage_reports_raises_a_lowered_limit_before_time_does(
    client: redis.Redis,
) -> None:
    leases = Leases(client, Bells())
    four = Limits(4, calls_a_minute=0)
    refuse(leases, four)

    def report_room(left: int) -> int:
        leases.learn("ACME", LimitReport(in_flight_left=left))
        return limit_of(leases, four)

    assert report_room(0) == 2
    until(lambda: report_room(3) == 3)
    until(lambda: report_room(3) == 4)
    until(lambda: report_room(3) == 4)


def test_what_sage_allows_replaces_a_number_nobody_entered(client: redis.Redis) -> None:
    leases = Leases(client, Bells())
    default = Limits.of({"concurrency": 2, "callsPerMinute": 300}, given={})
    entered = Limits.of({"concurrency": 2, "callsPerMinute": 300}, given={"concurrency": 2})
    assert limit_of(leases, default) == 2
    leases.learn("ACME", LimitReport(in_flight=6))
    assert (limit_of(leases, default), limit_of(leases, entered)) == (6, 2)
    assert all(leases.acquire("ACME", default, Caller("c"), WRITE)[0] for _ in range(6))
    assert leases.acquire("ACME", default, Caller("c"), WRITE)[0] == ""
    leases.learn("ACME", LimitReport(in_flight=1))
    assert (limit_of(leases, default), limit_of(leases, entered)) == (1, 1)


def test_threads_of_one_process_use_all_that_sage_allows(client: redis.Redis) -> None:
    """The door before the slots follows the limit, too."""
    leases = Leases(client, Bells())
    default = Limits.of({"concurrency": 1, "callsPerMinute": 0}, given={})
    leases.learn("ACME", LimitReport(in_flight=3))
    meeting = threading.Barrier(3)

    def call(_number: int) -> None:
        slots = CompanyLeases(leases, "ACME", default, Caller("c"))
        with slots.slot(WRITE):
            pass
        with slots.slot(WRITE):
            meeting.wait(30)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(call, range(3)))
    assert ("ACME", 3, Priority.AUTOMATION) in leases._doors


@pytest.mark.accepts("A43")
def test_calls_a_minute_follow_the_headers_where_there_are_any(client: redis.Redis) -> None:
    leases = Leases(client, Bells())
    off = Limits.of({"concurrency": 9, "callsPerMinute": 0}, given={"callsPerMinute": 0})
    default = Limits.of({"concurrency": 9, "callsPerMinute": 300}, given={})
    low = Limits.of({"concurrency": 9, "callsPerMinute": 1}, given={"callsPerMinute": 1})
    leases.learn("ACME", LimitReport(calls_a_minute=2))
    assert leases.acquire("ACME", off, Caller("c"), WRITE)[0]
    assert leases.acquire("ACME", low, Caller("c"), WRITE)[0] == ""
    assert leases.acquire("ACME", default, Caller("c"), WRITE)[0]
    token, again = leases.acquire("ACME", default, Caller("c"), WRITE)
    assert token == ""
    assert 0 < again <= 60


def test_nothing_leaves_while_sage_says_that_the_minute_is_used_up(client: redis.Redis) -> None:
    """Other programs use the same minute, so that our own count cannot tell."""
    leases = Leases(client, Bells())
    leases.learn("ACME", LimitReport(pause_seconds=60.0))
    leases.learn("ACME", LimitReport(pause_seconds=0.1))  # an older reply that came later
    token, again = leases.acquire("ACME", TWO, Caller("c"), WRITE)
    assert token == ""
    assert 1 < again <= 60
    assert leases.live_view("ACME", TWO).paused_ms > 1000
    leases.learn("OTHER", LimitReport(pause_seconds=0.1))
    assert until(lambda: leases.acquire("OTHER", TWO, Caller("c"), WRITE)[0])
