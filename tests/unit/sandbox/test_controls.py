"""Clock, snapshots, usage, capabilities and the gate of the company."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from connector.sandbox.app import create_app
from connector.sandbox.config import SandboxConfig
from connector.sandbox.policies import POLICIES
from connector.sandbox.wire.tree import Element

PATH = "/ia/xml/xmlgw.phtml"
PATIENCE = 30.0
Run = Callable[..., Element]
Write = Callable[..., str]
CLASS = "<create><CLASS><CLASSID>{}</CLASSID><NAME>N</NAME></CLASS></create>"


def _stamp(response: Element) -> str | None:
    return response.findtext("operation/authentication/sessiontimestamp")


def test_the_clock_can_be_shifted_stopped_and_let_go(client: httpx.Client, run: Run) -> None:
    client.post("/_sandbox/clock", json={"offset_seconds": 86400}).raise_for_status()
    assert _stamp(run("<getAPISession/>")) == "2026-03-03T09:30:00+00:00"
    client.post("/_sandbox/clock", json={"fixed": "2027-01-01T01:00:00+01:00"}).raise_for_status()
    assert _stamp(run("<getAPISession/>")) == "2027-01-01T00:00:00+00:00"
    assert client.get("/_sandbox/clock").json()["fixed"] == "2027-01-01T00:00:00+00:00"
    client.delete("/_sandbox/clock")
    assert _stamp(run("<getAPISession/>")) == "2026-03-02T09:30:00+00:00"


def test_a_shifted_clock_ends_sessions_and_a_reset_lets_it_go(
    client: httpx.Client, run: Run
) -> None:
    session = run("<getAPISession/>").findtext("operation/result/data/api/sessionid")
    client.post("/_sandbox/clock", json={"offset_seconds": 9 * 3600})
    assert _stamp(run("<getAPISession/>", session=session)) is None
    client.post("/_sandbox/reset")
    assert client.get("/_sandbox/clock").json()["offset_seconds"] == 0


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"fixed": "yesterday"},
        {"fixed": "2026-01-01T00:00:00"},
        {"offset_seconds": "1"},
        {"offset_seconds": 1e15},
        {"offset_seconds": 1, "fixed": "2026-01-01T00:00:00Z"},
    ],
)
def test_a_clock_that_makes_no_sense_is_refused(
    client: httpx.Client, given: dict[str, object]
) -> None:
    assert client.post("/_sandbox/clock", json=given).status_code == 400


def test_a_snapshot_brings_records_sessions_and_policies_back(
    client: httpx.Client, run: Run, policy: Callable[..., None]
) -> None:
    session = run("<getAPISession/>").findtext("operation/result/data/api/sessionid")
    policy(number_invoices="blank")
    run(CLASS.format("BEFORE"), unique="true", ids="one")
    assert client.post("/_sandbox/snapshots/start").json() == ["start"]
    run(CLASS.format("AFTER"))
    policy(number_invoices="refused")
    client.post("/_sandbox/sessions/expire")
    client.post("/_sandbox/snapshots/start/restore").raise_for_status()
    ids = [record["CLASSID"] for record in client.get("/_sandbox/records/CLASS").json()]
    assert ids == ["C1", "C2", "BEFORE"]
    assert [entry["id"] for entry in client.get("/_sandbox/ledger").json()] == ["BEFORE"]
    assert client.get("/_sandbox/policies").json()["number_invoices"]["value"] == "blank"
    assert _stamp(run("<getAPISession/>", session=session)) is not None
    repeated = run(CLASS.format("X"), unique="true", ids="one")
    assert repeated.findtext("operation/result/status") == "failure"
    assert client.delete("/_sandbox/snapshots/start").json() == []


def test_snapshots_have_names_and_a_number(client: httpx.Client) -> None:
    assert client.post("/_sandbox/snapshots/nothing/restore").status_code == 400
    assert client.post("/_sandbox/snapshots/a b").status_code == 400
    for number in range(20):
        client.post(f"/_sandbox/snapshots/s{number}").raise_for_status()
    assert client.post("/_sandbox/snapshots/one-more").status_code == 400
    assert client.post("/_sandbox/snapshots/s0").status_code == 200
    for number in range(20):
        client.delete(f"/_sandbox/snapshots/s{number}")


def test_usage_counts_records_written_and_pages_read(
    client: httpx.Client, run: Run, policy: Callable[..., None]
) -> None:
    run(
        "<create>"
        + "".join(f"<CLASS><CLASSID>U{n}</CLASSID><NAME>N</NAME></CLASS>" for n in "ab")
        + "</create>"
    )
    run("<query><object>CLASS</object><select><field>CLASSID</field></select></query>")
    run("<readByQuery><object>CLASS</object><query/><pagesize>1</pagesize></readByQuery>")
    run("<readMore><object>CLASS</object></readMore>")
    run("<read><object>CLASS</object><keys>1</keys></read>", "<getAPISession/>")
    run("<delete><object>CLASS</object><keys>3,4</keys></delete>")
    run("<delete><object>CLASS</object><keys>99</keys></delete>")
    run(CLASS.format("Z"), CLASS.format("Z"), transaction="true")
    used = client.get("/_sandbox/usage").json()["months"]["2026-03"]
    assert used == {
        "transactions": 7,
        "senders": {"sandbox-sender": 7},
        "functions": {"create": 2, "query": 1, "readByQuery": 1, "readMore": 1, "delete": 2},
    }
    policy(reads_by_key_count="true")
    run("<read><object>CLASS</object><keys>1</keys></read>")
    assert client.get("/_sandbox/usage").json()["months"]["2026-03"]["transactions"] == 8


def test_an_invoice_with_its_lines_counts_once(client: httpx.Client, run: Run) -> None:
    run(
        "<create_invoice><customerid>C-00001</customerid><datecreated><year>2026</year>"
        "<month>3</month><day>2</day></datecreated><termname>Net 30</termname><invoiceitems>"
        + "<lineitem><glaccountno>4000</glaccountno><amount>5</amount></lineitem>" * 3
        + "</invoiceitems></create_invoice>"
    )
    months = client.get("/_sandbox/usage").json()["months"]
    assert months["2026-03"]["functions"] == {"create_invoice": 1}


def test_capabilities_say_what_is_offered_and_what_nobody_knows(client: httpx.Client) -> None:
    told = client.get("/_sandbox/capabilities").json()
    assert told["intacct"] is False
    assert "query" in told["functions"]["offered"]
    assert {"readReport", "consolidate"} <= set(told["functions"]["refused"])
    assert "drip" in told["faults"]
    assert told["policies"].keys() == POLICIES.keys()
    unknown = told["policies"]["repeated_control_id"]
    assert unknown["is_known"] is False
    assert unknown["standing"].startswith("Nobody outside Sage knows.")
    assert told["policies"]["concurrency"]["is_known"] is True


def test_the_page_lists_every_policy_with_its_standing(client: httpx.Client) -> None:
    page = client.get("/").text
    for name in POLICIES:
        assert f"<td>{name}</td>" in page
    assert "Nobody outside Sage knows." in page


def test_one_request_too_many_is_refused_at_once(request_text: Write) -> None:
    are_inside, is_released = threading.Barrier(3), threading.Event()

    def wait(_seconds: float) -> None:
        are_inside.wait(PATIENCE)
        is_released.wait(PATIENCE)

    app = create_app(SandboxConfig(policies={"concurrency": "2"}), wait=wait)
    transport = httpx.WSGITransport(app)
    with (
        httpx.Client(transport=transport, base_url="http://sandbox.test") as client,
        ThreadPoolExecutor(2) as pool,
    ):
        client.post("/_sandbox/faults", json={"fault": "commit_then_hold", "times": 2})
        texts = [request_text(CLASS.format(f"K{n}")) for n in range(4)]
        held = [pool.submit(client.post, PATH, content=text) for text in texts[:2]]
        are_inside.wait(PATIENCE)
        refused = client.post(PATH, content=texts[2])
        client.post("/_sandbox/policies", json={"retry_after_seconds": 7})
        advised = client.post(PATH, content=texts[2])
        is_released.set()
        assert [reply.result(PATIENCE).status_code for reply in held] == [200, 200]
        assert client.post(PATH, content=texts[3]).status_code == 200
    assert refused.status_code == 429
    assert "<errorno>GW-0010</errorno>" in refused.text
    assert "Retry-After" not in refused.headers
    assert advised.headers["Retry-After"] == "7"
