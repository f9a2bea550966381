from __future__ import annotations

import pytest

from connector.errors import InputError
from connector.intacct.dialects.object_schema import ObjectSchema


def test_a_schema_answers_what_callers_ask(deal: ObjectSchema) -> None:
    assert (deal.wire, deal.plural, deal.id, deal.key) == (
        "DEAL",
        "deals",
        "customerId",
        "recordNo",
    )
    assert deal.lookup == (("customerId",),)
    assert deal.compare == ("currency",)
    assert deal.href("33") == "/objects/sales/deal/33"
    assert deal.href("") == ""
    assert deal.legacy("create") == ""


def test_fields_are_found_by_our_name_and_by_intacts(deal: ObjectSchema) -> None:
    fields = deal.fields
    city = fields.by_name["city"]
    assert fields.find("city") is city
    assert fields.find("displaycontact.mailaddress.city") is city
    assert fields.by_path["DISPLAYCONTACT", "MAILADDRESS", "CITY"] is city
    assert fields.find("unheard") is None
    assert fields.column("entries", "fields") == "ENTRIES"


def test_an_unknown_object_gets_a_bare_schema() -> None:
    bare = ObjectSchema.find("my_Object")
    assert bare.wire == "MY_OBJECT"
    assert not bare.is_known
    assert (bare.key, bare.id, bare.plural, bare.href("1")) == ("RECORDNO", "", "records", "")


@pytest.mark.parametrize("name", ["invoice", "ARINVOICE", "arInvoice"])
def test_the_invoice_is_found_under_both_its_names(name: str) -> None:
    schema = ObjectSchema.find(name)
    assert (schema.name, schema.wire) == ("invoice", "ARINVOICE")
    assert schema.legacy("create") == "create_invoice"
    assert schema is ObjectSchema.named("invoice")


def test_a_schema_that_should_exist_but_does_not_is_a_mistake() -> None:
    with pytest.raises(FileNotFoundError):
        ObjectSchema.named("unheard")


@pytest.mark.parametrize("name", ["../actions/createInvoice", "a.b", ""])
def test_names_never_reach_the_file_system(name: str) -> None:
    with pytest.raises(InputError):
        ObjectSchema.find(name)
