"""Rehearsals and plans from a terminal, in sentences or as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from connector.cli import commands, rehearse
from connector.runtime import runs
from tests.support import desk
from tests.support.office import Books, Office, office

FLOW = f"""
name: Deal
{desk.TRIGGER}
once: "{{{{ input.number }}}}"
steps:
  - id: invoice
    name: The invoice
    {desk.INVOICE}
"""
EVENT = {"number": "N-1", "customer": "C-00001"}


@pytest.fixture
def books() -> Books:
    return Books()


@pytest.fixture
def here(tmp_path: Path, books: Books, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with office(f"sqlite:///{tmp_path / 'intacct.db'}", tmp_path, books, FLOW) as found:
        monkeypatch.setattr(rehearse, "open_installation", lambda: found.services)
        yield found


@pytest.fixture
def event(tmp_path: Path) -> str:
    return written(tmp_path, EVENT)


def written(folder: Path, value: Any) -> str:
    file = folder / "event.json"
    file.write_text(value if isinstance(value, str) else json.dumps(value))
    return str(file)


def intacct(*words: str) -> Result:
    return CliRunner().invoke(commands, ["workflow", *words])


def test_a_dry_run_reads_like_a_report(here: Office, books: Books, event: str) -> None:
    done = intacct("dry-run", "Deal", "--event", event)
    assert done.exit_code == 0
    for line in (
        "Deal: would succeed. Nothing was sent.",
        "1. The invoice: would write",
        "    Would create invoice N-1 in SANDBOX.",
        "    [ok] Exists and is active: customer C-00001, term Net 30, account 4000.",
        "    Found again by: invoiceNumber N-1, customerId C-00001",
    ):
        assert line in done.stdout.splitlines()
    assert "<create_invoice>" not in done.stdout
    assert "API transactions" in done.stdout
    assert "<create_invoice>" in intacct("dry-run", "Deal", "--event", event, "--requests").stdout
    assert books.invoices() == []
    assert here.effects() == []


def test_a_file_that_nobody_published_is_rehearsed_as_json(
    here: Office, event: str, tmp_path: Path
) -> None:
    assert here.effects() == []
    flow = tmp_path / "flow.yaml"
    flow.write_text(FLOW.replace("name: Deal", "name: New"))
    found = json.loads(intacct("dry-run", str(flow), "--event", event, "--json").stdout)
    assert found["verdict"] == "would succeed"
    assert found["steps"][0]["writes"][0]["outcome"] == "would be sent"
    assert found["comparison"] is None


def test_a_past_run_gives_the_event_and_stands_beside(here: Office) -> None:
    run_id = desk.start(here, EVENT)
    desk.work_off(here)
    done = intacct("dry-run", "Deal", "--run", run_id)
    assert f"Beside the run {run_id} of version 1, succeeded:" in done.stdout
    assert "exists already" in done.stdout


def test_a_step_is_tried_and_sent_after_confirmation(
    here: Office, books: Books, event: str
) -> None:
    assert here.effects() == []
    shown = intacct("test-step", "Deal", "invoice", "--event", event)
    assert "<create_invoice>" in shown.stdout
    assert intacct("test-step", "Deal", "invoice", "--event", event, "--send", "X").exit_code == 2
    assert books.invoices() == []
    done = intacct("test-step", "Deal", "invoice", "--event", event, "--send", "SANDBOX")
    assert "does not send it again" in done.stdout
    assert len(books.invoices("N-1")) == 1


def test_a_plan_goes_from_hand_to_hand(here: Office, books: Books, event: str) -> None:
    made = intacct("plan", "Deal", "--event", event, "--as", "ann", "--json")
    plan = json.loads(made.stdout)
    assert "Plan" in intacct("plan", "Deal", "--event", event).stdout
    assert plan["id"] in intacct("plans").stdout
    assert json.loads(intacct("plans", plan["id"]).stdout)["state"] == "proposed"
    assert intacct("execute", plan["id"]).exit_code == 2
    approved = intacct("approve-plan", plan["id"], "--hash", plan["hash"], "--as", "bob")
    assert "Approved" in approved.stdout
    started = intacct("execute", plan["id"], "--as", "carl")
    assert started.exit_code == 0
    desk.work_off(here)
    run_id = json.loads(intacct("plans", plan["id"]).stdout)["run"]
    assert run_id in started.stdout
    assert here.run(run_id).state == runs.SUCCEEDED
    assert len(books.invoices("N-1")) == 1


@pytest.mark.parametrize(
    "text", ["", "[1, 2]", "null", '{"number": NaN}', "{" * 5000, '{"number": "N-1"', "\0"]
)
def test_a_file_that_is_no_event_is_refused_in_words(
    here: Office, tmp_path: Path, text: str
) -> None:
    assert here.effects() == []
    done = intacct("dry-run", "Deal", "--event", written(tmp_path, text))
    assert done.exit_code == 2
    assert "event" in done.stderr
    assert "Traceback" not in done.stderr


def test_nothing_to_rehearse_or_with_is_said(here: Office, event: str) -> None:
    assert here.effects() == []
    assert "no published workflow" in intacct("dry-run", "Nobody", "--event", event).stderr
    assert "--event FILE or --run RUN" in intacct("dry-run", "Deal").stderr
    assert "There is no run" in intacct("dry-run", "Deal", "--run", "nobody").stderr
