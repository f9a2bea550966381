"""Answers that come, but say nothing that can be relied on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.installation import Installation

LATE_SECONDS = 20  # longer than all look-ups take, and the resend after them


@pytest.mark.accepts("F16", "F17")
@pytest.mark.parametrize(
    "fault",
    [
        "no_key",
        *(pytest.param(name, marks=pytest.mark.slow) for name in ("wrong_control_id", "reset")),
    ],
)
def test_an_answer_that_proves_nothing_is_uncertain_until_looking_tells(
    installation: Installation, fault: str
) -> None:
    """Another function's id, no key, a lost body: the invoice is there, and is found."""
    deal_id = installation.new_deal()
    installation.fault(fault, "create_invoice")
    installation.move(deal_id)
    run = installation.run_in(deal_id, "uncertain", "succeeded")
    if run.line.state == "uncertain":
        assert run.error["advice"]
    run = installation.run_in(deal_id, "succeeded")
    (effect,) = [item for item in run.effects if item.function == "create_invoice"]
    (invoice,) = installation.invoices(deal_id)
    assert (effect.key, effect.attempts) == (str(invoice["key"]), 1)


@pytest.mark.accepts("F16")
def test_a_page_instead_of_an_answer_to_a_write_is_looked_up_before_anything_is_sent_again(
    installation: Installation,
) -> None:
    """A sign-in page with 200: nobody knows who wrote it, so nobody knows what ran before."""
    deal_id = installation.new_deal()
    installation.fault("html_200", "create_invoice")
    installation.move(deal_id)
    run = installation.run_in(deal_id, "uncertain")
    assert "XML" in run.error["title"]
    run = installation.run_in(deal_id, "succeeded")
    (effect,) = [item for item in run.effects if item.function == "create_invoice"]
    assert effect.attempts == 2
    assert len(installation.invoices(deal_id)) == 1


@pytest.mark.accepts("F16")
def test_a_page_instead_of_an_answer_to_a_read_is_read_again(installation: Installation) -> None:
    """Reading changes nothing, so it is simply done once more within the same step."""
    deal_id = installation.new_deal()
    installation.fault("html_200", "readByName")
    installation.move(deal_id)
    run = installation.run_in(deal_id, "succeeded")
    assert {step.path: step.attempts for step in run.steps}["customer"] == 1
    assert installation.company.get("/_sandbox/faults").json() == []


@pytest.mark.slow
@pytest.mark.accepts("F13")
def test_an_answer_that_drips_ends_with_the_time_of_its_call(installation: Installation) -> None:
    """At a byte a second it would take a quarter of an hour; the worker is not held that long."""
    deal_id = installation.new_deal()
    installation.fault("drip", "create_invoice", seconds=1)
    installation.move(deal_id)
    installation.run_in(deal_id, "uncertain")
    run = installation.run_in(deal_id, "succeeded")
    (effect,) = [item for item in run.effects if item.function == "create_invoice"]
    assert effect.attempts == 1


@pytest.mark.slow
@pytest.mark.accepts("F12")
@pytest.mark.parametrize("repeated", ["error", "replay"])
def test_a_commit_after_our_resend_is_no_second_invoice(
    installation: Installation, repeated: str
) -> None:
    """The look-ups are over and the same bytes were sent again; only the control id is left."""
    installation.policy("repeated_control_id", repeated)
    installation.policy("unique_invoice_numbers", "false")
    deal_id = installation.new_deal()
    installation.fault("late_commit", "create_invoice", seconds=LATE_SECONDS)
    installation.move(deal_id)
    run = installation.run_in(deal_id, "succeeded")
    (effect,) = [item for item in run.effects if item.function == "create_invoice"]
    assert effect.attempts == 2
    (late,) = [seen for seen in requests_of(installation, effect.control_id) if seen["fault"]]
    committed_at = datetime.fromisoformat(late["at"]) + timedelta(seconds=LATE_SECONDS + 1)
    installation.until(lambda: datetime.now(UTC) > committed_at, "the first request has run, too")
    assert len(installation.invoices(deal_id)) == 1


def requests_of(installation: Installation, control_id: str) -> list[dict[str, Any]]:
    """Return what the company was asked under a control id."""
    seen = installation.company.get("/_sandbox/requests").json()
    return [request for request in seen if control_id in request["control_ids"]]
