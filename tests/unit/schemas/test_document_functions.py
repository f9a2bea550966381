from __future__ import annotations

from typing import Any

import pytest

import schemas

LINES = {"invoice": "lineItems", "bill": "billItems"}


@pytest.mark.parametrize("name", ["reverse_invoice", "reverse_bill"])
def test_a_reversal_has_its_documented_places(name: str) -> None:
    document = schemas.load(f"functions/{name}.json")
    assert [child["element"] for child in document["children"]] == ["datereversed", "description"]
    assert document["attributes"] == [{"name": "key", "field": "recordNo"}]


@pytest.mark.parametrize("object_name", ["invoice", "bill"])
def test_every_function_invoked_is_described(object_name: str) -> None:
    wire = schemas.load(f"objects/{object_name}.json")["x-intacct"]
    for invocation in wire["invoke"].values():
        document = schemas.load(f"functions/{invocation['xml']}.json")
        assert document["function"] == invocation["xml"]
        assert document["object"] == object_name
        fields = schemas.resolve(f"objects/{object_name}.json")["properties"]
        assert set(invocation["leaves"]) | set(invocation.get("values", {})) <= fields.keys()
        assert set(invocation["rest"].get("names", {})) <= fields.keys()


@pytest.mark.parametrize("object_name", ["invoice", "bill"])
def test_lines_share_one_stanza_for_each_field(object_name: str) -> None:
    """A line's field is worded once; an object says beside it only what differs."""
    items = schemas.load(f"objects/{object_name}.json")["properties"][LINES[object_name]]["items"]
    shared = schemas.load("lines.json")["properties"]
    for name, stanza in items["properties"].items():
        assert stanza["$ref"] == f"../lines.json#/properties/{name}"
        assert all(stanza[word] != shared[name].get(word) for word in stanza if word != "$ref")


def _inputs(key: str) -> dict[str, Any]:
    properties: dict[str, Any] = schemas.resolve(f"actions/{key}.json")["properties"]
    return properties


@pytest.mark.parametrize(
    ("key", "lines"),
    [("createInvoice", "lineItems"), ("createBill", "billItems"), ("updateBill", "billItems")],
)
def test_no_input_is_something_intacct_alone_decides(key: str, lines: str) -> None:
    inputs = _inputs(key)
    fields = [*inputs.values(), *inputs[lines]["items"]["properties"].values()]
    assert not any(field.get("readOnly") for field in fields)


def test_every_input_of_a_new_bill_reaches_the_wire() -> None:
    for name, field in _inputs("createBill").items():
        assert "xml" in field["x-intacct"] or name in {"customFields", "additionalFields"}, name
