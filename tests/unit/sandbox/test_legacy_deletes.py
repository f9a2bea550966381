"""delete_customer and its like, which the official clients send for master records."""

from collections.abc import Callable

import httpx
import pytest

Result = Callable[..., str]
CLASS = "<create><CLASS><CLASSID>GONE</CLASSID><NAME>Gone</NAME></CLASS></create>"


def deleted(client: httpx.Client, object_name: str) -> list[str]:
    entries = client.get("/_sandbox/ledger", params={"object": object_name}).json()
    return [entry["id"] for entry in entries if entry["operation"] == "delete"]


def test_a_record_is_deleted_by_its_id(client: httpx.Client, result: Result) -> None:
    result(CLASS)
    reply = result('<delete_class key="GONE"/>')
    assert "<status>success</status>" in reply
    assert deleted(client, "CLASS") == ["GONE"]


@pytest.mark.parametrize(
    "function",
    [
        '<delete_class key="NOBODY"/>',
        '<delete_class key="1"/>',
        '<delete_class key="C1" externalkey="true"/>',
        '<delete_contact contactname=""/>',
        '<delete_employee employeeid="NOBODY"/>',
    ],
)
def test_what_is_not_there_is_refused(client: httpx.Client, result: Result, function: str) -> None:
    reply = result(function)
    assert "<status>failure</status>" in reply
    assert "Cannot find" in reply
    assert deleted(client, "CLASS") == []


def test_a_record_in_use_is_refused(client: httpx.Client, result: Result) -> None:
    invoice = client.get("/_sandbox/records/ARINVOICE").json()[0]
    reply = result(f'<delete_customer customerid="{invoice["CUSTOMERID"]}"/>')
    assert "<status>failure</status>" in reply
    assert "cannot be deleted" in reply
    assert deleted(client, "CUSTOMER") == []
