"""The commands for people who keep workflows as files and approve from a terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from connector.cli import approvals as approving
from connector.cli import commands
from connector.runtime import runs
from tests.support import desk
from tests.support.office import Books, Office, office

FLOW = f"""
name: Consent
{desk.TRIGGER}
once: "{{{{ input.deal.id }}}}"
steps:
  - id: consent
    type: approval
    config: {{title: "Bill {{{{ input.number }}}}", covers: [invoice]}}
  - id: invoice
    {desk.INVOICE}
"""
PLAIN = """
name: Plain
trigger: {type: hubspot.deal, connection: hubspot, config: {stages: [closedwon]}}
once: "{{ input.deal.id }}"
steps:
  - id: customer
    type: sage-intacct.findOrCreateCustomer
    connection: books
    config: {customerName: "{{ input.company.name }}"}
"""


def intacct(*words: str) -> Result:
    return CliRunner().invoke(commands, list(words))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    found = tmp_path / "flow.yaml"
    found.write_text(PLAIN)
    return found


def test_validate_tells_every_error_with_its_place_and_the_cost(file: Path) -> None:
    assert intacct("workflow", "validate", str(file)).exit_code == 0
    file.write_text(PLAIN.replace("customerName", "customrName").replace("deal.id", "deal.nr"))
    done = intacct("workflow", "validate", str(file))
    assert done.exit_code == 2
    assert "error: once: There is no 'nr' in input.deal" in done.stderr
    assert "error: steps[0].config.customrName" in done.stderr
    assert "error: steps[0].config.customerName" in done.stderr
    assert "cost: 1 to 3 API transactions per event." in done.stderr


def test_a_mapping_goes_out_to_a_sheet_and_comes_back(file: Path, tmp_path: Path) -> None:
    table = intacct("workflow", "mapping", str(file), "customer").stdout
    assert table.splitlines() == [
        "source,target,transformation",
        "input.company.name,customerName,direct",
    ]
    sheet = tmp_path / "table.csv"
    sheet.write_text(table + "input.company.city,city,direct\n")
    done = intacct("workflow", "mapping", str(file), "customer", "--csv", str(sheet))
    assert json.loads(done.stdout)["steps"][0]["config"] == {
        "customerName": "{{ input.company.name }}",
        "city": "{{ input.company.city }}",
    }
    assert intacct("workflow", "mapping", str(file), "nobody").exit_code == 2


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    url = f"sqlite:///{tmp_path / 'intacct.db'}"
    with office(url, tmp_path, Books(), FLOW) as found:
        monkeypatch.setattr(approving, "open_installation", lambda: found.services)
        yield found


def test_somebody_else_approves_from_the_terminal(here: Office) -> None:
    event = {"deal": {"id": "1"}, "number": "N-1", "customer": "C-00001"}
    run_id = desk.start(here, event)
    desk.work_off(here)
    listed = intacct("approvals", "list").stdout.splitlines()
    assert "Bill N-1" in listed[1]
    approval_id = listed[1].split()[0]
    shown = json.loads(intacct("approvals", "show", approval_id).stdout)
    assert shown["shown"]["covers"]["invoice"]["invoiceNumber"] == "N-1"
    own = intacct("approvals", "approve", approval_id, "--as", "test")
    assert (own.exit_code, "cannot approve it" in own.stderr) == (2, True)
    done = intacct(
        "approvals", "approve", approval_id, "--as", "ada", "--seen", shown["fingerprint"]
    )
    assert done.stdout == "It is approved.\n"
    desk.work_off(here)
    assert here.run(run_id).state == runs.SUCCEEDED


def test_a_refusal_from_the_terminal_gives_its_reason(here: Office) -> None:
    run_id = desk.start(here, {"deal": {"id": "1"}, "number": "N-1", "customer": "C-00001"})
    desk.work_off(here)
    approval_id = intacct("approvals", "list").stdout.splitlines()[1].split()[0]
    intacct("approvals", "refuse", approval_id, "--as", "ada", "--reason", "Too dear")
    desk.work_off(here)
    assert desk.error(here, run_id)["title"] == "ada refused 'Bill N-1': Too dear"
