"""Transactions and repeated control ids."""

import re
from collections.abc import Callable

import httpx
import pytest
from lxml import etree

from connector.sandbox.wire.tree import Element

Run = Callable[..., Element]
Result = Callable[..., str]
Policy = Callable[..., None]
HOUR = 3600.0


def _class(identifier: str) -> str:
    return f"<create><CLASS><CLASSID>{identifier}</CLASSID><NAME>N</NAME></CLASS></create>"


def _results(response: Element) -> list[tuple[str, list[str]]]:
    return [
        (str(found.findtext("status")), [str(code.text) for code in found.iter("errorno")])
        for found in response.iterfind("operation/result")
    ]


def _made(client: httpx.Client) -> list[str]:
    return [entry["id"] for entry in client.get("/_sandbox/ledger?object=CLASS").json()]


def test_functions_succeed_and_fail_alone_in_the_order_of_the_request(
    run: Run, client: httpx.Client
) -> None:
    response = run(_class("A"), _class("C1"), _class("B"), ids="x,y,z")
    assert [status for status, _ in _results(response)] == ["success", "failure", "success"]
    assert [found.text for found in response.iterfind("operation/result/controlid")] == list("xyz")
    assert _made(client) == ["A", "B"]


def test_a_transaction_keeps_all_or_nothing(run: Run, client: httpx.Client) -> None:
    response = run(_class("A"), _class("C1"), _class("B"), transaction="true")
    assert _results(response) == [
        ("aborted", ["XL03000009"]),
        ("failure", ["BL34000061", "BL01001973", "XL03000009"]),
        ("aborted", ["XL03000009"]),
    ]
    assert "<data" not in etree.tostring(response, encoding="unicode")
    assert _made(client) == []
    assert [s for s, _ in _results(run(_class("A"), _class("B"), transaction="true"))] == [
        "success", "success",
    ]  # fmt: skip
    assert _made(client) == ["A", "B"]


def test_what_nobody_knows_about_transactions_is_a_policy(run: Run, policy: Policy) -> None:
    policy(transaction_culprit="aborted", after_culprit="omitted")
    response = run(_class("A"), _class("C1"), _class("B"), transaction="true")
    assert [status for status, _ in _results(response)] == ["aborted", "aborted"]


def test_a_completed_control_id_is_refused_the_second_time(
    result: Result, client: httpx.Client
) -> None:
    assert "success" in result(_class("A"), unique="true")
    answer = result(_class("B"), unique="true")
    assert "<status>failure</status>" in answer
    assert "<errorno>SANDBOX-DUPLICATE-CONTROLID</errorno>" in answer
    assert _made(client) == ["A"]
    assert "success" in result(_class("B"), unique="false")
    assert "success" in result(_class("C"), unique="true", ids="another")


def test_leaving_uniqueid_out_means_true(
    client: httpx.Client, request_text: Callable[..., str]
) -> None:
    text = request_text(_class("A")).replace("<uniqueid>false</uniqueid>", "")
    for expected in ("success", "failure"):
        reply = client.post("/ia/xml/xmlgw.phtml", content=text).content
        assert etree.fromstring(reply).findtext("operation/result/status") == expected


def test_a_repeated_control_id_can_get_the_first_answer(
    result: Result, client: httpx.Client, policy: Policy
) -> None:
    policy(repeated_control_id="replay")
    first = result(_class("A"), unique="true")
    assert result(_class("A"), unique="true") == first
    assert result(_class("B"), unique="true") == first
    assert _made(client) == ["A"]


def test_a_refused_function_may_come_again_unless_it_burns_its_control_id(
    result: Result, policy: Policy
) -> None:
    assert "BL34000061" in result(_class("C1"), unique="true")
    assert "success" in result(_class("NEW"), unique="true")
    policy(refused_burns_control_id="true")
    assert "BL34000061" in result(_class("C1"), unique="true", ids="burnt")
    assert "SANDBOX-DUPLICATE-CONTROLID" in result(_class("N2"), unique="true", ids="burnt")


def test_control_ids_are_forgotten_after_the_retention(
    result: Result, advance: Callable[[float], None]
) -> None:
    result(_class("A"), unique="true")
    advance(23 * HOUR)
    assert "SANDBOX-DUPLICATE-CONTROLID" in result(_class("B"), unique="true")
    advance(2 * HOUR)
    assert "success" in result(_class("B"), unique="true")


def test_a_rolled_back_function_does_not_use_up_its_control_id(run: Run) -> None:
    run(_class("A"), _class("C1"), transaction="true", unique="true")
    response = run(_class("A"), _class("B"), transaction="true", unique="true")
    assert [status for status, _ in _results(response)] == ["success", "success"]


@pytest.mark.parametrize("operation", ["create", "update", "delete"])
def test_every_change_is_in_the_ledger(run: Run, client: httpx.Client, operation: str) -> None:
    run(
        _class("A"),
        "<update><CLASS><CLASSID>A</CLASSID><NAME>M</NAME></CLASS></update>",
        "<delete><object>CLASS</object><keys>3</keys></delete>",
        entity="100",
    )
    entries = client.get("/_sandbox/ledger?object=CLASS").json()
    number = ["create", "update", "delete"].index(operation)
    assert entries[number] == {
        "seq": number + 1,
        "at": "2026-03-02T09:30:00+00:00",
        "function": operation,
        "control_id": f"f{number + 1}",
        "object": "CLASS",
        "operation": operation,
        "key": "3",
        "id": "A",
        "entity": "100",
        "company": "SANDBOX",
    }


def test_each_refusal_has_its_own_support_id(run: Run) -> None:
    response = run(_class("C1"), _class("C2"))
    found = re.findall("Support ID: (.*?)\\]", etree.tostring(response, encoding="unicode"))
    assert len(found) == 4
    assert len(set(found)) == 2
    assert all("%7E" in support_id for support_id in found)
