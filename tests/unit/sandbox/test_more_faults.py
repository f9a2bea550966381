"""Faults of the connection, the clock, and lists that move under the reader."""

import re
from collections.abc import Callable, Iterator

import httpx
import pytest

from connector.sandbox.app import create_app
from connector.sandbox.config import SandboxConfig

PATH = "/ia/xml/xmlgw.phtml"
Write = Callable[..., str]
CLASS = "<create><CLASS><CLASSID>A</CLASSID><NAME>N</NAME></CLASS></create>"


def _arm(client: httpx.Client, **fault: object) -> None:
    client.post("/_sandbox/faults", json={"seconds": 0, **fault}).raise_for_status()


@pytest.fixture
def waited() -> list[float]:
    return []


@pytest.fixture
def dripping(waited: list[float]) -> Iterator[httpx.Client]:
    transport = httpx.WSGITransport(create_app(SandboxConfig(), wait=waited.append))
    with httpx.Client(transport=transport, base_url="http://sandbox.test") as client:
        yield client


@pytest.mark.parametrize(("seconds", "pause"), [(0.25, 0.25), (60, 1.0)])
def test_a_reply_drips_byte_by_byte_at_most_a_second_apart(
    dripping: httpx.Client, request_text: Write, waited: list[float], seconds: float, pause: float
) -> None:
    _arm(dripping, fault="drip", seconds=seconds)
    reply = dripping.post(PATH, content=request_text(CLASS))
    assert reply.text.endswith("</response>")
    assert waited == [pause] * len(reply.content)
    assert reply.headers["Content-Length"] == str(len(reply.content))


def test_a_reset_ends_the_connection_after_the_commit_and_the_headers(
    client: httpx.Client, request_text: Write
) -> None:
    _arm(client, fault="reset")
    reply = client.post(PATH, content=request_text(CLASS))
    assert reply.content == b""
    assert int(reply.headers["Content-Length"]) > 0
    assert [entry["id"] for entry in client.get("/_sandbox/ledger").json()] == ["A"]


@pytest.mark.parametrize(("seconds", "hour"), [(7200, "11"), (-7200, "07")])
def test_a_skewed_clock_shows_in_the_stamps_of_one_reply(
    client: httpx.Client, request_text: Write, seconds: int, hour: str
) -> None:
    _arm(client, fault="clock_skew", seconds=seconds)
    stamp = f"<sessiontimestamp>2026-03-02T{hour}:30:00+00:00</sessiontimestamp>"
    first = client.post(PATH, content=request_text("<getAPISession/>"))
    assert stamp in first.text
    assert "Date" in first.headers
    assert stamp not in client.post(PATH, content=request_text("<getAPISession/>")).text


def test_only_a_clock_may_be_behind(client: httpx.Client) -> None:
    reply = client.post("/_sandbox/faults", json={"fault": "drip", "seconds": -1})
    assert reply.status_code == 400


def _page(client: httpx.Client, request_text: Write, offset: int) -> list[str]:
    order = "<orderby><order><field>RECORDNO</field></order></orderby>"
    function = (
        "<query><object>CUSTOMER</object><select><field>CUSTOMERID</field></select>"
        f"{order}<pagesize>10</pagesize><offset>{offset}</offset></query>"
    )
    return re.findall("<CUSTOMERID>(.*?)<", client.post(PATH, content=request_text(function)).text)


def test_a_record_inserted_between_pages_repeats_a_row(
    client: httpx.Client, request_text: Write
) -> None:
    first = _page(client, request_text, 0)
    _arm(client, fault="duplicate_rows", function="query")
    second = _page(client, request_text, 10)
    assert first[-1] == second[0] == "C-00010"
    assert client.get("/_sandbox/ledger").json()[-1]["function"] == "duplicate_rows"


def test_a_record_deleted_between_pages_skips_a_row(
    client: httpx.Client, request_text: Write
) -> None:
    first = _page(client, request_text, 0)
    _arm(client, fault="moving_rows", function="query")
    second = _page(client, request_text, 10)
    assert first[-1] == "C-00010"
    assert second[0] == "C-00012"


def test_a_result_set_stands_while_records_go(client: httpx.Client, request_text: Write) -> None:
    first = client.post(
        PATH,
        content=request_text(
            "<readByQuery><object>CUSTOMER</object><fields>CUSTOMERID</fields><query/>"
            "<pagesize>10</pagesize></readByQuery>"
        ),
    ).text
    found = re.search('resultId="([^"]+)"', first)
    assert found is not None
    _arm(client, fault="moving_rows", function="readMore")
    more = request_text(f"<readMore><resultId>{found[1]}</resultId></readMore>")
    assert "<CUSTOMERID>C-00011</CUSTOMERID>" in client.post(PATH, content=more).text
    assert client.get("/_sandbox/ledger").json()[-1]["id"] == "C-00001"


def test_a_request_asks_for_its_own_fault_in_a_header(
    dripping: httpx.Client, request_text: Write, waited: list[float]
) -> None:
    def post(fault: str) -> httpx.Response:
        headers = {"X-Sandbox-Fault": fault}
        return dripping.post(PATH, content=request_text("<getAPISession/>"), headers=headers)

    assert post("commit_then_502").status_code == 502
    assert post("commit_then_hold; seconds=0.5").status_code == 200
    assert waited == [0.5]
    assert post("meteor").status_code == 400
    assert post("drip; speed=1").status_code == 400
    assert dripping.post(PATH, content=request_text("<getAPISession/>")).status_code == 200
