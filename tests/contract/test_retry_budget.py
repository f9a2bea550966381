"""Repeats stay a tenth of a company's calls, counted over all workers."""

from __future__ import annotations

from pathlib import Path

import redis

from connector.intacct.operation import Frozen, Operation, Verb
from connector.runtime.leases import Leases
from connector.runtime.limits import Caller, Limits
from connector.runtime.redis_client import open_redis
from connector.runtime.retry_budget import ALWAYS_ALLOWED, CompanyRetries
from tests.support.valkey import client, server

__all__ = ["client", "server"]

READ = Operation(Verb.READ, frozen=Frozen("xml", "read", "<r/>", is_write=False))


def make_calls(client: redis.Redis, company: str, number: int) -> None:
    leases = Leases(client, lambda _waiter: None)
    for _ in range(number):
        token, _ = leases.acquire(company, Limits(2, calls_a_minute=0), Caller("c"), READ)
        leases.release(token)


def taken(budgets: list[CompanyRetries], times: int) -> int:
    return sum(budgets[number % len(budgets)].take() for number in range(times))


def test_a_quiet_company_may_repeat_a_few_calls(client: redis.Redis) -> None:
    assert taken([CompanyRetries(client, "ACME")], 50) == ALWAYS_ALLOWED


def test_a_busy_company_may_repeat_a_tenth_of_its_calls(client: redis.Redis) -> None:
    make_calls(client, "ACME", 150)
    workers = [CompanyRetries(client, "ACME") for _ in range(3)]
    assert taken(workers, 50) == 15
    assert taken([CompanyRetries(client, "OTHER")], 1) == 1


def test_without_the_server_the_budget_forbids_nothing(tmp_path: Path) -> None:
    gone = open_redis(f"redis+socket://{tmp_path / 'gone.sock'}")
    assert taken([CompanyRetries(gone, "ACME")], 30) == 30
