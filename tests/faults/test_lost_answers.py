"""Workers killed and gateways silent at the worst moment: one invoice, and a true word on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from connector.store import audit, tables

if TYPE_CHECKING:
    from connector.runtime.history import RunView
    from tests.support.installation import Installation

SLOW = pytest.mark.slow
POLICIES = ["error", pytest.param("replay", marks=SLOW)]


@pytest.fixture(params=POLICIES)
def repeated_control_id(request: pytest.FixtureRequest, installation: Installation) -> str:
    """What Intacct does with a repeated control id is not known, so every case runs under each."""
    value = str(request.param)
    installation.policy("repeated_control_id", value)
    return value


def check(installation: Installation, deal_id: str) -> None:
    """Compare the company's ledger with ours: one object per succeeded effect, none besides."""
    assert len(installation.invoices(deal_id)) == 1
    effects = installation.rows(
        sa.select(tables.effect).where(tables.effect.c.function == "create_invoice")
    )
    (effect,) = [row for row in effects if deal_id in row.payload]
    (created,) = installation.invoices(deal_id)
    assert (effect.state, effect.key) == ("succeeded", str(created["key"]))
    assert installation.machine.database.read(audit.verify) is None


def write_of(run: RunView) -> str:
    return next(e.state for e in run.effects if e.function == "create_invoice")


@pytest.mark.accepts("F01")
@pytest.mark.usefixtures("repeated_control_id")
def test_a_worker_killed_between_send_and_record_leaves_one_invoice(
    installation: Installation,
) -> None:
    """F01: the company has the invoice, and nobody was left to write that down."""
    deal_id = installation.new_deal()
    installation.fault("commit_then_hold", "create_invoice")
    installation.move(deal_id)
    installation.until(lambda: installation.invoices(deal_id), "the invoice is committed")
    installation.kill("worker")
    run = installation.run_in(deal_id, "succeeded")
    assert write_of(run) == "succeeded"
    check(installation, deal_id)


@pytest.mark.accepts("F02")
@pytest.mark.usefixtures("repeated_control_id")
def test_a_worker_killed_before_anything_was_executed_leaves_one_invoice(
    installation: Installation,
) -> None:
    """F02: looking finds nothing, and the same bytes go out once more."""
    deal_id = installation.new_deal()
    installation.fault("drop_before_commit", "create_invoice")
    installation.move(deal_id)
    sending = sa.select(tables.effect.c.op_key).where(
        tables.effect.c.state == "sending", tables.effect.c.payload.contains(deal_id)
    )
    installation.until(lambda: installation.rows(sending), "the invoice is being sent")
    installation.kill("worker")
    run = installation.run_in(deal_id, "succeeded")
    assert max(effect.attempts for effect in run.effects) == 2
    check(installation, deal_id)


@pytest.mark.accepts("F10", "F11", "F12")
@pytest.mark.usefixtures("repeated_control_id")
@pytest.mark.parametrize(
    "fault",
    ["commit_then_hold", *(pytest.param(n, marks=SLOW) for n in ("truncate", "commit_then_502"))],
)
def test_a_committed_invoice_without_an_answer_is_found(
    installation: Installation, fault: str
) -> None:
    """F10 to F12: uncertain while nobody knows, then found by its number."""
    deal_id = installation.new_deal()
    installation.fault(fault, "create_invoice")
    installation.move(deal_id)
    run = installation.run_in(deal_id, "uncertain")
    assert write_of(run) in {"uncertain", "succeeded"}
    assert run.error["advice"]
    run = installation.run_in(deal_id, "succeeded")
    assert max(effect.attempts for effect in run.effects) == 1
    check(installation, deal_id)


@pytest.mark.slow
@pytest.mark.accepts("F12")
@pytest.mark.usefixtures("repeated_control_id")
def test_a_late_commit_meets_no_second_one(installation: Installation) -> None:
    """F12: the network gave up, the work goes on; uniqueness holds even against our resend."""
    deal_id = installation.new_deal()
    installation.fault("late_commit", "create_invoice", seconds=2)
    installation.move(deal_id)
    installation.run_in(deal_id, "succeeded")
    check(installation, deal_id)


@pytest.mark.slow
def test_a_refused_front_door_is_tried_again(installation: Installation) -> None:
    """F14 in small: nothing was executed, so the same bytes may go out again."""
    deal_id = installation.new_deal()
    installation.fault("rate_limit", "create_invoice", times=2)
    installation.move(deal_id)
    installation.run_in(deal_id, "succeeded")
    check(installation, deal_id)


def test_an_expired_session_is_renewed_and_nothing_doubled(installation: Installation) -> None:
    deal_id = installation.new_deal()
    installation.portal.post("/_sandbox/sessions/expire", json={}).raise_for_status()
    installation.move(deal_id)
    installation.run_in(deal_id, "succeeded")
    check(installation, deal_id)
