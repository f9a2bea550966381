"""Who gets a slot that becomes free: people first, then runs by age, then what can wait."""

from __future__ import annotations

import pytest
import redis

from connector.intacct.operation import Frozen, Operation, Verb
from connector.runtime.leases import Leases
from connector.runtime.limits import Caller, Limits, Priority
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


@pytest.mark.parametrize(
    ("waiting", "asking", "gets_it"),
    [
        (Priority.INTERACTIVE, Priority.AUTOMATION, False),
        (Priority.AUTOMATION, Priority.BACKFILL, False),
        (Priority.AUTOMATION, Priority.AUTOMATION, True),
        (Priority.BACKFILL, Priority.AUTOMATION, True),
    ],
)
def test_a_free_slot_is_left_to_the_better_one_who_waits_for_it(
    client: redis.Redis, waiting: Priority, asking: Priority, gets_it: bool
) -> None:
    leases = Leases(client, Bells(), courtesy_ms=60_000)
    one = Limits(1, calls_a_minute=0)
    token, _ = leases.acquire("ACME", one, Caller("c"), WRITE)
    person = Caller("c", priority=waiting)
    leases.acquire("ACME", one, person, WRITE, stands_in_line=False, name="person")
    leases.release(token)
    other = Caller("c", "run-1", asking)
    assert bool(leases.acquire("ACME", one, other, WRITE)[0]) is gets_it
    again, _ = leases.acquire("ACME", one, person, WRITE, stands_in_line=False, name="person")
    assert bool(again) is not gets_it


def test_a_slot_is_not_kept_for_somebody_who_went_away(client: redis.Redis) -> None:
    leases = Leases(client, Bells(), courtesy_ms=300)
    one = Limits(1, calls_a_minute=0)
    token, _ = leases.acquire("ACME", one, Caller("c"), WRITE)
    gone = Caller("c", priority=Priority.INTERACTIVE)
    leases.acquire("ACME", one, gone, WRITE, stands_in_line=False, name="gone")
    leases.release(token)
    until(lambda: leases.acquire("ACME", one, Caller("c", "run-1"), WRITE)[0])


def test_a_backfill_leaves_the_slot_to_a_run_whose_bell_is_under_way(client: redis.Redis) -> None:
    bells = Bells()
    leases = Leases(client, bells, courtesy_ms=60_000)
    one = Limits(1, calls_a_minute=0)
    token, _ = leases.acquire("ACME", one, Caller("c"), WRITE)
    run = Caller("c", "run-1", Priority.AUTOMATION)
    backfill = Caller("c", "sync", Priority.BACKFILL)
    assert leases.acquire("ACME", one, run, WRITE)[0] == ""
    leases.release(token)
    assert bells.rung == ["run-1"]
    assert leases.acquire("ACME", one, backfill, WRITE)[0] == ""
    assert leases.acquire("ACME", one, run, WRITE)[0]


def test_a_reader_who_may_not_have_the_last_slot_does_not_keep_writers_from_it(
    client: redis.Redis,
) -> None:
    leases = Leases(client, Bells())
    person = Caller("c", priority=Priority.INTERACTIVE)
    assert leases.acquire("ACME", TWO, person, READ)[0]
    assert leases.acquire("ACME", TWO, person, READ, stands_in_line=False, name="p")[0] == ""
    assert leases.acquire("ACME", TWO, Caller("c", "run-1"), WRITE)[0]


def test_a_run_keeps_its_place_however_often_it_is_rung_in_vain(client: redis.Redis) -> None:
    bells = Bells()
    leases = Leases(client, bells)
    one = Limits(1, calls_a_minute=0)
    old, young = Caller("c", "old", since_ms=1), Caller("c", "young", since_ms=2)
    for _ in range(2):
        token, _ = leases.acquire("ACME", one, Caller("c"), WRITE)
        for caller in (young, old):
            assert leases.acquire("ACME", one, caller, WRITE)[0] == ""
        leases.release(token)
    assert bells.rung == ["old", "old"]


def test_as_many_are_rung_as_there_are_slots(client: redis.Redis) -> None:
    """A limit that rose has room for more than the one who leaves."""
    bells = Bells()
    leases = Leases(client, bells)
    one, three = Limits(1, calls_a_minute=0), Limits(3, calls_a_minute=0)
    token, _ = leases.acquire("ACME", three, Caller("c"), WRITE)
    for number in range(4):
        leases.acquire("ACME", one, Caller("c", f"run-{number}", since_ms=number + 1), WRITE)
    leases.release(token)
    assert bells.rung == ["run-0", "run-1", "run-2"]


def test_nobody_is_rung_while_more_are_in_flight_than_the_limit(client: redis.Redis) -> None:
    bells = Bells()
    leases = Leases(client, bells)
    tokens = [leases.acquire("ACME", TWO, Caller("c"), WRITE)[0] for _ in range(2)]
    leases.acquire("ACME", TWO, Caller("c", "run-1"), WRITE)
    leases.lower("ACME", TWO)
    leases.release(tokens[0])
    assert bells.rung == []
    leases.release(tokens[1])
    assert bells.rung == ["run-1"]
