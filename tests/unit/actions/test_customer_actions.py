from __future__ import annotations

from typing import Any

import pytest

from actions.customer.create_customer import ACTION as CREATE
from actions.customer.find_or_create_customer import ACTION as FIND_OR_CREATE
from actions.customer.get_customer import ACTION as GET
from connector.component import Context
from connector.errors import InputError
from connector.intacct.operation import Condition

Calls = list[tuple[str, tuple[Any, ...], dict[str, Any]]]


def _created(calls: Calls) -> dict[str, Any]:
    [(verb, (object_name, values), _)] = calls
    assert (verb, object_name) == ("create", "customer")
    assert isinstance(values, dict)
    return values


def _refusal(ctx: Context, calls: Calls, **inputs: Any) -> InputError:
    with pytest.raises(InputError) as refused:
        CREATE.run(ctx, {"customerName": "Acme", **inputs})
    assert calls == []
    return refused.value


@pytest.mark.accepts("A7", "A9")
def test_name_alone_makes_a_customer_printed_under_that_name(ctx: Context, calls: Calls) -> None:
    result = CREATE.run(ctx, {"customerName": "Acme", "customerId": " "})
    assert _created(calls) == {"customerName": "Acme", "printAs": "Acme"}
    assert result["id"] == "NEW-1"


@pytest.mark.accepts("A9")
def test_missing_name_is_refused_before_any_call(ctx: Context, calls: Calls) -> None:
    with pytest.raises(InputError) as refused:
        CREATE.run(ctx, {"customerId": "C-1"})
    assert (refused.value.field, refused.value.title) == (
        "customerName",
        "customerName is required.",
    )
    assert refused.value.advice == "Give the Customer Name, such as Acme Corporation."
    assert calls == []


@pytest.mark.accepts("A8")
def test_names_of_other_sources_mean_the_same(ctx: Context, calls: Calls) -> None:
    CREATE.run(
        ctx,
        {
            "name": "Acme",
            "customer_id": "C-1",
            "customerType": "Retail",
            "currency": "USD",
            "creditLimit": 1000,
            "status": "inactive",
        },
    )
    assert _created(calls) == {
        "customerName": "Acme",
        "customerId": "C-1",
        "customerTypeId": "Retail",
        "defaultCurrency": "USD",
        "creditLimit": "1000",
        "active": False,
        "printAs": "Acme",
    }


def test_two_names_for_one_input_must_agree(ctx: Context, calls: Calls) -> None:
    assert _refusal(ctx, calls, name="Other").field == "customerName"
    assert _refusal(ctx, calls, active=True, status="inactive").field == "active"


@pytest.mark.accepts("A57")
def test_display_contact_fills_the_separate_fields(ctx: Context, calls: Calls) -> None:
    contact = {
        "name": "Acme main",
        "printAs": "ACME",
        "companyName": "Acme Inc.",
        "phone": "555",
        "email": "a@acme.example",
        "address": {
            "address1": "1 Mill Rd",
            "city": "York",
            "state": "NY",
            "zip": "10001",
            "country": "United States",
        },
    }
    CREATE.run(ctx, {"customerName": "Acme", "displayContact": contact})
    assert _created(calls) == {
        "customerName": "Acme",
        "displayContactName": "Acme main",
        "printAs": "ACME",
        "companyName": "Acme Inc.",
        "primaryPhoneNo": "555",
        "primaryEmailAddress": "a@acme.example",
        "addressLine1": "1 Mill Rd",
        "city": "York",
        "stateProvince": "NY",
        "zipPostalCode": "10001",
        "country": "United States",
    }


def test_display_contact_may_not_contradict_a_separate_field(ctx: Context, calls: Calls) -> None:
    error = _refusal(ctx, calls, city="Leeds", displayContact={"address": {"city": "York"}})
    assert error.field == "city"


@pytest.mark.accepts("C51")
@pytest.mark.parametrize("method", ["E-Mail", "Print#~#E-Mail"])
def test_delivery_by_email_needs_an_address(ctx: Context, calls: Calls, method: str) -> None:
    assert _refusal(ctx, calls, deliveryMethod=method).field == "primaryEmailAddress"
    CREATE.run(
        ctx, {"name": "Acme", "deliveryMethod": method, "displayContact": {"email": "a@b.example"}}
    )
    assert _created(calls)["deliveryMethod"] == method


@pytest.mark.accepts("C51")
def test_country_code_needs_the_country(ctx: Context, calls: Calls) -> None:
    assert _refusal(ctx, calls, isoCountryCode="US").field == "country"
    assert _refusal(ctx, calls, isoCountryCode="USA").field == "isoCountryCode"


@pytest.mark.accepts("C51")
def test_restricted_places_need_the_restriction(ctx: Context, calls: Calls) -> None:
    assert _refusal(ctx, calls, restrictedLocations="100").field == "restrictionType"
    inputs = {"restrictedDepartments": '["10", "20"]', "restrictionType": "Restricted"}
    CREATE.run(ctx, {"name": "Acme", **inputs})
    assert _created(calls)["restrictedDepartments"] == ["10", "20"]


@pytest.mark.accepts("C76")
def test_custom_fields_come_as_object_or_pairs(ctx: Context, calls: Calls) -> None:
    CREATE.run(ctx, {"name": "Acme", "customFields": [["REGION", "NE"], ["SIZE", 3]]})
    assert _created(calls)["customFields"] == {"REGION": "NE", "SIZE": "3"}


@pytest.mark.accepts("C78")
def test_blank_switches_are_not_sent(ctx: Context, calls: Calls) -> None:
    CREATE.run(ctx, {"name": "Acme", "onHold": "", "taxable": None, "oneTime": "false"})
    assert _created(calls) == {"customerName": "Acme", "oneTime": False, "printAs": "Acme"}


