"""Deliveries through real processes: the sandbox's own, and those of other programs."""

from __future__ import annotations

import base64
import gzip
import hmac
import json
import subprocess
import time
import uuid
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import sqlalchemy as sa

from connector.cli import machine as machines
from connector.connections.encrypt import SecretBox
from connector.connections.store import ConnectionRow, Connections
from connector.runtime import inbox, listening, runs, workflows
from connector.store import tables
from connector.store.json_text import from_json
from connector.workflow import model, yaml_loader

if TYPE_CHECKING:
    from tests.support.installation import Installation

CLIENT_ID = "5a9db0c4e1f27836.app.sage.com"
CLIENT_SECRET = "sandbox-client-secret"
WHSEC = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"
WORKFLOW = """
name: {name}
trigger: {{type: {type}, connection: {connection}, config: {config}}}
steps:
  - id: look
    type: sage-intacct.getCustomer
    connection: books
    config: {{customerId: "{{{{ {customer} }}}}"}}
"""


def connections(installation: Installation) -> Connections:
    machine = installation.machine
    return Connections(machine.database, SecretBox(machine.settings.master_keys()))


def connect(installation: Installation, kind: str, **values: Any) -> ConnectionRow:
    """Add a connection and a workflow of its own that looks the named customer up."""
    name = f"{kind}-{uuid.uuid4().hex[:8]}"
    row = connections(installation).add(kind, name, values)
    is_ours = kind == "intacct-events"
    text = WORKFLOW.format(
        name=name,
        type="intacct.event" if is_ours else "webhook.event",
        connection=name,
        config="{objects: [customer]}" if is_ours else "{}",
        customer="input.record.customerId" if is_ours else "input.data.customer",
    )
    definition = model.parse(yaml_loader.load(text))
    workflows.publish(installation.machine.database, definition, actor="test")
    return row


def events_connection(installation: Installation, **more: Any) -> ConnectionRow:
    given = {"company": "books", "clientSecret": CLIENT_SECRET, "clientId": CLIENT_ID}
    return connect(installation, "intacct-events", **{**given, **more})


def address(installation: Installation, row: ConnectionRow, ending: str = "") -> str:
    return f"{installation.machine.settings.public_url}/hooks/{row.hook_token}{ending}"


def setup(installation: Installation, row: ConnectionRow, *options: str) -> list[dict[str, Any]]:
    """Return what the command tells an administrator to enter for customers."""
    arguments = ("triggers", "setup", "customer", "--connection", row.name, "--json", *options)
    done = installation.command(*arguments)
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def enter(installation: Installation, told: dict[str, Any], **changes: Any) -> None:
    """Do in the sandbox what the set-up says."""
    trigger = {
        "name": f"{told['name']} {uuid.uuid4().hex[:8]}",
        "object": told["object"],
        "activation": told["event"].replace(" ", "_"),
        "template": told["template"],
        "url": told["url"],
        "content_type": told["content_type"],
        "client_id": CLIENT_ID,
        **changes,
    }
    installation.company.post("/_sandbox/triggers", json=trigger).raise_for_status()


def new_customer(installation: Installation) -> str:
    """Create a customer in the company, and return its id."""
    number = f"WH-{uuid.uuid4().hex[:8]}"
    given = json.dumps({"customerId": number, "customerName": f"Customer {number}"})
    arguments = ("action", "run", "createCustomer", "--connection", "books")
    done = installation.command(*arguments, given=given)
    assert done.returncode == 0, done.stderr
    return number


def events_of(installation: Installation, row: ConnectionRow) -> list[Any]:
    query = sa.select(tables.inbox).where(
        tables.inbox.c.connection_id == row.id, tables.inbox.c.state != inbox.ALIAS
    )
    return installation.rows(query)


def finished(installation: Installation, row: ConnectionRow, count: int = 1) -> list[Any]:
    """Wait until so many runs of the connection's workflow have ended, and return them."""
    query = (
        sa.select(tables.run)
        .join(tables.inbox, tables.inbox.c.id == tables.run.c.inbox_id)
        .where(tables.inbox.c.connection_id == row.id)
    )

    def all_done() -> list[Any]:
        found = installation.rows(query)
        return found if len(found) >= count and all(one.finished_at for one in found) else []

    found: list[Any] = installation.until(all_done, f"{count} run(s) of {row.name} have ended")
    return found


