"""Single records: creating, reading, changing, deleting, listing, and how each is refused."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from connector.sandbox.rest.catalogue import CATALOGUE
from connector.sandbox.rest.http import decoded

Rest = Callable[..., httpx.Response]
Policy = Callable[..., None]
CUSTOMER = "/objects/accounts-receivable/customer"
VENDOR = "/objects/accounts-payable/vendor"
CONTACT = "/objects/company-config/contact"
ACME = {
    "id": "ACME-7",
    "name": "Acme Bakery",
    "term": {"id": "Net 30"},
    "contacts": {"default": {"printAs": "Acme Bakery", "mailingAddress": {"city": "York"}}},
}


def _created(reply: httpx.Response) -> str:
    assert reply.status_code == 201, reply.text
    key: str = reply.json()["ia::result"]["key"]
    return key


def _error(reply: httpx.Response) -> dict[str, Any]:
    error: dict[str, Any] = reply.json()["ia::result"]["ia::error"]
    return error


def _targets(reply: httpx.Response) -> list[tuple[str, str]]:
    return [(detail["errorId"], detail["target"]) for detail in _error(reply)["details"]]


def test_a_new_record_answers_with_key_id_and_href_alone(rest: Rest) -> None:
    reply = rest("POST", CUSTOMER, ACME)
    assert reply.status_code == 201
    assert reply.json() == {
        "ia::result": {"key": "160", "id": "ACME-7", "href": f"{CUSTOMER}/160"},
        "ia::meta": {"totalCount": 1, "totalSuccess": 1, "totalError": 0},
    }


@pytest.mark.parametrize(
    "contacts",
    [
        {},
        {"contacts": {"default": {"email1": "ap@acme.example"}}},
        {"contacts": {"default": {"printAs": ""}}},
        {"contacts": {"default": {"printAs": None}}},
    ],
)
def test_a_party_without_a_printed_name_is_printed_under_its_own(
    rest: Rest, contacts: dict[str, Any]
) -> None:
    """A customer needs a name and a vendor an id too; their contact is made from these."""
    for path, contact in ((CUSTOMER, "Acme(CACME-7)"), (VENDOR, "Acme(VACME-7)")):
        key = _created(rest("POST", path, {"id": "ACME-7", "name": "Acme", **contacts}))
        default = rest("GET", f"{path}/{key}").json()["ia::result"]["contacts"]["default"]
        assert (default["printAs"], default["id"]) == ("Acme", contact)


def test_a_record_is_read_nested_with_its_references(rest: Rest) -> None:
    key = _created(rest("POST", CUSTOMER, ACME | {"creditLimit": 2500.5}))
    reply = rest("GET", f"{CUSTOMER}/{key}")
    found = reply.json()["ia::result"]
    assert found["key"] == key
    assert found["term"] == {
        "key": "3",
        "id": "Net 30",
        "href": "/objects/accounts-receivable/term/3",
    }
    assert found["parent"] == {"key": None, "id": None, "name": None}
    assert found["contacts"]["default"]["mailingAddress"]["city"] == "York"
    assert found["totalDue"] == "0.00"
    assert '"creditLimit":2500.50' in reply.text
    assert found["isOnHold"] is False
    assert found["taxId"] is None
    assert found["entity"] == {"key": None, "id": None, "name": None}
    assert found["audit"]["modifiedDateTime"] == "2026-03-02T09:30:00Z"
    assert found["audit"]["createdByUser"]["id"] == "apiuser"
    assert found["href"] == f"{CUSTOMER}/{key}"


def test_an_address_takes_the_key_never_the_business_id(rest: Rest) -> None:
    reply = rest("GET", f"{CUSTOMER}/C-00001")
    assert reply.status_code == 404
    assert _error(reply)["code"] == "notFound"


def test_a_patch_changes_what_it_names_and_clears_with_null(rest: Rest) -> None:
    key = _created(rest("POST", CUSTOMER, ACME | {"taxId": "T-1", "notes": "old"}))
    change = {"notes": "new", "taxId": None, "contacts": {"default": {"email1": "a@b.example"}}}
    reply = rest("PATCH", f"{CUSTOMER}/{key}", change)
    assert reply.json()["ia::result"] == {"key": key, "id": "ACME-7", "href": f"{CUSTOMER}/{key}"}
    found = rest("GET", f"{CUSTOMER}/{key}").json()["ia::result"]
    assert (found["notes"], found["taxId"], found["name"]) == ("new", None, "Acme Bakery")
    assert found["contacts"]["default"]["email1"] == "a@b.example"
    assert found["contacts"]["default"]["mailingAddress"]["city"] == "York"


def test_a_delete_answers_204_with_nothing_and_the_record_is_gone(rest: Rest) -> None:
    key = _created(rest("POST", VENDOR, {"id": "V-900", "name": "Short"}))
    reply = rest("DELETE", f"{VENDOR}/{key}")
    assert (reply.status_code, reply.content) == (204, b"")
    assert rest("GET", f"{VENDOR}/{key}").status_code == 404
    assert rest("DELETE", f"{VENDOR}/{key}").status_code == 404


def test_a_used_record_cannot_be_deleted(rest: Rest) -> None:
    reply = rest("DELETE", "/objects/accounts-receivable/term/3")
    assert reply.status_code == 422
    assert _error(reply)["code"] == "operationFailed"


def test_references_are_written_by_id_or_by_key(rest: Rest) -> None:
    key = _created(rest("POST", CUSTOMER, ACME | {"term": {"key": "2"}}))
    assert rest("GET", f"{CUSTOMER}/{key}").json()["ia::result"]["term"]["id"] == "Net 15"
    rest("PATCH", f"{CUSTOMER}/{key}", {"term": None})
    assert rest("GET", f"{CUSTOMER}/{key}").json()["ia::result"]["term"]["id"] is None


def test_every_wrong_field_is_named_under_one_error(rest: Rest) -> None:
    body = {
        "id": "X-1",
        "color": "red",
        "status": "asleep",
        "isOnHold": "perhaps",
        "term": "Net 30",
    }
    reply = rest("POST", CUSTOMER, body)
    assert reply.status_code == 400
    assert (_error(reply)["code"], _error(reply)["errorId"]) == ("invalidRequest", "REST-1064")
    assert _targets(reply) == [
        ("REST-1043", "/color"),
        ("SANDBOX-BAD-VALUE", "/status"),
        ("SANDBOX-BAD-VALUE", "/isOnHold"),
        ("SANDBOX-BAD-VALUE", "/term"),
        ("SANDBOX-REQUIRED-FIELD", "/name"),
    ]
    first = _error(reply)["details"][0]
    assert first["additionalInfo"]["messageId"] == "IA.NOT_A_VALID_FIELD"
    assert first["additionalInfo"]["placeholders"] == {"FIELD": "/color"}


def test_nothing_is_written_by_a_refused_body(
    rest: Rest, ledger: Callable[[str], list[dict[str, Any]]]
) -> None:
    rest("POST", CUSTOMER, {"id": "X-1", "name": "X", "color": "red"})
    assert ledger("CUSTOMER") == []
    assert ledger("CONTACT") == []


def test_readonly_fields_are_refused_or_ignored_by_policy(rest: Rest, policy: Policy) -> None:
    body = ACME | {"totalDue": "5.00"}
    assert _targets(rest("POST", CUSTOMER, body)) == [("SANDBOX-READ-ONLY", "/totalDue")]
    policy(rest_readonly_fields="ignore")
    key = _created(rest("POST", CUSTOMER, body))
    assert rest("GET", f"{CUSTOMER}/{key}").json()["ia::result"]["totalDue"] == "0.00"


def test_an_id_cannot_be_changed_but_may_be_repeated(rest: Rest) -> None:
    key = _created(rest("POST", VENDOR, {"id": "V-900", "name": "Short"}))
    assert rest("PATCH", f"{VENDOR}/{key}", {"id": "V-900", "name": "Shorter"}).status_code == 200
    refused = rest("PATCH", f"{VENDOR}/{key}", {"id": "V-901"})
    assert _targets(refused) == [("SANDBOX-READ-ONLY", "/id")]


def test_a_duplicate_tells_the_chain_of_the_xml_api(rest: Rest, policy: Policy) -> None:
    rest("POST", CUSTOMER, ACME)
    reply = rest("POST", CUSTOMER, ACME)
    assert reply.status_code == 422
    error = _error(reply)
    assert error["message"] == "Operation create object accounts-receivable/customer failed"
    assert error["details"][0]["code"] == "BL34000061"
    assert "[Support ID: " in error["details"][0]["message"]
    assert error["supportId"] in error["details"][0]["message"]
    policy(rest_duplicate_status="409")
    assert rest("POST", CUSTOMER, ACME).status_code == 409


def test_a_reference_to_nothing_is_a_business_error_with_its_target(rest: Rest) -> None:
    reply = rest("POST", CUSTOMER, ACME | {"term": {"id": "Net 1000"}})
    assert reply.status_code == 422
    assert _error(reply)["details"][0]["code"] == "BL01001973"
    assert _error(reply)["details"][0]["target"] == "/term"


def test_an_error_may_stand_in_the_place_of_the_result(rest: Rest, policy: Policy) -> None:
    policy(rest_error_envelope="top")
    body = rest("GET", f"{CUSTOMER}/1").json()
    assert set(body) == {"ia::error", "ia::meta"}
    assert body["ia::meta"] == {"totalCount": 1, "totalSuccess": 0, "totalError": 1}


def test_a_write_without_a_body_is_refused_by_its_number(rest: Rest) -> None:
    error = _error(rest("POST", CUSTOMER))
    assert error["errorId"] == "REST-1028"
    assert error["additionalInfo"]["messageId"] == "IA.REQUEST_REQUIRES_A_PAYLOAD"


@pytest.mark.parametrize(
    "content",
    [b"{", b"[1", b'{"a": NaN}', b"\xff", b"[" * 100_000, b'{"creditLimit": 1e999999999}'],
)
def test_a_body_that_is_no_json_is_refused(rest: Rest, content: bytes) -> None:
    reply = rest("POST", CUSTOMER, content=content)
    assert (reply.status_code, _error(reply)["code"]) == (400, "invalidRequest")


@pytest.mark.parametrize("text", ["1e999999999", "-1E-99999", "1" * 41])
def test_numbers_that_would_fill_the_memory_are_no_json_here(text: str) -> None:
    with pytest.raises(ValueError, match="too long"):
        decoded(f'{{"amount": {text}}}')


def test_a_body_that_is_no_object_is_refused(rest: Rest) -> None:
    for body in ("text", 5, [5]):
        assert rest("POST", CUSTOMER, body).status_code == 400


def test_xml_and_large_bodies_are_refused(rest: Rest) -> None:
    xml = rest("POST", CUSTOMER, content=b"<a/>", headers={"Content-Type": "application/xml"})
    assert xml.json()["ia::error"]["code"] == "GW-0014"
    assert rest("POST", CUSTOMER, content=b" " * (1024 * 1024 + 1)).status_code == 413


def test_methods_and_versions_that_do_not_exist_are_refused(
    rest: Rest, client: httpx.Client
) -> None:
    put = rest("PUT", f"{CUSTOMER}/1", {})
    assert put.status_code == 405
    assert "PATCH" in put.headers["allow"]
    assert client.put("/ia/api/v1/objects/accounts-receivable/customer/1").status_code == 405
    assert client.get("/ia/api/v2/objects/accounts-receivable/customer").status_code == 400
    assert rest("GET", "/objects/accounts-receivable/nothing").status_code == 404
    assert rest("GET", "/nothing").status_code == 404


def test_a_list_has_references_only_and_says_how_many_there_are(rest: Rest) -> None:
    body = rest("GET", CUSTOMER).json()
    assert body["ia::meta"] == {
        "totalCount": 40, "start": 1, "pageSize": 100, "next": None, "previous": None,
    }  # fmt: skip
    assert body["ia::result"][0] == {"key": "120", "id": "C-00001", "href": f"{CUSTOMER}/120"}


def test_a_list_takes_no_parameters_unless_the_policy_says_so(rest: Rest, policy: Policy) -> None:
    refused = rest("GET", CUSTOMER, params={"start": "11", "size": "10"})
    assert (refused.status_code, _error(refused)["errorId"]) == (400, "REST-1034")
    policy(rest_list_parameters="accept")
    body = rest("GET", CUSTOMER, params={"start": "11", "size": "10"}).json()
    assert len(body["ia::result"]) == 10
    assert body["ia::meta"]["next"] == 21
    assert body["ia::meta"]["previous"] == 1


def test_an_entity_header_makes_and_sees_private_records(rest: Rest) -> None:
    at_200 = {"X-IA-API-Param-Entity": "200"}
    key = _created(rest("POST", VENDOR, {"id": "V-EU", "name": "Local"}, headers=at_200))
    found = rest("GET", f"{VENDOR}/{key}", headers=at_200).json()["ia::result"]
    assert (found["entity"]["id"], found["entity"]["name"]) == ("200", "Europe")
    at_100 = {"X-IA-API-ParamEntity": "100"}
    assert rest("GET", f"{VENDOR}/{key}", headers=at_100).status_code == 404
    ids = [row["id"] for row in rest("GET", VENDOR).json()["ia::result"]]
    assert "V-EU" not in ids
    assert rest("GET", VENDOR, headers={"X-IA-API-Param-Entity": "none"}).status_code == 400


def test_a_token_of_one_entity_cannot_ask_for_another(rest: Rest) -> None:
    headers = {"X-IA-API-Param-Entity": "100"}
    assert rest("GET", VENDOR, entity="200", headers=headers).status_code == 400


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("company-config/contact", {"id": "Doe, J", "printAs": "J Doe"}),
        ("general-ledger/account", {"id": "4999", "name": "Test", "accountType": "balanceSheet"}),
        ("company-config/location", {"id": "L-9", "name": "Test"}),
        ("company-config/department", {"id": "D-9", "name": "Test", "parent": {"id": "10"}}),
        ("company-config/class", {"id": "K-9", "name": "Test"}),
        ("company-config/employee", {"id": "E-9", "primaryContact": {"id": "Smith, Jane"}}),
        ("inventory-control/item", {"id": "I-9", "name": "Test", "itemType": "nonInventory"}),
        ("projects/project", {"id": "P-9", "name": "Test", "category": "contract"}),
        ("accounts-receivable/term", {"id": "T-9", "description": "Test", "due": {"days": 9}}),
        ("company-config/folder", {"id": "F-9", "description": "Test"}),
        ("company-config/attachment", {"id": "A-9", "name": "Test", "folder": {"id": "Bills"}}),
    ],
)
def test_each_master_is_written_and_read_back_as_it_was(
    rest: Rest, path: str, body: dict[str, Any]
) -> None:
    key = _created(rest("POST", f"/objects/{path}", body))
    found = rest("GET", f"/objects/{path}/{key}").json()["ia::result"]
    for name, value in body.items():
        if isinstance(value, dict):
            assert found[name].items() >= value.items()
        else:
            assert found[name] == value


def test_every_seeded_record_can_be_read(rest: Rest) -> None:
    for path in CATALOGUE:
        rows = rest("GET", f"/objects/{path}").json()["ia::result"]
        if rows:
            reply = rest("GET", f"/objects/{path}/{rows[0]['key']}")
            assert reply.status_code == 200, (path, reply.text)
            assert reply.json()["ia::result"]["href"] == rows[0]["href"]


def test_contacts_have_no_audit_fields(rest: Rest) -> None:
    rows = rest("GET", CONTACT).json()["ia::result"]
    assert "audit" not in rest("GET", f"{CONTACT}/{rows[0]['key']}").json()["ia::result"]
