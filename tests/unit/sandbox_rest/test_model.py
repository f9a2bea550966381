"""The model service, and the descriptions it is made of."""

from collections.abc import Callable

import httpx

from connector.sandbox.reader import find_field
from connector.sandbox.rest.catalogue import CATALOGUE

Rest = Callable[..., httpx.Response]
MODEL = "/services/core/model"


def test_a_model_has_fields_groups_references_and_lists(rest: Rest) -> None:
    reply = rest("GET", MODEL, params={"name": "accounts-receivable/invoice"})
    model = reply.json()["ia::result"]
    assert reply.json()["ia::meta"] == {"totalCount": 1, "totalSuccess": 1, "totalError": 0}
    assert model["fields"]["invoiceNumber"]["type"] == "string"
    assert model["fields"]["totalTxnAmount"]["format"] == "decimal-precision-2"
    assert model["fields"]["totalTxnAmount"]["readOnly"] is True
    assert model["fields"]["invoiceDate"]["format"] == "date"
    assert "posted" in model["fields"]["state"]["enum"]
    assert (model["fields"]["state"]["readOnly"], model["fields"]["state"]["mutable"]) == (
        False,
        False,
    )
    rate = model["groups"]["currency"]["groups"]["exchangeRate"]["fields"]["rate"]
    assert rate["type"] == "number"
    assert model["refs"]["customer"]["apiObject"] == "accounts-receivable/customer"
    assert model["refs"]["customer"]["fields"]["id"]["mutable"] is True
    assert model["lists"]["lines"]["apiObject"] == "accounts-receivable/invoice-line"
    assert model["httpMethods"] == "OPTIONS,GET,POST,DELETE,PATCH"
    assert model["idempotenceSupported"] is True


def test_required_is_always_false(rest: Rest) -> None:
    model = rest("GET", MODEL, params={"name": "company-config/contact"}).json()["ia::result"]
    assert {field["required"] for field in model["fields"].values()} == {False}


def test_an_unknown_object_is_an_empty_result(rest: Rest) -> None:
    reply = rest("GET", MODEL, params={"name": "accounts-receivable/nothing"})
    assert reply.status_code == 200
    assert reply.json()["ia::result"] == []
    assert reply.json()["ia::meta"]["totalCount"] == 0


def test_without_a_name_all_objects_are_listed_and_filtered(rest: Rest) -> None:
    rows = rest("GET", MODEL).json()["ia::result"]
    assert len(rows) == len(CATALOGUE)
    assert set(rows[0]) == {"apiObject", "type", "httpMethods", "href"}
    assert rows[0]["apiObject"].startswith("objects/")
    owned = rest("GET", MODEL, params={"type": "ownedObject"}).json()["ia::result"]
    assert {"objects/accounts-receivable/invoice-line"} <= {row["apiObject"] for row in owned}
    found = rest("GET", MODEL, params={"filter": "^company-config/c"}).json()["ia::result"]
    assert {row["apiObject"] for row in found} == {
        "objects/company-config/contact",
        "objects/company-config/class",
    }
    for bad in ("(", "(a+)+$"):
        assert rest("GET", MODEL, params={"filter": bad}).status_code == 400


def test_dimensions_are_listed_with_their_addresses(rest: Rest) -> None:
    rows = rest("GET", "/services/company-config/dimensions/list").json()["ia::result"]
    by_name = {row["dimensionName"]: row for row in rows}
    assert by_name["PROJECT"] == {
        "dimensionName": "PROJECT",
        "dimensionLabel": "Project",
        "termName": "Project",
        "isUserDefinedDimension": False,
        "isEnabledInGL": True,
        "dimensionEndpoint": "/objects/projects/project",
    }
    assert by_name["REGION"]["isUserDefinedDimension"] is True
    assert by_name["REGION"]["dimensionEndpoint"] == "/objects/platform-apps/nsp::region"


def test_every_description_names_fields_and_objects_that_exist() -> None:
    for path, shape in CATALOGUE.items():
        for field in shape.fields.values():
            assert find_field(shape.described, field.xml) is not None, (path, field.path)
        for reference in shape.references.values():
            assert reference.target in CATALOGUE, (path, reference.path)
        if shape.lines is not None:
            assert CATALOGUE[shape.lines.target].owner == path