@pytest.fixture(autouse=True)
def _no_triggers_are_left(installation: Installation) -> Any:
    yield
    for trigger in installation.company.get("/_sandbox/triggers").json():
        installation.company.delete(f"/_sandbox/triggers/{trigger['name']}")
    policies = {"webhook_signature": "jwt", "webhook_headers": "current", "event_context": "json"}
    installation.company.post("/_sandbox/policies", json=policies).raise_for_status()
    installation.company.delete("/_sandbox/events/faults")


SPELLINGS = [
    {"webhook_signature": "jwt", "webhook_headers": "current"},
    {"webhook_signature": "envelope", "webhook_headers": "older", "event_context": "broken"},
]


@pytest.mark.accepts("A39")
@pytest.mark.parametrize("policies", SPELLINGS, ids=["current", "older"])
def test_a_new_customer_in_intacct_starts_a_workflow_that_sees_the_record(
    installation: Installation, policies: dict[str, str]
) -> None:
    """With exactly the set-up that the command prints, in every spelling of the headers."""
    installation.company.post("/_sandbox/policies", json=policies).raise_for_status()
    row = events_connection(installation)
    (told,) = setup(installation, row, "--change", "created")
    enter(installation, told)
    number = new_customer(installation)
    (run,) = finished(installation, row)
    assert run.state == runs.SUCCEEDED, run.error
    seen = from_json(run.input)
    assert (seen["object"], seen["change"]) == ("customer", "created")
    assert seen["record"]["customerId"] == number
    assert seen["delivery"]["proof"] == "signed"


def test_a_delivery_that_intacct_sends_twice_starts_one_run(installation: Installation) -> None:
    row = events_connection(installation)
    (told,) = setup(installation, row, "--change", "created")
    enter(installation, told)
    fault = {"fault": "duplicate_delivery"}
    installation.company.post("/_sandbox/events/faults", json=fault).raise_for_status()
    new_customer(installation)
    finished(installation, row)

    def was_sent_twice() -> bool:
        sent = installation.company.get("/_sandbox/events").json()
        ours = [one for one in sent if one["url"] == told["url"]]
        return [attempt["status"] for attempt in ours[0]["attempts"]] == [200, 200]

    installation.until(was_sent_twice, "both copies were answered with 200")
    assert len(events_of(installation, row)) == 1


def test_an_unsigned_event_is_taken_only_with_leave_and_is_labelled(
    installation: Installation,
) -> None:
    strict = events_connection(installation)
    lenient = events_connection(installation, unsigned=True)
    for row in (strict, lenient):
        (told,) = setup(installation, row, "--change", "created", "--smart-event")
        enter(installation, told, activation="after_create", webhook_delivery=False)
    new_customer(installation)
    (run,) = finished(installation, lenient)
    assert from_json(run.input)["delivery"]["proof"] == "address"
    assert events_of(installation, strict) == []


def test_another_applications_signature_is_refused(installation: Installation) -> None:
    row = events_connection(installation, clientSecret="not-the-secret")
    good = events_connection(installation)
    for one in (row, good):
        (told,) = setup(installation, one, "--change", "created")
        enter(installation, told)
    new_customer(installation)
    finished(installation, good)

    def was_refused() -> bool:
        sent = installation.company.get("/_sandbox/events").json()
        ours = [one for one in sent if one["url"] == address(installation, row)]
        return bool(ours) and [one["status"] for one in ours[0]["attempts"]] == [401]

    installation.until(was_refused, "the forged delivery was answered with 401")
    assert events_of(installation, row) == []


