"""Faults on request. Those that break a connection show here as a body shorter than promised."""

import time
from collections.abc import Callable

import httpx
import pytest
from lxml import etree

PATH = "/ia/xml/xmlgw.phtml"
CLASS = "<create><CLASS><CLASSID>A</CLASSID><NAME>N</NAME></CLASS></create>"
INVOICE = """<create_invoice><customerid>C-00001</customerid>
<datecreated><year>2026</year><month>02</month><day>01</day></datecreated>
<termname>Net 30</termname>
<invoiceitems><lineitem><glaccountno>4000</glaccountno><amount>5</amount></lineitem></invoiceitems>
</create_invoice>"""
Write = Callable[..., str]


def _arm(client: httpx.Client, **fault: object) -> None:
    client.post("/_sandbox/faults", json={"seconds": 0, **fault}).raise_for_status()


def _post(client: httpx.Client, text: str) -> httpx.Response:
    return client.post(PATH, content=text.encode())


def _ids(client: httpx.Client) -> list[str]:
    return [entry["id"] for entry in client.get("/_sandbox/ledger").json()]


@pytest.mark.parametrize(
    ("fault", "status", "has_committed"),
    [
        ("commit_then_502", 502, True),
        ("commit_then_524", 524, True),
        ("html_200", 200, False),
        ("unavailable_503", 503, False),
    ],
)
def test_an_html_page_comes_instead_of_a_reply(
    client: httpx.Client, request_text: Write, fault: str, status: int, *, has_committed: bool
) -> None:
    _arm(client, fault=fault)
    reply = _post(client, request_text(CLASS))
    assert reply.status_code == status
    assert reply.headers["Content-Type"].startswith("text/html")
    assert "<response>" not in reply.text
    assert _ids(client) == (["A"] if has_committed else [])


def test_a_rate_limit_is_a_control_block_alone_and_nothing_runs(
    client: httpx.Client, request_text: Write
) -> None:
    _arm(client, fault="rate_limit")
    reply = _post(client, request_text(CLASS))
    assert reply.status_code == 429
    assert reply.text.endswith(
        "<response><control><status>failure</status></control><errormessage><error>"
        "<errorno>GW-0010</errorno><description>API rate limit exceeded</description></error>"
        "</errormessage></response>"
    )
    assert _ids(client) == []


def test_a_truncated_reply_promises_more_than_it_holds(
    client: httpx.Client, request_text: Write
) -> None:
    _arm(client, fault="truncate")
    reply = _post(client, request_text(CLASS))
    assert len(reply.content) < int(reply.headers["Content-Length"])
    assert _ids(client) == ["A"]


def test_a_dropped_request_runs_nothing_and_has_no_useful_reply(
    client: httpx.Client, request_text: Write
) -> None:
    _arm(client, fault="drop_before_commit")
    reply = _post(client, request_text(CLASS))
    assert reply.content == b""
    assert int(reply.headers["Content-Length"]) > 0
    assert _ids(client) == []


def test_a_held_reply_is_the_usual_one_after_the_commit(
    client: httpx.Client, request_text: Write
) -> None:
    _arm(client, fault="commit_then_hold", seconds=0.01)
    assert "<status>success</status><function>create" in _post(client, request_text(CLASS)).text
    assert _ids(client) == ["A"]


def test_a_late_commit_answers_before_it_happens(client: httpx.Client, request_text: Write) -> None:
    _arm(client, fault="late_commit", seconds=0.05)
    assert _post(client, request_text(CLASS)).status_code == 524
    deadline = time.monotonic() + 10
    while not _ids(client):
        assert time.monotonic() < deadline, "The commit never came."
        time.sleep(0.005)
    assert _ids(client) == ["A"]


def test_an_expired_session_is_told_once_and_nothing_runs(
    client: httpx.Client, request_text: Write
) -> None:
    opened = etree.fromstring(_post(client, request_text("<getAPISession/>")).content)
    session = str(opened.findtext("operation/result/data/api/sessionid"))
    _arm(client, fault="session_expired", function="create")
    assert "Invalid session" in _post(client, request_text(CLASS, session=session)).text
    assert _ids(client) == []


def test_a_wrong_control_id_comes_back(client: httpx.Client, request_text: Write) -> None:
    _arm(client, fault="wrong_control_id")
    assert "<controlid>not-f1</controlid>" in _post(client, request_text(CLASS)).text
    assert _ids(client) == ["A"]


@pytest.mark.parametrize("function", [CLASS, INVOICE])
def test_a_success_without_a_key_says_nothing_of_the_record(
    client: httpx.Client, request_text: Write, function: str
) -> None:
    _arm(client, fault="no_key")
    text = _post(client, request_text(function)).text
    assert "<result><status>success</status>" in text
    assert "<key>" not in text
    assert "<data" not in text
    assert len(_ids(client)) == 1


def test_a_reply_claims_a_duplicate_although_it_has_committed(
    client: httpx.Client, request_text: Write
) -> None:
    _arm(client, fault="duplicate_reply_failure")
    text = _post(client, request_text(CLASS)).text
    assert "<result><status>failure</status><function>create</function>" in text
    assert "SANDBOX-DUPLICATE-CONTROLID" in text
    assert "<data" not in text
    assert _ids(client) == ["A"]


def test_a_fault_waits_for_its_function_skips_and_counts(
    client: httpx.Client, request_text: Write
) -> None:
    _arm(client, fault="rate_limit", function="create_invoice", times=2, skip=1)
    assert _post(client, request_text(CLASS)).status_code == 200
    statuses = [_post(client, request_text(INVOICE)).status_code for _ in range(4)]
    assert statuses == [200, 429, 429, 200]
    assert client.get("/_sandbox/faults").json() == []


def test_disarmed_faults_do_nothing(client: httpx.Client, request_text: Write) -> None:
    _arm(client, fault="rate_limit")
    assert client.get("/_sandbox/faults").json()[0]["fault"] == "rate_limit"
    client.delete("/_sandbox/faults")
    assert _post(client, request_text(CLASS)).status_code == 200


@pytest.mark.parametrize(
    "fault",
    [{"fault": "meteor"}, {}, {"fault": "truncate", "tmes": 1}, {"fault": "truncate", "times": 0}],
)
def test_a_fault_nobody_knows_is_refused(client: httpx.Client, fault: dict[str, object]) -> None:
    reply = client.post("/_sandbox/faults", json=fault)
    assert reply.status_code == 400
    assert reply.json()["error"].endswith(".")
