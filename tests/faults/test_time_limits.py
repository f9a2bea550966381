"""Calls that outlive a limit: their own deadline, or the broker's patience with their message."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from celery import Celery

from connector.runtime import bells
from connector.runtime.redis_client import open_redis
from connector.store import tables
from tests.support.far_company import change_books
from tests.support.installation import Installation
from tests.support.workers import Worker, workers

FAR_BEYOND = 600.0  # nothing in this suite waits that long
VISIBLE_SECONDS = 1
HELD = 5
A_TENTH = 10


def effect_of(installation: Installation, deal_id: str) -> Any:
    query = sa.select(tables.effect).where(tables.effect.c.external_id == f"HS-{deal_id}")
    (row,) = installation.rows(query)
    return row


def run_row(installation: Installation, deal_id: str) -> Any:
    (view,) = installation.runs_for(deal_id)
    (row,) = installation.rows(sa.select(tables.run).where(tables.run.c.id == view.line.id))
    return row


def forget_every_message(installation: Installation) -> None:
    """Take the broker's files away, so that only the database knows what is to be done."""
    installation.kill("valkey")
    shutil.rmtree(installation.machine.settings.data_dir / "valkey" / "appendonlydir")


@pytest.mark.accepts("F08")
@pytest.mark.parametrize(
    ("fault", "sendings"), [("commit_then_hold", 1), ("drop_before_commit", 2)]
)
def test_a_call_beyond_its_time_limit_is_uncertain_and_settled_from_the_database(
    installation: Installation, fault: str, sendings: int
) -> None:
    """Its message is acknowledged by then, and lost besides: the row alone carries it on."""
    deal_id = installation.new_deal()
    installation.fault(fault, "create_invoice", seconds=FAR_BEYOND)
    installation.move(deal_id)
    installation.run_in(deal_id, "uncertain")
    forget_every_message(installation)
    run = installation.run_in(deal_id, "succeeded")
    assert [effect.attempts for effect in run.effects][-1] == sendings
    assert len(installation.invoices(deal_id)) == 1
    assert effect_of(installation, deal_id).state == "succeeded"


@pytest.fixture
def impatient(installation: Installation) -> Celery:
    """Give an application on the same broker with a much shorter patience than ours.

    The broker's messages know no owner: the shortest patience of all who share it counts.
    """
    broker = bells.make_broker(installation.machine.environment["INTACCT_REDIS_URL"], 15)
    options = broker.conf.broker_transport_options
    broker.conf.broker_transport_options = {**options, "visibility_timeout": VISIBLE_SECONDS}
    return broker


@pytest.fixture
def second(installation: Installation) -> Iterator[Worker]:
    """Give the installation another worker, which knows nothing of what the first one does."""
    with workers(installation, 1) as (worker,):
        yield worker


@pytest.mark.accepts("F09")
def test_a_message_handed_out_again_during_its_call_is_put_aside_at_once(
    installation: Installation, impatient: Celery, second: Worker
) -> None:
    """The very messages of runs in their calls: whoever gets one finds the run in other hands."""
    change_books(installation, concurrency=2 * HELD)
    deals = [installation.new_deal() for _ in range(HELD)]
    installation.fault("commit_then_hold", "create_invoice", seconds=FAR_BEYOND, times=HELD)
    for deal_id in deals:
        installation.move(deal_id)
    installation.until(lambda: all(map(installation.invoices, deals)), "the invoices are committed")
    tasks = unacknowledged(installation, deals)
    assert len(tasks) == HELD

    def ends() -> list[float]:
        """Hand out what is under way for longer than a second; return how long what ended took."""
        with impatient.connection_for_read() as connection:
            channel: Any = connection.default_channel  # of Redis, which alone has such a patience
            channel.qos.restore_visible(interval=1)
        logs = installation.log("worker") + installation.log(second.name)
        found = re.findall(r"\[([0-9a-f-]{36})\] succeeded in ([0-9.e-]+)s", logs)
        return [float(seconds) for task, seconds in found if task in tasks]

    installation.until(lambda: len(ends()) == 2 * HELD, "each message ended twice")
    # Of the fastest, since other work of the machine may hold up any.
    assert min(ends()) * A_TENTH < max(ends())
    for deal_id in deals:
        installation.run_in(deal_id, "succeeded")
        # Claimed for its call and after it was settled, and by no repetition in between.
        assert run_row(installation, deal_id).epoch == 2
        assert effect_of(installation, deal_id).attempts == 1
        assert len(installation.invoices(deal_id)) == 1


def unacknowledged(installation: Installation, deals: list[str]) -> set[str]:
    """Return the tasks of some deals' runs that workers have taken and not finished."""
    run_ids = [run_row(installation, deal_id).id for deal_id in deals]
    broker = open_redis(installation.machine.environment["INTACCT_REDIS_URL"])
    messages = [json.loads(value)[0]["headers"] for value in broker.hvals("aic:unacked")]
    return {
        headers["id"]
        for headers in messages
        if any(run_id in headers["argsrepr"] for run_id in run_ids)
    }
