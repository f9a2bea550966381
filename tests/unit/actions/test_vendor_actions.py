from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from actions.customer.create_customer import ACTION as CREATE_CUSTOMER
from actions.data_sources.select_vendor import DATA_SOURCE as VENDORS
from actions.vendor.create_or_update_vendor import ACTION as CREATE_OR_UPDATE
from actions.vendor.create_vendor import ACTION as CREATE
from actions.vendor.find_or_create_vendor import ACTION as FIND_OR_CREATE
from actions.vendor.get_vendor import ACTION as GET
from actions.vendor.list_vendors import ACTION as LIST
from actions.vendor.update_vendor import ACTION as UPDATE
from connector.component import Choice, Context, Search
from connector.errors import InputError
from connector.intacct.operation import Condition

Calls = list[tuple[str, tuple[Any, ...], dict[str, Any]]]
FOUND = {"found": True, "key": "5", "id": "V-9", "href": "/objects/v/5", "vendorName": "Acme"}


def _written(calls: Calls, verb: str) -> dict[str, Any]:
    [(called, (object_name, values), _)] = calls
    assert (called, object_name) == (verb, "vendor")
    assert isinstance(values, dict)
    return values


def _refusal(ctx: Context, calls: Calls, **inputs: Any) -> InputError:
    with pytest.raises(InputError) as refused:
        CREATE.run(ctx, {"vendorName": "Acme", **inputs})
    assert calls == []
    return refused.value


@pytest.mark.accepts("A13", "C22", "C56")
def test_a_name_alone_makes_a_vendor_printed_under_that_name(ctx: Context, calls: Calls) -> None:
    """Without an ID the company's document sequence numbers the vendor."""
    result = CREATE.run(ctx, {"vendorName": "Acme", "vendorId": " "})
    assert _written(calls, "create") == {"vendorName": "Acme", "printAs": "Acme"}
    assert result["id"] == "NEW-1"


def test_a_missing_name_is_refused_before_any_call(ctx: Context, calls: Calls) -> None:
    assert _refusal(ctx, calls, vendorName="").field == "vendorName"


@pytest.mark.accepts("C55")
def test_names_of_other_sources_mean_the_same(ctx: Context, calls: Calls) -> None:
    given = {"name": "Acme", "vendor_id": "V-1", "currency": "USD", "status": "inactive"}
    CREATE.run(ctx, {**given, "displayContact": {"phone": "555", "address": {"zip": "10001"}}})
    assert _written(calls, "create") == {
        "vendorName": "Acme",
        "vendorId": "V-1",
        "defaultCurrency": "USD",
        "active": False,
        "primaryPhoneNo": "555",
        "zipPostalCode": "10001",
        "printAs": "Acme",
    }


@pytest.mark.accepts("C56")
def test_the_published_spellings_of_values_pass_unchanged(ctx: Context, calls: Calls) -> None:
    """What words a company takes is for Intacct to say; only a fixed list of four is ours."""
    given = {
        "vendorName": "Acme",
        "achBankAccountClass": "Business",
        "achBankAccountType": "Checking",
        "paymentPriority": "High",
        "preferredPaymentMethod": "Check",
        "form1099Type": "MISC",
        "form1099Box": "7",
        "vendorBillingType": "Standard",
    }
    CREATE.run(ctx, given)
    assert _written(calls, "create") == {**given, "printAs": "Acme"}


@pytest.mark.accepts("C56")
def test_a_vendor_has_the_conditions_of_a_customer(ctx: Context, calls: Calls) -> None:
    assert _refusal(ctx, calls, isoCountryCode="US").field == "country"
    assert _refusal(ctx, calls, restrictedLocations="100").field == "restrictionType"
    twice = {"city": "Leeds", "displayContact": {"address": {"city": "York"}}}
    assert _refusal(ctx, calls, **twice).field == "city"
    assert _refusal(ctx, calls, paymentPriority="soon").field == "paymentPriority"


def test_what_customers_and_vendors_share_says_the_same() -> None:
    vendor, customer = (a.form.schema["properties"] for a in (CREATE, CREATE_CUSTOMER))
    for name in ("printAs", "city", "taxId", "onHold", "restrictedLocations", "customFields"):
        assert vendor[name] == customer[name], name


@pytest.mark.accepts("C43", "C75", "C78")
def test_an_update_sends_only_what_was_given(ctx: Context, calls: Calls) -> None:
    UPDATE.run(ctx, {"vendorId": "V-1", "vendorName": "Acme", "onHold": "", "doNotPay": "false"})
    assert _written(calls, "update") == {
        "vendorId": "V-1",
        "vendorName": "Acme",
        "doNotPay": False,
    }


