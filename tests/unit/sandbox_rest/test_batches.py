"""Batches and composite requests: what becomes of each part, and of all."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

Rest = Callable[..., httpx.Response]
Policy = Callable[..., None]
Ledger = Callable[[str], list[dict[str, Any]]]
VENDOR = "/objects/accounts-payable/vendor"
COMPOSITE = "/services/core/composite"
ATOMIC = {"X-IA-API-Param-Transaction": "true"}
GOOD, BAD = {"id": "B-1", "name": "One"}, {"id": "B-2"}
ALSO_GOOD = {"id": "B-3", "name": "Three"}


def _statuses(reply: httpx.Response) -> list[int]:
    return [item["ia::status"] for item in reply.json()["ia::result"]]


def test_a_good_batch_answers_one_status_and_every_key(rest: Rest) -> None:
    reply = rest("POST", VENDOR, [GOOD, ALSO_GOOD])
    assert reply.status_code == 201
    assert [item["ia::result"]["id"] for item in reply.json()["ia::result"]] == ["B-1", "B-3"]
    assert reply.json()["ia::meta"] == {"totalCount": 2, "totalSuccess": 2, "totalError": 0}


def test_a_mixed_batch_answers_207_and_keeps_what_succeeded(rest: Rest, ledger: Ledger) -> None:
    reply = rest("POST", VENDOR, [GOOD, BAD, ALSO_GOOD])
    assert reply.status_code == 207
    assert _statuses(reply) == [201, 400, 201]
    assert reply.json()["ia::result"][1]["ia::error"]["errorId"] == "REST-1064"
    assert reply.json()["ia::meta"] == {"totalCount": 3, "totalSuccess": 2, "totalError": 1}
    assert [row["id"] for row in ledger("VENDOR")] == ["B-1", "B-3"]


def test_a_batch_that_fails_as_a_whole_answers_its_one_status(rest: Rest) -> None:
    reply = rest("POST", VENDOR, [BAD, BAD])
    assert reply.status_code == 400
    assert _statuses(reply) == [400, 400]


def test_an_atomic_batch_undoes_all_and_calls_the_innocent_unprocessed(
    rest: Rest, ledger: Ledger
) -> None:
    reply = rest("POST", VENDOR, [GOOD, BAD, ALSO_GOOD], headers=ATOMIC)
    assert reply.status_code == 207
    assert _statuses(reply) == [422, 400, 422]
    codes = [item["ia::error"]["code"] for item in reply.json()["ia::result"]]
    assert codes == ["unprocessed", "invalidRequest", "unprocessed"]
    assert ledger("VENDOR") == []


def test_items_may_hold_their_result_beside_their_status(rest: Rest, policy: Policy) -> None:
    policy(rest_batch_items="flat")
    item = rest("POST", VENDOR, [GOOD]).json()["ia::result"][0]
    assert (item["id"], item["ia::status"]) == ("B-1", 201)


def test_a_batch_changes_by_the_key_of_each_item(rest: Rest) -> None:
    made = rest("POST", VENDOR, [GOOD, ALSO_GOOD]).json()["ia::result"]
    keys = [item["ia::result"]["key"] for item in made]
    changes = [{"key": keys[0], "name": "Uno"}, {"key": "999999", "name": "x"}, {"name": "y"}]
    reply = rest("PATCH", VENDOR, changes)
    assert (reply.status_code, _statuses(reply)) == (207, [200, 404, 400])
    assert rest("GET", f"{VENDOR}/{keys[0]}").json()["ia::result"]["name"] == "Uno"


def test_several_keys_are_read_and_deleted_at_once(rest: Rest) -> None:
    made = rest("POST", VENDOR, [GOOD, ALSO_GOOD]).json()["ia::result"]
    keys = ",".join(item["ia::result"]["key"] for item in made)
    found = rest("GET", f"{VENDOR}/{keys}")
    assert [row["id"] for row in found.json()["ia::result"]] == ["B-1", "B-3"]
    assert rest("GET", f"{VENDOR}/{keys},999999").status_code == 207
    reply = rest("DELETE", f"{VENDOR}/{keys},999999")
    assert reply.json()["ia::result"][0] == {"ia::status": 204}
    assert _statuses(reply) == [204, 204, 404]
    more = [{"id": "B-4", "name": "Four"}, {"id": "B-5", "name": "Five"}]
    again = rest("POST", VENDOR, more).json()["ia::result"]
    keys = ",".join(item["ia::result"]["key"] for item in again)
    assert rest("DELETE", f"{VENDOR}/{keys}").status_code == 204


@pytest.mark.parametrize("count", [0, 501])
def test_a_batch_has_from_1_to_500_items(rest: Rest, count: int) -> None:
    assert rest("POST", VENDOR, [BAD] * count).status_code == 400


def test_five_hundred_items_are_taken(rest: Rest) -> None:
    items = [{"id": f"M-{number}", "name": "Many"} for number in range(500)]
    assert rest("POST", VENDOR, items).json()["ia::meta"]["totalSuccess"] == 500


def _post(body: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"method": "POST", "path": VENDOR, "body": body, **more}


def test_a_composite_request_uses_the_results_of_its_parts(rest: Rest) -> None:
    customer = "/objects/accounts-receivable/customer"
    parts = [
        {"method": "GET", "path": f"{customer}/120,121", "resultReference": "both"},
        _post({"id": "B-1", "name": "@{both.2.name}"}, resultReference="made"),
        {"method": "GET", "path": VENDOR + "/@{made.key}"},
        {"method": "DELETE", "path": VENDOR + "/@{made.1.key}"},
    ]
    reply = rest("POST", COMPOSITE, parts)
    assert reply.status_code == 200, reply.text
    results = reply.json()["ia::result"]
    assert _statuses(reply) == [200, 201, 200, 204]
    assert results[2]["ia::result"]["name"] == results[0]["ia::result"][1]["name"]
    assert results[2]["ia::meta"]["totalCount"] == 1
    assert results[3] == {"ia::status": 204}


def test_a_composite_request_stops_at_the_first_failure_and_keeps_what_was_done(
    rest: Rest, ledger: Ledger
) -> None:
    reply = rest("POST", COMPOSITE, [_post(GOOD), _post(BAD), _post(ALSO_GOOD)])
    assert (reply.status_code, _statuses(reply)) == (207, [201, 400, 422])
    assert reply.json()["ia::result"][2]["ia::error"]["code"] == "unprocessed"
    assert [row["id"] for row in ledger("VENDOR")] == ["B-1"]


def test_a_reference_to_nothing_fails_its_part_alone(rest: Rest, ledger: Ledger) -> None:
    parts = [_post(GOOD), {"method": "GET", "path": VENDOR + "/@{nobody.key}"}]
    reply = rest("POST", COMPOSITE, parts)
    assert _statuses(reply) == [201, 400]
    assert len(ledger("VENDOR")) == 1


def test_parts_have_headers_of_their_own(rest: Rest) -> None:
    headers = {"Idempotency-Key": "part-1", "X-IA-API-Param-Entity": "200"}
    parts = [_post(GOOD, headers=headers), _post(GOOD, headers=headers)]
    reply = rest("POST", COMPOSITE, parts)
    assert _statuses(reply) == [201, 201]
    keys = {item["ia::result"]["key"] for item in reply.json()["ia::result"]}
    assert len(keys) == 1


def test_parts_do_not_inherit_the_entity_of_the_whole(rest: Rest, ledger: Ledger) -> None:
    parts = [
        _post(GOOD),
        _post(ALSO_GOOD, headers={"X-IA-API-Param-Entity": "200"}),
    ]
    reply = rest("POST", COMPOSITE, parts, headers={"X-IA-API-Param-Entity": "100"})
    assert reply.status_code == 200, reply.text
    assert [row["entity"] for row in ledger("VENDOR")] == ["", "200"]


@pytest.mark.parametrize(
    "parts",
    [
        [_post(GOOD)],
        [_post(GOOD)] * 11,
        {},
        [_post(GOOD), {"method": "PUT", "path": VENDOR}],
        [_post(GOOD), {"method": "POST", "path": COMPOSITE, "body": []}],
        [_post(GOOD), {"method": "GET", "path": "http://elsewhere"}],
        [_post(GOOD), _post(GOOD, headers=[5])],
    ],
)
def test_a_composite_request_of_another_shape_is_refused_whole(
    rest: Rest, ledger: Ledger, parts: Any
) -> None:
    assert rest("POST", COMPOSITE, parts).status_code == 400
    assert ledger("VENDOR") == []