def test_a_sample_is_shown_to_whoever_listens_and_starts_nothing(
    installation: Installation,
) -> None:
    row = events_connection(installation)
    (told,) = setup(installation, row, "--change", "created", "--test")
    enter(installation, told)
    with subprocess.Popen(  # noqa: S603 - our own command
        [*machines.INTACCT, "triggers", "listen", row.name],
        env=dict(installation.machine.environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as listener:
        opened = sa.select(tables.inbox.c.id).where(
            tables.inbox.c.connection_id == row.id, tables.inbox.c.state == listening.LISTENING
        )
        installation.until(lambda: installation.rows(opened), "somebody listens")
        new_customer(installation)
        shown, _ = listener.communicate(timeout=90)
    (sample,) = json.loads(shown)
    assert sample["type"] == "CUSTOMER.created"
    assert sample["data"]["key"].isdigit()
    states = {one.state for one in events_of(installation, row)}
    assert states == {listening.LISTENING, listening.SAMPLE}


# Other programs


def standard_headers(body: bytes, number: str, secret: bytes) -> dict[str, str]:
    stamp = str(int(time.time()))
    digest = hmac.digest(secret, f"{number}.{stamp}.".encode() + body, "sha256")
    return {
        "webhook-id": number,
        "webhook-timestamp": stamp,
        "webhook-signature": "v1," + base64.b64encode(digest).decode(),
    }


def order(customer: str) -> bytes:
    return json.dumps({"type": "order.paid", "customer": customer}).encode()


def test_a_signed_webhook_starts_a_workflow_once(installation: Installation) -> None:
    row = connect(installation, "webhook", scheme="standard-webhooks", secret=WHSEC)
    customer = new_customer(installation)
    body = order(customer)
    key = base64.b64decode(WHSEC.removeprefix("whsec_"))
    url = address(installation, row)
    for _ in range(3):
        headers = standard_headers(body, "msg_1", key)
        assert installation.outside.post(url, content=body, headers=headers).status_code == 200
    (run,) = finished(installation, row)
    assert run.state == runs.SUCCEEDED, run.error
    forged = standard_headers(body, "msg_2", b"another key")
    assert installation.outside.post(url, content=body, headers=forged).status_code == 401
    assert len(events_of(installation, row)) == 1


def test_chunked_and_compressed_bodies_arrive_like_any_other(installation: Installation) -> None:
    row = connect(installation, "webhook", scheme="bearer", secret="t0k", idPath="n")
    url, customer = address(installation, row), new_customer(installation)
    body = json.dumps({"n": 1, "customer": customer}).encode()
    packed = gzip.compress(json.dumps({"n": 2, "customer": customer}).encode())
    headers = {"authorization": "Bearer t0k"}
    outside = installation.outside
    chunks = outside.post(url, content=iter([body[:5], body[5:]]), headers=headers)
    squeezed = {**headers, "content-encoding": "gzip"}
    folded = outside.post(url, content=packed, headers=squeezed)
    assert (chunks.status_code, folded.status_code) == (200, 200)
    found = finished(installation, row, 2)
    assert {run.state for run in found} == {runs.SUCCEEDED}


def test_a_header_that_stands_twice_proves_nothing(installation: Installation) -> None:
    row = connect(installation, "webhook", scheme="bearer", secret="t0k")
    for tokens in (["Bearer t0k", "Bearer no"], ["Bearer no", "Bearer t0k"]):
        headers = [("authorization", token) for token in tokens]
        answer = installation.outside.post(
            address(installation, row), content=b"{}", headers=headers
        )
        assert answer.status_code == 401
    assert events_of(installation, row) == []


@pytest.mark.parametrize("size", [1024 * 1024 + 1, 10_000_000])
def test_a_body_that_is_too_large_is_sent_away(installation: Installation, size: int) -> None:
    row = connect(installation, "webhook", scheme="none")
    try:
        status = installation.outside.post(
            address(installation, row), content=b" " * size
        ).status_code
    except httpx.HTTPError:  # refused before it was read; who goes on sending hears no answer
        status = 413
    assert status == 413
    assert events_of(installation, row) == []


def test_the_commands_say_where_deliveries_go_and_what_to_enter(
    installation: Installation,
) -> None:
    row = events_connection(installation, unsigned=True)
    shown = installation.command("triggers", "address", row.name).stdout
    assert address(installation, row) in shown
    assert address(installation, row, "/test") in shown
    assert "whoever knows the address" in shown
    steps = installation.command(
        "triggers", "setup", "ARINVOICE", "--connection", row.name, "--change", "updated"
    ).stdout
    for part in ("Use webhook delivery", CLIENT_ID, address(installation, row), "ARINVOICE"):
        assert part in steps
    wrong = installation.command("triggers", "setup", "nonsense", "--connection", row.name)
    assert (wrong.returncode, "no object named nonsense" in wrong.stderr) == (2, True)
    listed = installation.command("triggers", "list").stdout
    for key in ("hubspot.deal", "hubspot.object", "intacct.event", "webhook.event"):
        assert key in listed