@pytest.mark.accepts("C75")
def test_an_update_takes_the_inputs_of_a_create_and_the_record_number() -> None:
    creating = list(CREATE.form.schema["properties"])
    assert list(UPDATE.form.schema["properties"]) == ["recordNo", *creating]
    assert "required" not in UPDATE.form.schema


def test_an_update_may_not_lift_the_restriction_of_the_places_it_names(
    ctx: Context, calls: Calls
) -> None:
    given = {"vendorId": "V-1", "restrictedLocations": ["100"]}
    with pytest.raises(InputError) as refused:
        UPDATE.run(ctx, {**given, "restrictionType": "RootOnly"})
    assert refused.value.field == "restrictionType"
    assert calls == []
    UPDATE.run(ctx, given)
    assert _written(calls, "update") == given


@pytest.mark.accepts("C91")
def test_vendors_are_picked_by_record_number_to_read_and_by_id_to_change() -> None:
    assert GET.form.schema["properties"]["recordNo"]["x-form"] == {"dataSource": "selectVendor"}
    picker = UPDATE.form.schema["properties"]["vendorId"]["x-form"]
    assert picker == {"dataSource": "selectVendor", "returnId": True}


@pytest.mark.accepts("C14", "C15")
def test_the_picklist_stores_the_id_on_request(ctx: Context, answers: dict[str, Any]) -> None:
    answers["query"] = [{"recordNo": "12", "vendorId": "V-1", "vendorName": "Acme"}]
    assert VENDORS.choices(ctx, Search()) == [Choice("Acme (V-1)", "12")]
    assert VENDORS.choices(ctx, Search(return_id=True)) == [Choice("Acme (V-1)", "V-1")]


@pytest.mark.accepts("A12", "C34")
def test_a_vendor_is_read_by_its_id(ctx: Context, calls: Calls, answers: dict[str, Any]) -> None:
    answers["get"] = FOUND
    assert GET.run(ctx, {"vendorId": "V-9"}) == FOUND
    assert calls == [("get", ("vendor",), {"key": "", "id": "V-9", "fields": ("*",)})]


@pytest.mark.accepts("C60")
def test_an_unknown_vendor_is_an_answer(ctx: Context) -> None:
    assert GET.run(ctx, {"recordNo": "0"}) == {"found": False}


@pytest.mark.accepts("A14")
def test_a_list_of_vendors_filters_by_the_values_given(
    ctx: Context, calls: Calls, answers: dict[str, Any]
) -> None:
    row = {"key": "5", "id": "V-9", "href": "/objects/accounts-payable/vendor/5"}
    answers["list_page"] = replace(answers["list_page"], records=[row], total=1)
    result = LIST.run(ctx, {"onHold": False, "pagesize": 1000})
    assert result == {"vendors": [row], "count": 1, "totalCount": 1, "next": ""}
    [(_, (object_name,), words)] = calls
    assert (object_name, words["size"]) == ("vendor", 1000)
    assert words["where"] == Condition("onHold", "equalTo", ("false",))


def test_finding_and_changing_take_the_inputs_of_a_create() -> None:
    creating = list(CREATE.form.schema["properties"])
    for action in (FIND_OR_CREATE, CREATE_OR_UPDATE):
        assert list(action.form.schema["properties"]) == creating


def test_a_vendor_that_is_there_is_used_as_it_is(
    ctx: Context, calls: Calls, answers: dict[str, Any]
) -> None:
    answers["get"] = FOUND
    result = FIND_OR_CREATE.run(ctx, {"vendorName": "Acme", "vendorId": "V-9", "city": "York"})
    assert result == {"key": "5", "id": "V-9", "href": "/objects/v/5", "created": False}
    assert [call[0] for call in calls] == ["get"]


def test_a_vendor_that_is_there_is_changed(
    ctx: Context, calls: Calls, answers: dict[str, Any]
) -> None:
    answers["query"] = [{"recordNo": "5", "vendorId": "V-9"}]
    assert CREATE_OR_UPDATE.run(ctx, {"vendorName": "Acme", "city": "York"})["outcome"] == "updated"
    assert calls[1][1][1] == {"recordNo": "5", "vendorName": "Acme", "city": "York"}


def test_the_inputs_carry_their_published_groups() -> None:
    form = CREATE.form.schema["properties"]
    groups = {field.get("x-form", {}).get("group") for field in form.values()} - {None}
    assert groups == {
        "Name",
        "Contact Details",
        "Tax Information",
        "ACH Banking",
        "Payment Settings",
        "Form 1099",
        "Contact Roles",
        "GL Accounts",
    }
