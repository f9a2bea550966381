from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from actions.customer.create_customer import ACTION as CREATE
from actions.customer.create_or_update_customer import ACTION as CREATE_OR_UPDATE
from actions.customer.find_or_create_customer import ACTION as FIND_OR_CREATE
from actions.customer.get_customer import ACTION as GET
from actions.customer.list_customers import ACTION as LIST
from actions.customer.update_customer import ACTION as UPDATE
from connector.component import Context
from connector.errors import InputError
from connector.intacct.operation import AllOf, Condition

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


# --- updateCustomer


def _updated(ctx: Context, calls: Calls, **inputs: Any) -> dict[str, Any]:
    UPDATE.run(ctx, inputs)
    [(verb, (object_name, values), _)] = calls
    assert (verb, object_name) == ("update", "customer")
    assert isinstance(values, dict)
    return values


def _refused_update(ctx: Context, calls: Calls, **inputs: Any) -> InputError:
    with pytest.raises(InputError) as refused:
        UPDATE.run(ctx, {"customerId": "C-1", **inputs})
    assert calls == []
    return refused.value


@pytest.mark.accepts("A10", "C40", "C78")
def test_an_update_sends_only_what_was_given(ctx: Context, calls: Calls) -> None:
    """The printed name is filled in on a new customer only: here it would overwrite another."""
    given = {"customerId": "C-1", "customerName": "Acme", "onHold": "", "oneTime": False}
    assert _updated(ctx, calls, **given, city=" ") == {
        "customerId": "C-1",
        "customerName": "Acme",
        "oneTime": False,
    }


@pytest.mark.accepts("C70")
def test_an_update_takes_the_inputs_of_a_create_and_the_record_number() -> None:
    creating = list(CREATE.form.schema["properties"])
    assert list(UPDATE.form.schema["properties"]) == ["recordNo", *creating]
    assert "required" not in UPDATE.form.schema


def test_an_update_by_record_number_needs_no_id(ctx: Context, calls: Calls) -> None:
    given = {"recordNo": "5", "status": "inactive", "displayContact": {"email": "a@b.example"}}
    assert _updated(ctx, calls, **given) == {
        "recordNo": "5",
        "active": False,
        "primaryEmailAddress": "a@b.example",
    }


@pytest.mark.accepts("A46")
def test_an_update_says_which_customer_and_what(ctx: Context, calls: Calls) -> None:
    assert "Nothing is given" in _refused_update(ctx, calls).title
    assert _refused_update(ctx, calls, customerId="", city="York").field == "customerId"


def test_an_update_may_leave_out_what_stands_in_the_record(ctx: Context, calls: Calls) -> None:
    given = {"customerId": "C-1", "deliveryMethod": "E-Mail", "restrictedLocations": ["100"]}
    assert _updated(ctx, calls, **given) == given


def test_an_update_may_not_contradict_itself(ctx: Context, calls: Calls) -> None:
    places = {"restrictedDepartments": "10", "restrictionType": "Unrestricted"}
    assert _refused_update(ctx, calls, **places).field == "restrictionType"
    assert _refused_update(ctx, calls, isoCountryCode="US").field == "country"
    assert _refused_update(ctx, calls, active=True, status="inactive").field == "active"


@pytest.mark.accepts("C76")
def test_custom_fields_of_an_update_come_as_pairs(ctx: Context, calls: Calls) -> None:
    values = _updated(ctx, calls, customerId="C-1", customFields='[["fieldName1", 123]]')
    assert values["customFields"] == {"fieldName1": "123"}


@pytest.mark.accepts("C91")
def test_the_id_of_an_update_is_picked_from_the_customers() -> None:
    form = UPDATE.form.schema["properties"]
    assert form["customerId"]["x-form"]["dataSource"] == "selectCustomer"
    assert form["customerId"]["x-form"]["returnId"] is True
    assert "dataSource" not in CREATE.form.schema["properties"]["customerId"]["x-form"]
    assert GET.form.schema["properties"]["recordNo"]["x-form"] == {"dataSource": "selectCustomer"}


# --- createOrUpdateCustomer


