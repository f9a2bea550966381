from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from typing import Any

import jsonschema
import pytest

import schemas
from actions.customer.create_customer import ACTION as CREATE_CUSTOMER

OBJECTS = sorted(
    each.name for each in resources.files(schemas).joinpath("objects").iterdir() if each.is_file()
)
FUNCTIONS = sorted(
    each.name.removesuffix(".json")
    for each in resources.files(schemas).joinpath("functions").iterdir()
    if each.name.endswith(".json")
)


def _fields(properties: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for name, field in properties.items():
        yield f"{path}{name}", field
        yield from _fields(field.get("items", {}).get("properties", {}), f"{path}{name}[].")


@pytest.mark.parametrize("name", OBJECTS)
def test_object_document_keeps_the_contract(name: str) -> None:
    document = schemas.resolve(f"objects/{name}")
    jsonschema.Draft202012Validator.check_schema(document)
    wire = document["x-intacct"]
    fields = document["properties"]
    assert {"xml", "rest", "plural", "id", "lookup"} <= wire.keys()
    assert wire["id"] in fields
    assert {each for names in wire["lookup"] for each in names} <= fields.keys()
    assert set(wire.get("compare", [])) <= fields.keys()
    for path, field in _fields(fields):
        assert field["title"], path
        assert field["description"].endswith("."), path
        if field.get("format") in {"money", "decimal", "date"}:
            assert field["type"] == "string", path


@pytest.mark.parametrize("name", OBJECTS)
def test_no_name_means_two_fields(name: str) -> None:
    def names(fields: dict[str, Any]) -> list[str]:
        aliases = [a for f in fields.values() for a in f.get("x-intacct", {}).get("aliases", [])]
        return [*fields, *aliases]

    fields = schemas.resolve(f"objects/{name}")["properties"]
    groups = [fields, *(f["items"].get("properties", {}) for f in fields.values() if "items" in f)]
    for group in groups:
        given = names(group)
        assert len(given) == len(set(given))
        places = [f["x-intacct"]["xml"] for f in group.values() if "xml" in f.get("x-intacct", {})]
        assert len(places) == len(set(places))


def _children(part: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for child in part.get("children", []):
        yield child
        yield from _children(child)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_function_names_only_fields_that_exist(name: str) -> None:
    document = schemas.load(f"functions/{name}.json")
    fields = schemas.resolve(f"objects/{document['object']}.json")["properties"]
    for child in _children(document):
        if "field" in child:
            assert child["field"] in fields, child
        for item in child.get("items", []):
            line = fields[child["each"]]["items"]["properties"]
            named = [each["field"] for each in _children(item) if "field" in each]
            named += [each["field"] for each in item.get("attributes", [])]
            assert set(named) <= line.keys()
            assert len(named) == len(set(named))


@pytest.mark.parametrize("name", ["create_invoice", "update_invoice"])
def test_function_places_follow_the_documented_order(name: str) -> None:
    order = {
        "create_invoice": "customerid datecreated dateposted datedue termname batchkey action "
        "invoiceno ponumber description externalid billto shipto basecurr currency exchratedate "
        "exchratetype exchrate nogl supdocid customfields taxsolutionid invoiceitems",
        "update_invoice": "customerid datecreated dateposted datedue termname action invoiceno "
        "ponumber description payto returnto currency exchratedate exchratetype exchrate supdocid "
        "customfields updateinvoiceitems",
    }
    document = schemas.load(f"functions/{name}.json")
    assert [child["element"] for child in document["children"]] == order[name].split()


def test_line_places_follow_the_documented_order() -> None:
    order = (
        "accountlabel glaccountno offsetglaccountno amount allocationid memo locationid "
        "departmentid item1099 form1099type form1099box key totalpaid totaldue customfields "
        "revrectemplate defrevaccount revrecstartdate revrecenddate projectid taskid costtypeid "
        "customerid vendorid employeeid itemid classid contractid warehouseid billable "
        "totaltrxamount partialexempt paymenttaxcapture taxentries"
    )
    [lines] = [
        child
        for child in schemas.load("functions/create_invoice.json")["children"]
        if "each" in child
    ]
    [line] = lines["items"]
    assert [child["element"] for child in line["children"]] == order.split()


def test_update_addresses_a_line_by_its_number() -> None:
    lines = schemas.load("functions/update_invoice.json")["children"][-1]
    elements = {item["element"]: item.get("attributes") for item in lines["items"]}
    assert elements == {
        "updatelineitem": [{"name": "line_num", "field": "lineNumber"}],
        "lineitem": None,
    }


def test_every_customer_input_reaches_the_wire_or_is_folded_into_one_that_does() -> None:
    for name, field in CREATE_CUSTOMER.form.schema["properties"].items():
        travels = "xml" in field.get("x-intacct", {})
        folded = name in {
            "status",
            "displayContact",
            "customFields",
            "additionalFields",
            "resultForm",
            "api",
        }
        assert travels != folded, name
