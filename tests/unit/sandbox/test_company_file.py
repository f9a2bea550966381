"""A company of one's own, described in a file."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from connector.sandbox import company_file
from connector.sandbox.app import create_app
from connector.sandbox.company_file import WrongCompanyFile
from connector.sandbox.config import SandboxConfig

Open = Callable[[str], httpx.Client]


@pytest.fixture
def opened() -> Iterator[Open]:
    """Return a function that opens the company of a file; its fields go away again."""

    def opening(text: str) -> httpx.Client:
        app = create_app(SandboxConfig(company=company_file.read(text)))
        return httpx.Client(transport=httpx.WSGITransport(app), base_url="http://sandbox.test")

    yield opening
    company_file.install({})


def _records(client: httpx.Client, name: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = client.get(f"/_sandbox/records/{name}").json()
    return found


def _asked(client: httpx.Client, text: str, request_text: Callable[..., str]) -> str:
    content = request_text(text).replace("apiuser", "controller")
    content = content.replace("sandbox-user-password", "change-me")
    return client.post("/ia/xml/xmlgw.phtml", content=content.encode()).text


def test_the_example_is_a_company(opened: Open) -> None:
    client = opened(company_file.example())
    (customer,) = _records(client, "CUSTOMER")
    assert (customer["CUSTOMERID"], customer["TERMNAME"]) == ("CAFE", "Net 14")
    assert (customer["LOYALTY"], customer["DISPLAYCONTACT.MAILADDRESS.CITY"]) == ("Gold", "York")
    assert [one["LOCATIONID"] for one in _records(client, "LOCATION")] == ["10", "11"]
    assert [one["NAME"] for one in _records(client, "ROUTE")] == ["Morning", "Evening"]
    assert [one["REQUIREDEPT"] for one in _records(client, "GLACCOUNT")][-1] == "true"
    assert _records(client, "ARINVOICE") == []
    policies = client.get("/_sandbox/policies").json()
    assert policies["books_closed_through"]["value"] == "2025-12-31"


def test_a_reset_goes_back_to_the_file(opened: Open) -> None:
    client = opened("customers:\n  - {id: A, name: Only one}")
    client.post("/_sandbox/reset").raise_for_status()
    assert [one["CUSTOMERID"] for one in _records(client, "CUSTOMER")] == ["A"]


def test_its_users_sign_in_and_nobody_else(opened: Open, request_text: Callable[..., str]) -> None:
    client = opened(company_file.example())
    asked = "<readByName><object>CUSTOMER</object><keys>CAFE</keys><fields>LOYALTY</fields>"
    assert "<LOYALTY>Gold</LOYALTY>" in _asked(client, f"{asked}</readByName>", request_text)
    stranger = request_text(f"{asked}</readByName>")
    reply = client.post("/ia/xml/xmlgw.phtml", content=stranger.encode())
    assert "Sign-in information is incorrect" in reply.text


def test_a_dimension_of_its_own_stands_on_lines(
    opened: Open, request_text: Callable[..., str]
) -> None:
    client = opened(company_file.example())

    def invoice(route: str) -> str:
        day = "<year>2026</year><month>03</month><day>02</day>"
        fields = f"""<customfields><customfield><customfieldname>GLDIMROUTE</customfieldname>
            <customfieldvalue>{route}</customfieldvalue></customfield></customfields>"""
        line = f"<lineitem><glaccountno>4000</glaccountno><amount>9</amount>{fields}</lineitem>"
        return _asked(
            client,
            f"<create_invoice><customerid>CAFE</customerid><datecreated>{day}</datecreated>"
            f"<datedue>{day}</datedue><invoiceitems>{line}</invoiceitems></create_invoice>",
            request_text,
        )

    assert "Delivery route '7' specified is not valid." in invoice("7")
    assert "<status>success</status>" in invoice("2")
    query = """<query><object>ARINVOICEITEM</object><select><field>GLDIMROUTE</field>
        <field>RROUTE.NAME</field></select></query>"""
    assert "<RROUTE.NAME>Evening</RROUTE.NAME>" in _asked(client, query, request_text)
    dimensions = _asked(client, "<getDimensions/>", request_text)
    assert "<objectName>ROUTE</objectName>" in dimensions


def test_rest_knows_its_fields_and_dimensions(opened: Open) -> None:
    client = opened(company_file.example())
    asked = {
        "grant_type": "client_credentials",
        "client_id": "5a9db0c4e1f27836.app.sage.com",
        "client_secret": "sandbox-client-secret",
        "username": "controller@SANDBOX",
    }
    token = client.post("/ia/api/v1/oauth2/token", data=asked).json()["access_token"]
    client.headers["Authorization"] = f"Bearer {token}"
    query: dict[str, Any] = {"object": "accounts-receivable/customer"}
    query["fields"] = ["id", "nsp::LOYALTY"]
    rows = client.post("/ia/api/v1/services/core/query", json=query).json()["ia::result"]
    assert rows == [{"id": "CAFE", "nsp::LOYALTY": "gold"}]
    model = client.get(
        "/ia/api/v1/services/core/model", params={"name": "accounts-receivable/invoice-line"}
    ).json()["ia::result"]
    assert "nsp::route" in model["groups"]["dimensions"]["refs"]
    listed = client.get("/ia/api/v1/objects/platform-apps/nsp::route").json()
    assert listed["ia::meta"]["totalCount"] == 2


def test_the_next_company_has_none_of_it(opened: Open) -> None:
    opened(company_file.example())
    client = opened("customers:\n  - {id: A, name: Only one}")
    assert "LOYALTY" not in _records(client, "CUSTOMER")[0]
    assert client.get("/_sandbox/records/ROUTE").status_code == 404


def test_json_is_read_as_well(opened: Open) -> None:
    client = opened('{"terms": [{"name": "Net 010", "days": 10}]}')
    assert [one["NAME"] for one in _records(client, "ARTERM")] == ["Net 010"]
    assert [one["DUEDATE"] for one in _records(client, "APTERM")] == ["10"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("customers: [", "The company file cannot be read in line 1."),
        ("- customers", "The company file is not a list of sections such as customers."),
        ("customer: []", "There is no section customer. Known: users, entities, "),
        ("customers: {id: A}", "The section customers is not a list."),
        ("customers: [A]", "customers, number 1, is not a record with named values."),
        ("customers: [{id: A}]", "customers, number 1: name is missing."),
        ("customers: [{id: A, nmae: B}]", "customers, number 1: there is no nmae here. Known: id,"),
        ("customers: [{id: A, name: B, NMAE: C}]", "number 1: Customer has no NMAE."),
        ("customers: [{id: A, id: B}]", "The company file cannot be read in line 1."),
        ("customers: [{id: A, name: [B]}]", "customers, number 1: name is not a single value."),
        ("customers: [{id: A, name: B, term: Net 9}]", "Term 'Net 9' specified is not valid."),
        (
            "terms: [{name: N, days: 1}, {name: N, days: 2}]",
            "terms, number 2: Another Term with the given value(s) N already exists.",
        ),
        ("closedThrough: 31.12.2025", "the last day of the closed periods, like 2025-12-31."),
        ("customFields: [{object: DEAL, name: X}]", "There is no object DEAL for the custom"),
        ("customFields: [{object: CUSTOMER, name: NAME}]", "NAME is not the name of a new field"),
        ("customFields: [{name: X, type: int}]", "The type of X is one of text, number, "),
        ("customFields: [{name: X, type: picklist}]", "only a picklist has choices."),
        ("userDefinedDimensions: [{name: ITEM}]", "ITEM is not the name of a new dimension."),
        ("userDefinedDimensions: [{title: A}]", "userDefinedDimensions, number 1: name is missing"),
    ],
)
def test_a_wrong_file_is_refused_in_a_sentence(opened: Open, text: str, sentence: str) -> None:
    with pytest.raises(WrongCompanyFile) as refused:
        opened(text)
    assert sentence in str(refused.value)