def test_an_unknown_customer_is_created_with_its_printed_name(ctx: Context, calls: Calls) -> None:
    result = CREATE_OR_UPDATE.run(ctx, {"customerId": "HS-9", "customerName": "Acme"})
    assert [call[0] for call in calls] == ["get", "create"]
    assert calls[1][1][1] == {"customerId": "HS-9", "customerName": "Acme", "printAs": "Acme"}
    assert result == {"key": "7", "id": "NEW-1", "href": "/objects/x/7", "outcome": "created"}


def test_a_customer_found_by_id_gets_only_what_was_given(
    ctx: Context, calls: Calls, answers: dict[str, Any]
) -> None:
    answers["get"] = FOUND
    given = {"customerId": "HS-9", "customerName": "Acme", "city": "York", "onHold": ""}
    result = CREATE_OR_UPDATE.run(ctx, given)
    assert result == {"key": "7", "id": "NEW-1", "href": "/objects/x/7", "outcome": "updated"}
    assert [call[0] for call in calls] == ["get", "update"]
    assert calls[1][1][1] == {"customerId": "HS-9", "customerName": "Acme", "city": "York"}


def test_the_change_is_another_effect_than_the_creation(
    ctx: Context, calls: Calls, answers: dict[str, Any]
) -> None:
    """Under one name the ledger would take the second for the first with other content."""
    answers["get"] = FOUND
    CREATE_OR_UPDATE.run(ctx, {"customerId": "HS-9", "customerName": "Acme"})
    assert calls[1][2] == {"call": "update"}


def test_a_customer_found_by_name_is_changed_by_its_record_number(
    ctx: Context, calls: Calls, answers: dict[str, Any]
) -> None:
    answers["query"] = [{"recordNo": "5", "customerId": "HS-9"}]
    CREATE_OR_UPDATE.run(ctx, {"customerName": "Acme", "city": "York"})
    assert calls[1][1][1] == {"recordNo": "5", "customerName": "Acme", "city": "York"}


@pytest.mark.parametrize("wrong", [{"isoCountryCode": "US"}, {"deliveryMethod": "E-Mail"}])
def test_what_could_not_be_created_is_refused_before_any_look(
    ctx: Context, calls: Calls, wrong: dict[str, str]
) -> None:
    with pytest.raises(InputError):
        CREATE_OR_UPDATE.run(ctx, {"customerName": "Acme", **wrong})
    assert calls == []


# --- listCustomers


@pytest.mark.accepts("A11", "A45")
def test_a_list_asks_for_a_hundred_customers_with_the_usual_fields(
    ctx: Context, calls: Calls, answers: dict[str, Any]
) -> None:
    row = {"key": "5", "id": "C-1", "href": "/objects/x/5", "customerName": "Acme"}
    answers["list_page"] = replace(answers["list_page"], records=[row], total=300, next="5-1")
    result = LIST.run(ctx, {})
    assert result == {"customers": [row], "count": 1, "totalCount": 300, "next": "5-1"}
    [(_, (object_name,), words)] = calls
    assert (object_name, words["size"], words["where"]) == ("customer", 100, None)
    assert words["select"][:2] == ["customerId", "customerName"]


@pytest.mark.accepts("A11")
def test_a_list_filters_by_the_values_given(ctx: Context, calls: Calls) -> None:
    LIST.run(ctx, {"active": "true", "customerType": "Retail", "pagesize": "20", "next": "5-1"})
    [(_, _, words)] = calls
    assert words["where"] == AllOf(
        (
            Condition("active", "equalTo", ("true",)),
            Condition("customerTypeId", "equalTo", ("Retail",)),
        )
    )
    assert (words["size"], words["after"]) == (20, "5-1")


@pytest.mark.accepts("B15")
@pytest.mark.parametrize("size", [0, -1, 1001])
def test_a_page_of_no_sensible_size_is_refused(ctx: Context, calls: Calls, size: int) -> None:
    with pytest.raises(InputError) as refused:
        LIST.run(ctx, {"pagesize": size})
    assert refused.value.field == "pageSize"
    assert calls == []


def test_the_inputs_carry_their_published_groups() -> None:
    form = CREATE.form.schema["properties"]
    groups = {field.get("x-form", {}).get("group") for field in form.values()} - {None}
    assert groups == {
        "Name",
        "Contact Details",
        "Tax Information",
        "Contact Roles",
        "Print Options",
        "GL Accounts",
        "Billing and Delivery Preferences",
    }
