import httpx
import pytest
from lxml import etree

from tests.unit.sandbox_events.conftest import called, create_classes

LOGGED = {"name": "big", "object": "CLASS", "event": "add", "action": "log"}


@pytest.fixture
def logged(client: httpx.Client) -> httpx.Client:
    """A sandbox with one entry in the log."""
    client.post("/_sandbox/smart_events", json=LOGGED).raise_for_status()
    create_classes(client, "L1")
    return client


def test_the_log_is_listed_with_its_documented_fields(logged: httpx.Client) -> None:
    reply = etree.fromstring(called(logged, '<get_list object="smarteventlog"/>').encode())
    (entry,) = reply.iterfind("operation/result/data/smarteventlog")
    assert {str(field.tag): field.text for field in entry} == {
        "recordno": "1",
        "smartlinkid": "big",
        "topic": "ADD_CLASS",
        "ownerobject": "CLASS",
        "timestamp": "01/16/2026 21:28:00",
        "userid": "apiuser",
        "objectkey": "3",
    }


def test_nobody_writes_the_log(logged: httpx.Client) -> None:
    function = "<create><SMARTEVENTLOG><TOPIC>X</TOPIC></SMARTEVENTLOG></create>"
    assert "<status>failure</status>" in called(logged, function)
    function = "<delete><object>SMARTEVENTLOG</object><keys>1</keys></delete>"
    assert "<status>failure</status>" in called(logged, function)
