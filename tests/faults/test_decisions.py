"""A person decides where looking cannot: whichever they say, one invoice."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from connector.workbench import templates

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

    from tests.support.installation import Installation


@pytest.fixture(scope="module")
def nameless(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Publish the workflow without an invoice number: a lost answer cannot be looked up."""
    text = templates.text("hubspot_deal_to_invoice")
    lines = [line for line in text.splitlines() if "invoiceNumber" not in line]
    file: Path = tmp_path_factory.mktemp("workflow") / "nameless.yaml"
    file.write_text("\n".join(lines))
    done = installation.command("workflow", "apply", str(file))
    assert done.returncode == 0, done.stderr
    return installation


def created(installation: Installation) -> list[str]:
    reply = installation.portal.get("/_sandbox/ledger", params={"object": "ARINVOICE"})
    return [str(e["key"]) for e in reply.json() if e["operation"] == "create"]


def test_a_nameless_write_without_an_answer_waits_for_a_person_who_finds_it(
    nameless: Installation,
) -> None:
    before = created(nameless)
    deal_id = nameless.new_deal()
    nameless.fault("commit_then_502", "create_invoice")
    nameless.move(deal_id)
    run = nameless.run_in(deal_id, "parked")
    (key,) = [k for k in created(nameless) if k not in before]
    done = nameless.command("runs", "decide", run.line.id, "--there", key)
    assert done.returncode == 0, done.stderr
    run = nameless.run_in(deal_id, "succeeded")
    assert next(s.output["key"] for s in run.steps if s.path == "invoice") == key
    assert [k for k in created(nameless) if k not in before] == [key]


def test_a_nameless_write_that_is_not_there_is_sent_anew(nameless: Installation) -> None:
    before = created(nameless)
    deal_id = nameless.new_deal()
    nameless.fault("drop_before_commit", "create_invoice", seconds=1)
    nameless.move(deal_id)
    run = nameless.run_in(deal_id, "parked")
    assert created(nameless) == before
    done = nameless.command("runs", "decide", run.line.id, "--send-again")
    assert done.returncode == 0, done.stderr
    nameless.run_in(deal_id, "succeeded")
    assert len(created(nameless)) == len(before) + 1


def test_a_failed_run_goes_on_where_it_stopped(nameless: Installation) -> None:
    """The period was closed; once it is open the customer is not made a second time."""
    company = nameless.new_company("Closed Period Ltd")
    deal_id = nameless.new_deal(company=company)
    nameless.policy("books_closed_through", "2027-12-31")
    nameless.move(deal_id)
    run = nameless.run_in(deal_id, "failed")
    assert run.error["step"] == "invoice"
    nameless.policy("books_closed_through", "2024-12-31")
    done = nameless.command("runs", "retry", run.line.id)
    assert done.returncode == 0, done.stderr
    run = nameless.run_in(deal_id, "succeeded")
    assert {effect.function: effect.state for effect in run.effects} == {
        "create": "succeeded",
        "create_invoice": "succeeded",
    }
    shown = json.loads(nameless.command("runs", "show", run.line.id).stdout)
    assert shown["line"]["state"] == "succeeded"
    refused = nameless.command("runs", "retry", run.line.id)
    assert refused.returncode == 2


def test_a_commands_write_without_an_answer_is_decided_by_a_command(
    installation: Installation,
) -> None:
    """No run waits for it, so it is listed and decided by itself."""
    lines = [{"accountNumber": "4000", "amount": "10.00"}]
    dates = {"dateCreated": "2026-03-02", "termName": "Net 30"}
    given = {"customerId": "C-00001", "lineItems": lines, **dates}
    command = ("action", "run", "createInvoice", "--connection", "books")

    def ask() -> subprocess.CompletedProcess[str]:
        return installation.command(*command, "--idempotency-key", "k-9", given=json.dumps(given))

    before = created(installation)
    installation.fault("commit_then_502", "create_invoice")
    assert ask().returncode == 2

    def parked() -> dict[str, str] | None:
        listed = json.loads(installation.command("effects", "list", "--json").stdout)
        found = [write for write in listed if write["state"] == "parked" and not write["run_id"]]
        return found[0] if found else None

    write = installation.until(parked, "the write waits for a person")
    (key,) = [k for k in created(installation) if k not in before]
    assert write["id"][:12] in installation.command("effects", "list").stdout
    done = installation.command("effects", "decide", write["id"][:12], "--there", key)
    assert done.returncode == 0, done.stderr
    assert json.loads(ask().stdout)["key"] == key
    assert [k for k in created(installation) if k not in before] == [key]
    assert parked() is None
