"""The client against replies written from HubSpot's documented shapes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from connector.errors import (
    ConnectionProblem,
    ConnectorError,
    InputError,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Refused,
    Unreachable,
)
from connector.http import OutboundClient
from connector.hubspot.client import HubspotClient

DEAL = {
    "id": "63252656430",
    "properties": {
        "dealname": "Acme",
        "amount": "1200",
        "dealstage": "closedwon",
        "pipeline": None,
    },
    "archived": False,
    "associations": {
        "companies": {
            "results": [
                {"id": "55", "type": "deal_to_company"},
                {"id": "55", "type": "deal_to_company_unlabeled"},
            ]
        },
        "line items": {"results": [{"id": "28902", "type": "deal_to_line_item"}]},
    },
}
PLAIN = {"category": "HUBSPOT_DEFINED", "typeId": 341, "label": None}
PRIMARY = {"category": "HUBSPOT_DEFINED", "typeId": 5, "label": "Primary"}
OWN = {"category": "USER_DEFINED", "typeId": 5, "label": "Freight partner"}


class Portal:
    """Answers calls in the order of its replies, and keeps what it was asked."""

    def __init__(self, *replies: Any) -> None:
        self.replies = list(replies)
        self.asked: list[httpx.Request] = []
        self.pauses: list[float] = []
        transport = httpx.MockTransport(self._answer)
        self.client = HubspotClient(
            OutboundClient(transport=transport),
            "https://api.hubapi.com/",
            "pat-1",
            pause=self.pauses.append,
        )

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        status, body = reply if isinstance(reply, tuple) else (200, reply)
        return httpx.Response(status, json=body)


def test_deal_is_read_with_its_properties_and_each_association_once() -> None:
    portal = Portal(DEAL)
    deal = portal.client.get_deal("63252656430")
    assert deal.id == "63252656430"
    assert deal.properties == {
        "dealname": "Acme",
        "amount": "1200",
        "dealstage": "closedwon",
        "pipeline": "",
    }
    assert deal.associated == {"companies": ["55"], "line items": ["28902"]}
    url = portal.asked[0].url
    assert (url.host, url.path) == ("api.hubapi.com", "/crm/v3/objects/deals/63252656430")
    assert url.params["associations"] == "companies,contacts,line_items"
    assert portal.asked[0].headers["authorization"] == "Bearer pat-1"


def test_amounts_written_as_numbers_stay_exact() -> None:
    portal = Portal((200, {}))
    text = b'{"id": 7, "properties": {"amount": 1234567890123.10, "quantity": 2}}'
    portal.replies = []
    exact = HubspotClient(
        OutboundClient(transport=httpx.MockTransport(lambda _: httpx.Response(200, content=text))),
        "https://api.hubapi.com",
        "pat-1",
    ).get_company("7")
    assert exact.properties == {"amount": "1234567890123.10", "quantity": "2"}


def test_line_items_beyond_the_first_page_are_fetched() -> None:
    more = {"next": {"after": "a b"}}
    deal = json.loads(json.dumps(DEAL))
    deal["associations"]["line items"]["paging"] = more
    first = {"results": [{"toObjectId": 1, "associationTypes": []}], "paging": more}
    second = {"results": [{"toObjectId": 2, "associationTypes": []}]}
    portal = Portal(deal, first, second)
    assert portal.client.get_deal("1").associated["line items"] == ["1", "2"]
    assert portal.asked[1].url.path.endswith("/associations/line_items")
    assert portal.asked[2].url.params["after"] == "a b"


@pytest.mark.parametrize(
    ("companies", "chosen"),
    [
        ([(1, [PLAIN]), (2, [PRIMARY, PLAIN])], "2"),
        ([(1, [OWN])], "1"),
        ([(1, [OWN]), (2, [OWN, PLAIN]), (3, [PLAIN])], "2"),
        ([(1, [OWN]), (2, [OWN])], None),
        ([], None),
    ],
)
def test_primary_company_is_told_by_its_label(
    companies: list[tuple[int, list[Any]]], chosen: str | None
) -> None:
    page = {"results": [{"toObjectId": one, "associationTypes": kinds} for one, kinds in companies]}
    assert Portal(page).client.primary_company_id("9") == chosen


def test_batches_keep_the_order_and_report_what_is_missing() -> None:
    found = [{"id": "3", "properties": {}}, {"id": "1", "properties": {}}]
    portal = Portal((207, {"status": "COMPLETE", "results": found, "numErrors": 1, "errors": [{}]}))
    batch = portal.client.get_line_items(["1", "2", "3", "1"])
    assert [record.id for record in batch.records] == ["1", "3"]
    assert batch.missing == ["2"]
    asked = json.loads(portal.asked[0].content)
    assert asked["inputs"] == [{"id": "1"}, {"id": "2"}, {"id": "3"}]
    assert "hs_sku" in asked["properties"]


def test_more_than_a_hundred_line_items_take_several_batches() -> None:
    portal = Portal({"results": []}, {"results": []})
    assert len(portal.client.get_line_items([str(one) for one in range(101)]).missing) == 101
    assert len(json.loads(portal.asked[1].content)["inputs"]) == 1


def test_nothing_is_asked_for_no_line_items() -> None:
    portal = Portal()
    assert portal.client.get_line_items([]).records == []
    assert portal.asked == []


@pytest.mark.parametrize(
    ("metadata", "is_won"),
    [
        ({"isClosed": "true", "probability": "1.0"}, True),
        ({"isClosed": True, "probability": 1}, True),
        ({"isClosed": "true", "probability": "0.0"}, False),
        ({"isClosed": "false", "probability": "1.0"}, False),
        ({"isClosed": "true", "probability": "sure"}, False),
        ({"isClosed": "true"}, False),
        (None, False),
    ],
)
def test_stage_is_won_by_its_metadata_not_its_name(metadata: Any, *, is_won: bool) -> None:
    stage = {"id": "1092471", "label": "Lost", "metadata": metadata}
    pipelines = {"results": [{"id": "77", "label": "Renewals", "stages": [stage]}]}
    found = Portal(pipelines).client.get_stages()[0]
    assert (found.id, found.pipeline_id, found.is_won) == ("1092471", "77", is_won)


@pytest.mark.parametrize("status", [423, 429, 477, 502, 503, 504, 521, 523, 524])
def test_reads_are_tried_again_while_hubspot_is_busy(status: int) -> None:
    portal = Portal((status, {}), (status, {}), DEAL)
    assert portal.client.get_deal("1").properties["dealname"] == "Acme"
    assert portal.pauses == [0.3, 1.0]


@pytest.mark.parametrize(
    "failure", [httpx.ConnectError("down"), httpx.ReadTimeout("slow"), httpx.ReadError("reset")]
)
def test_reads_are_tried_again_after_silence(failure: Exception) -> None:
    portal = Portal(failure, DEAL)
    assert portal.client.get_deal("1").id == "63252656430"


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ((429, {"category": "RATE_LIMITS"}), RateLimited),
        ((502, {}), Unreachable),
        ((200, {"results": "?"}), Unreachable),
        (httpx.ConnectError("down"), Unreachable),
        (httpx.ReadTimeout("slow"), Unreachable),
    ],
)
def test_reads_give_up_after_three_attempts(reply: Any, kind: type[ConnectorError]) -> None:
    portal = Portal(reply, reply, reply)
    with pytest.raises(ConnectorError) as caught:
        portal.client.get_deal("1")
    assert type(caught.value) is kind
    assert len(portal.asked) == 3


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, ConnectionProblem),
        (403, ConnectionProblem),
        (404, NotFound),
        (400, Refused),
        (302, Refused),
    ],
)
def test_clear_refusals_are_not_repeated(status: int, kind: type[ConnectorError]) -> None:
    portal = Portal((status, {"message": "No such thing.", "correlationId": "c-1"}))
    with pytest.raises(ConnectorError) as caught:
        portal.client.get_deal("1")
    assert type(caught.value) is kind
    assert (caught.value.code, caught.value.support_id) == (str(status), "c-1")
    assert "pat-1" not in caught.value.title + caught.value.advice


def test_refusal_repeats_a_plain_message_and_no_raw_json() -> None:
    for message, title in (
        ("Property  does not exist", "HubSpot declined the request: Property does not exist."),
        ('Property values were not valid: [{"a":1}]', "HubSpot declined the request."),
    ):
        with pytest.raises(Refused) as caught:
            Portal((400, {"message": message})).client.update_deal("1", {"x": "y"})
        assert caught.value.title == title


def test_long_wait_that_hubspot_asks_for_is_left_to_the_caller() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(429, headers={"Retry-After": "10"}, json={})

    http = OutboundClient(transport=httpx.MockTransport(answer))
    with pytest.raises(RateLimited) as caught:
        HubspotClient(http, "https://api.hubapi.com", "pat-1").get_stages()
    assert caught.value.retry_after == 10
    assert len(asked) == 1


def test_update_sends_the_properties_once() -> None:
    portal = Portal(DEAL)
    portal.client.update_deal("1", {"intacct_invoice_number": "INV-9"})
    assert portal.asked[0].method == "PATCH"
    assert json.loads(portal.asked[0].content) == {
        "properties": {"intacct_invoice_number": "INV-9"}
    }


@pytest.mark.parametrize("reply", [(502, {}), (500, {}), httpx.ReadTimeout("slow")])
def test_update_without_clear_answer_is_not_repeated(reply: Any) -> None:
    portal = Portal(reply)
    with pytest.raises(OutcomeUnknown):
        portal.client.update_deal("1", {"a": "b"})
    assert portal.pauses == []


@pytest.mark.parametrize("bad", ["", "1/../2", "12a", "\u0661", "1" * 21])
def test_id_that_is_not_a_number_never_reaches_an_address(bad: str) -> None:
    portal = Portal()
    calls: list[Callable[[str], Any]] = [
        portal.client.get_deal,
        portal.client.get_company,
        portal.client.primary_company_id,
        lambda one: portal.client.get_contacts([one]),
    ]
    for call in calls:
        with pytest.raises(InputError):
            call(bad)
    assert portal.asked == []
