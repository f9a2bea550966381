"""Workers that die, freeze or are told to end in the middle of a write."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from typing import Any

import psutil
import pytest
import sqlalchemy as sa

from connector.store import tables
from tests.support.installation import Installation
from tests.support.workers import Worker, workers

EVERY_WORKER = ("worker", "quarantine", "beat")


@pytest.fixture
def second(installation: Installation) -> Iterator[Worker]:
    """Give the installation another worker, which knows nothing of what the first one does."""
    with workers(installation, 1) as (worker,):
        yield worker


def run_row(installation: Installation, deal_id: str) -> Any:
    (view,) = installation.runs_for(deal_id)
    run = tables.run
    query = sa.select(run.c.id, run.c.epoch, run.c.owner).where(run.c.id == view.line.id)
    (row,) = installation.rows(query)
    return row


def owner_of(installation: Installation, deal_id: str) -> int:
    """Return the process that works on the deal's run."""
    return int(str(run_row(installation, deal_id).owner).rpartition(":")[2])


def committed(installation: Installation, deal_id: str, seconds: float) -> None:
    """Let the deal's invoice be committed, and its answer held back."""
    installation.fault("commit_then_hold", "create_invoice", seconds=seconds)
    installation.move(deal_id)
    installation.until(lambda: installation.invoices(deal_id), "the invoice is committed")


@pytest.mark.accepts("F03")
def test_a_lost_machine_is_replaced_and_its_call_settled(installation: Installation) -> None:
    """Everything that works is gone at once; the broker will not say so for many minutes."""
    deal_id = installation.new_deal()
    committed(installation, deal_id, seconds=60)
    for name in EVERY_WORKER:
        installation.kill(name)
    run = installation.run_in(deal_id, "succeeded")
    assert [effect.attempts for effect in run.effects][-1] == 1


@pytest.mark.accepts("F05")
def test_a_frozen_worker_that_wakes_up_changes_nothing(
    installation: Installation, second: Worker
) -> None:
    """It still believes that the run is its own; the numbers of its claims say otherwise."""
    deal_id = installation.new_deal()
    committed(installation, deal_id, seconds=4)
    frozen = owner_of(installation, deal_id)
    os.kill(frozen, signal.SIGSTOP)
    try:
        run = installation.run_in(deal_id, "succeeded")
        taken_over = run_row(installation, deal_id)
        before = effect_of(installation, deal_id)
    finally:
        os.kill(frozen, signal.SIGCONT)
    name = second.name if frozen == second.pid else "worker"
    lost = f"Run {run.line.id} goes on in another worker."
    installation.until(lambda: lost in installation.log(name), "the frozen one has noticed")
    assert run_row(installation, deal_id) == taken_over
    assert effect_of(installation, deal_id) == before
    assert taken_over.epoch > 1


def effect_of(installation: Installation, deal_id: str) -> tuple[object, ...]:
    query = sa.select(tables.effect).where(tables.effect.c.external_id == f"HS-{deal_id}")
    (row,) = installation.rows(query)
    return tuple(row)


@pytest.mark.accepts("F06")
def test_a_worker_told_to_end_finishes_its_call_and_the_steps_after_it(
    installation: Installation,
) -> None:
    """A deployment in the middle of a call costs neither an attempt nor a doubt."""
    company = installation.new_company("Deployed Meanwhile Ltd")
    deal_id = installation.new_deal(company=company)
    installation.fault("commit_then_hold", "create", seconds=3)
    installation.move(deal_id)
    worker = psutil.Process(installation.machine.supervisor.pid("worker"))
    installation.until(lambda: installation.is_made("CUSTOMER", f"HS-{company}"), "it is held")
    worker.terminate()
    assert worker.wait(60) == 0
    run = installation.run_in(deal_id, "succeeded")
    assert run_row(installation, deal_id).epoch == 1
    assert {effect.function: effect.attempts for effect in run.effects} == {
        "create": 1,
        "create_invoice": 1,
    }


@pytest.mark.slow
@pytest.mark.accepts("F06")
def test_a_worker_killed_at_the_end_of_its_grace_leaves_one_invoice(
    installation: Installation,
) -> None:
    deal_id = installation.new_deal()
    committed(installation, deal_id, seconds=60)
    os.kill(installation.machine.supervisor.pid("worker"), signal.SIGTERM)
    installation.until(
        lambda: "Warm shutdown" in installation.log("worker"), "the worker was told to end"
    )
    installation.kill("worker")
    run = installation.run_in(deal_id, "succeeded")
    assert [effect.attempts for effect in run.effects][-1] == 1