@pytest.mark.parametrize("name", ["C&A <Ltd> \"x\" 'y'", "]]></NAME><NAME>0", "Ünïcode 東京"])
def test_hostile_names_pass_unchanged(ctx: Context, calls: Calls, name: str) -> None:
    CREATE.run(ctx, {"customerName": name})
    assert _created(calls)["customerName"] == name


def test_unknown_input_is_named(ctx: Context, calls: Calls) -> None:
    assert _refusal(ctx, calls, favouriteColour="red").field == "favouriteColour"


# --- findOrCreateCustomer

FOUND = {"found": True, "key": "5", "id": "HS-9", "href": "/objects/c/5", "customerName": "Acme"}


def test_customer_found_by_id_is_not_created(
    ctx: Context, calls: Calls, answers: dict[str, Any]
) -> None:
    answers["get"] = FOUND
    result = FIND_OR_CREATE.run(ctx, {"customerName": "Acme", "customerId": "HS-9"})
    assert result == {"key": "5", "id": "HS-9", "href": "/objects/c/5", "created": False}
    assert [call[0] for call in calls] == ["get"]
    assert calls[0][2]["id"] == "HS-9"


def test_unknown_id_is_created_even_if_the_name_exists(
    ctx: Context, calls: Calls, answers: dict[str, Any]
) -> None:
    """Two companies of one name must not be billed for one another."""
    answers["query"] = [{"recordNo": "5", "customerId": "HS-9"}]
    result = FIND_OR_CREATE.run(ctx, {"customerName": "Acme", "customerId": "HS-10"})
    assert [call[0] for call in calls] == ["get", "create"]
    assert result == {"key": "7", "id": "NEW-1", "href": "/objects/x/7", "created": True}


def test_without_id_the_exact_name_decides(
    ctx: Context, calls: Calls, answers: dict[str, Any]
) -> None:
    answers["query"] = [{"recordNo": "5", "customerId": "HS-9"}]
    result = FIND_OR_CREATE.run(ctx, {"customerName": "Acme"})
    assert result == {
        "key": "5",
        "id": "HS-9",
        "href": "/objects/accounts-receivable/customer/5",
        "created": False,
    }
    [(_, _, words)] = calls
    assert words["where"] == Condition("customerName", "equalTo", ("Acme",))


def test_unknown_name_is_created(ctx: Context, calls: Calls) -> None:
    assert FIND_OR_CREATE.run(ctx, {"customerName": "Acme"})["created"] is True
    assert [call[0] for call in calls] == ["query", "create"]


def test_several_customers_of_one_name_are_not_guessed(
    ctx: Context, calls: Calls, answers: dict[str, Any]
) -> None:
    answers["query"] = [{"recordNo": "5", "customerId": "A"}, {"recordNo": "6", "customerId": "B"}]
    with pytest.raises(InputError) as refused:
        FIND_OR_CREATE.run(ctx, {"customerName": "Acme"})
    assert refused.value.field == "customerId"
    [(verb, _, words)] = calls
    assert (verb, words["limit"]) == ("query", 2)


def test_record_made_by_an_earlier_try_counts_as_found(
    ctx: Context, answers: dict[str, Any]
) -> None:
    answers["create"]["outcome"] = "already there"
    assert FIND_OR_CREATE.run(ctx, {"customerName": "Acme"})["created"] is False


# --- getCustomer


@pytest.mark.accepts("A6", "A56")
def test_customer_is_read_by_id_with_all_fields(
    ctx: Context, calls: Calls, answers: dict[str, Any]
) -> None:
    answers["get"] = FOUND
    assert GET.run(ctx, {"customerId": "HS-9"}) == FOUND
    assert calls == [("get", ("customer",), {"key": "", "id": "HS-9", "fields": ("*",)})]


@pytest.mark.accepts("C59")
def test_customer_is_read_by_record_number_with_chosen_fields(
    ctx: Context, calls: Calls, answers: dict[str, Any]
) -> None:
    answers["get"] = FOUND
    GET.run(ctx, {"recordNo": 5, "field": "NAME, TOTALDUE"})
    fields = ("recordNo", "customerId", "NAME", "TOTALDUE")
    assert calls == [("get", ("customer",), {"key": "5", "id": "", "fields": fields})]


def test_record_number_and_id_must_mean_the_same(ctx: Context, answers: dict[str, Any]) -> None:
    answers["get"] = FOUND
    assert GET.run(ctx, {"recordNo": "5", "customerId": "HS-9"})["found"]
    with pytest.raises(InputError) as refused:
        GET.run(ctx, {"recordNo": "5", "customerId": "HS-8"})
    assert refused.value.field == "customerId"


@pytest.mark.accepts("C60")
def test_unknown_customer_is_not_an_error(ctx: Context) -> None:
    assert GET.run(ctx, {"customerId": "nobody"}) == {"found": False}


@pytest.mark.accepts("A46")
def test_neither_number_nor_id_is_refused(ctx: Context, calls: Calls) -> None:
    with pytest.raises(InputError, match="customerId is required") as refused:
        GET.run(ctx, {"fields": "*"})
    assert "recordNo" in refused.value.advice
    assert calls == []


@pytest.mark.parametrize("fields", ["NAME; DROP", ["A B"], "<x>"])
def test_what_is_no_field_name_is_refused(ctx: Context, calls: Calls, fields: Any) -> None:
    with pytest.raises(InputError) as refused:
        GET.run(ctx, {"customerId": "C", "fields": fields})
    assert refused.value.field == "fields"
    assert calls == []
