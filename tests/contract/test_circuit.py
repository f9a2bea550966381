"""A company that Intacct does not answer: one call looks, the others wait in order."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
import redis

from connector.errors import (
    Busy,
    ConnectionProblem,
    ConnectorError,
    OutcomeUnknown,
    RateLimited,
    Refused,
    Unreachable,
)
from connector.runtime.circuit import MOST_FAILURES, Circuits, CompanyCircuit
from connector.runtime.limits import Caller, Priority
from connector.runtime.redis_client import open_redis
from tests.support.valkey import client, server, until

__all__ = ["client", "server"]

LONG_MS = 60_000
SILENCE = Unreachable("nobody home")


class Woken:
    def __init__(self) -> None:
        self.runs: list[str] = []

    def __call__(self, runs: Sequence[str]) -> None:
        self.runs += runs


def call(
    circuits: Circuits, error: ConnectorError | None = None, caller: Caller | None = None
) -> bool:
    """Call once, and say whether anything was sent."""
    was_sent = False
    with (
        suppress(ConnectorError),
        CompanyCircuit(circuits, "ACME", caller or Caller("c")).passage(),
    ):
        was_sent = True
        if error is not None:
            raise error
    return was_sent


def server_ms(client: redis.Redis) -> int:
    seconds, microseconds = client.time()
    return int(seconds) * 1000 + int(microseconds) // 1000


def open_circuit(circuits: Circuits) -> None:
    for _ in range(MOST_FAILURES):
        assert call(circuits, SILENCE)
    assert circuits.view("ACME").is_open


@pytest.mark.parametrize("error", [SILENCE, OutcomeUnknown("HTML instead of an answer")])
def test_five_failures_in_a_row_over_all_workers_hold_further_calls_back(
    client: redis.Redis, error: ConnectorError
) -> None:
    workers = [Circuits(client, Woken(), probe_ms=LONG_MS) for _ in range(2)]
    for number in range(MOST_FAILURES):
        assert call(workers[number % 2], error)
    circuit = CompanyCircuit(workers[0], "ACME", Caller("c", "run-1"))
    with pytest.raises(Busy, match="Waiting for Intacct") as held, circuit.passage():
        pytest.fail("it was sent")
    assert held.value.queue == "ACME"
    assert held.value.retry_after is not None
    assert 0 < held.value.retry_after <= LONG_MS / 1000
    assert workers[1].is_waiting("ACME", "run-1")


@pytest.mark.parametrize(
    "answer", [None, Refused("a closed period"), RateLimited("slow down")], ids=repr
)
def test_any_answer_between_failures_keeps_the_circuit_closed(
    client: redis.Redis, answer: ConnectorError | None
) -> None:
    circuits = Circuits(client, Woken(), probe_ms=LONG_MS)
    for _ in range(2):
        for _ in range(MOST_FAILURES - 1):
            call(circuits, SILENCE)
        call(circuits, answer)
    assert not circuits.view("ACME").is_open


def test_what_says_nothing_about_intacct_changes_nothing(client: redis.Redis) -> None:
    """A connection whose password was refused is stopped before it calls."""
    circuits = Circuits(client, Woken(), probe_ms=LONG_MS)
    for _ in range(MOST_FAILURES - 1):
        call(circuits, SILENCE)
    call(circuits, ConnectionProblem("needs attention"))
    call(circuits, Busy("no slot"))
    assert not circuits.view("ACME").is_open
    call(circuits, SILENCE)
    assert circuits.view("ACME").is_open


def test_companies_have_circuits_of_their_own(client: redis.Redis) -> None:
    circuits = Circuits(client, Woken(), probe_ms=LONG_MS)
    open_circuit(circuits)
    with CompanyCircuit(circuits, "OTHER", Caller("c")).passage():
        pass


@pytest.mark.accepts("F15")
def test_one_call_looks_in_each_period_however_many_ask(client: redis.Redis) -> None:
    """Twelve threads of two processes hammer; what leaves is told by the server's clock."""
    probe_ms = 300
    workers = [Circuits(client, Woken(), probe_ms=probe_ms) for _ in range(2)]
    began = server_ms(client)
    open_circuit(workers[0])
    sent: list[str] = []

    def hammer(number: int) -> None:
        ends = time.monotonic() + 1.5
        while time.monotonic() < ends:
            circuit = CompanyCircuit(workers[number % 2], "ACME", Caller("c", f"run-{number}"))
            with suppress(Busy, Unreachable), circuit.passage():
                sent.append(f"run-{number}")
                raise SILENCE
            time.sleep(0.005)

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(hammer, range(12)))
    assert 1 <= len(sent) <= (server_ms(client) - began) / probe_ms


@pytest.mark.accepts("F15")
def test_an_answer_closes_the_circuit_and_wakes_who_waits_in_order(client: redis.Redis) -> None:
    woken = Woken()
    circuits = Circuits(client, woken, probe_ms=200)
    open_circuit(circuits)
    callers = [
        Caller("c", "sync", Priority.BACKFILL, since_ms=1),
        Caller("c", "younger", since_ms=30),
        Caller("c", "oldest", since_ms=10),
        Caller("c", "older", since_ms=20),
        Caller("c", "person", Priority.INTERACTIVE, since_ms=40),
    ]
    for caller in callers:
        if call(circuits, SILENCE, caller):  # it was its turn to look
            call(circuits, SILENCE, caller)
    assert circuits.view("ACME").waiting == len(callers)
    until(lambda: call(circuits))
    assert woken.runs == ["person", "oldest", "older", "younger", "sync"]
    assert not circuits.view("ACME").is_open
    assert not circuits.is_waiting("ACME", "oldest")
    assert call(circuits)


def test_the_first_in_line_comes_for_the_next_look_and_the_second_for_the_one_after(
    client: redis.Redis,
) -> None:
    """So somebody always looks, and a thousand runs do not all come to be turned away."""
    circuits = Circuits(client, Woken(), probe_ms=LONG_MS)
    open_circuit(circuits)
    first, second = Caller("c", "first", since_ms=1), Caller("c", "second", since_ms=2)
    waits = [circuits.admit("ACME", caller)[1] for caller in (first, second, first)]
    assert 0 < waits[0] <= LONG_MS
    assert LONG_MS < waits[1] <= 2 * LONG_MS
    assert waits[2] <= waits[0]
    for number in range(30):
        last = circuits.admit("ACME", Caller("c", f"run-{number}", since_ms=3 + number))[1]
    assert last == 900_000


def test_a_look_that_found_no_slot_is_left_to_the_next_caller(client: redis.Redis) -> None:
    circuits = Circuits(client, Woken(), probe_ms=LONG_MS)
    open_circuit(circuits)
    circuits.give_back("ACME")  # as if the time had come to look
    assert call(circuits, Busy("no slot"))
    assert call(circuits, SILENCE)
    assert not call(circuits, SILENCE)


def test_an_answer_to_a_call_that_was_under_way_closes_the_circuit(client: redis.Redis) -> None:
    circuits = Circuits(client, Woken(), probe_ms=LONG_MS)
    with CompanyCircuit(circuits, "ACME", Caller("c")).passage():
        open_circuit(circuits)
    assert call(circuits)


def test_without_the_server_calls_go_out(tmp_path: Path) -> None:
    gone = open_redis(f"redis+socket://{tmp_path / 'gone.sock'}")
    circuits = Circuits(gone, Woken())
    for _ in range(MOST_FAILURES + 1):
        assert call(circuits, SILENCE)
    assert call(circuits)
