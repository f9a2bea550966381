"""Terms, periods, locations and bank accounts: what their inputs have to say together."""

from __future__ import annotations

from typing import Any

import pytest

from actions.bank_account.get_bank_account import ACTION as GET_BANK_ACCOUNT
from actions.date_spans import refuse_end_before_start
from actions.item.create_item import ACTION as CREATE_ITEM
from actions.location.create_location import ACTION as CREATE_LOCATION
from actions.reporting_period.create_reporting_period import ACTION as CREATE_PERIOD
from actions.term.create_ap_term import ACTION as CREATE_AP_TERM
from actions.term.create_ar_term import ACTION as CREATE_AR_TERM
from actions.term.get_ar_term import ACTION as GET_AR_TERM
from actions.term.rules import refuse_half_a_discount
from connector.component import Context
from connector.errors import InputError

Calls = list[tuple[str, tuple[Any, ...], dict[str, Any]]]
CHECKING = {"found": True, "key": "1", "id": "CHK-100", "href": "/objects/x/1"}
PERIOD = {"periodName": "Tea Year", "header1": "Tea", "startDate": "01/01/2028"}


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"discountDays": 10}, "discountAmount"),
        ({"discountAmount": "2", "discountUnit": "percent"}, "discountDays"),
        ({"discountAmount": "2", "discountDays": 10}, "discountUnit"),
        ({"discountGraceDays": 1}, "discountDays"),
    ],
)
def test_half_a_discount_is_refused(given: dict[str, Any], missing: str) -> None:
    with pytest.raises(InputError, match=f"{missing} is required") as caught:
        refuse_half_a_discount(given)
    assert caught.value.field == missing


@pytest.mark.parametrize("action", [CREATE_AR_TERM, CREATE_AP_TERM])
def test_a_term_with_half_a_discount_is_refused_before_any_call(
    ctx: Context, calls: Calls, action: Any
) -> None:
    with pytest.raises(InputError, match="discountAmount is required"):
        action.run(ctx, {"termName": "Net 40", "dueDays": 40, "discountDays": 10})
    assert calls == []


def test_a_term_without_discount_or_with_a_whole_one_is_fine(ctx: Context, calls: Calls) -> None:
    term = {"termName": "Net 40", "dueDays": "40"}
    CREATE_AP_TERM.run(ctx, term)
    whole = {"discountDays": 10, "discountAmount": "2", "discountUnit": "Percent"}
    CREATE_AP_TERM.run(ctx, {**term, **whole, "additionalFields": "<PENAMOUNT>1</PENAMOUNT>"})
    assert calls[0][1] == ("apTerm", {"termName": "Net 40", "dueDays": 40})
    assert calls[1][1][1]["discountUnit"] == "percent"
    assert calls[1][1][1]["additionalFields"] == {"PENAMOUNT": "1"}


def test_a_term_with_a_comma_in_its_name_is_looked_up(
    ctx: Context, calls: Calls, answers: dict[str, Any]
) -> None:
    answers["query"] = [{"recordNo": "6", "termName": "2% 10, Net 40"}]
    answers["get"] = {"found": True, "key": "6", "id": "2% 10, Net 40", "href": "/x"}
    GET_AR_TERM.run(ctx, {"termName": "2% 10, Net 40"})
    assert [verb for verb, _, _ in calls] == ["query", "get"]
    assert calls[1][2]["key"] == "6"
    answers["query"] = []
    assert GET_AR_TERM.run(ctx, {"termName": "Net, none"}) == {"found": False}


@pytest.mark.parametrize("action", [CREATE_PERIOD, CREATE_LOCATION])
def test_spans_end_after_they_start(ctx: Context, calls: Calls, action: Any) -> None:
    location = {"locationId": "L-1", "locationName": "York", "startDate": "2028-01-01"}
    given = PERIOD if action is CREATE_PERIOD else location
    with pytest.raises(InputError, match="lies before startDate 2028-01-01") as caught:
        action.run(ctx, {**given, "endDate": "12/31/2027"})
    assert caught.value.field == "endDate"
    assert calls == []
    refuse_end_before_start({"startDate": "2028-01-01", "endDate": "2028-01-01"})
    refuse_end_before_start({"endDate": "2028-01-01"})


@pytest.mark.accepts("E10")
@pytest.mark.parametrize("missing", ["periodName", "header1", "startDate", "endDate"])
def test_a_period_needs_name_header_and_days(ctx: Context, calls: Calls, missing: str) -> None:
    given = {**PERIOD, "endDate": "12/31/2028"}
    del given[missing]
    with pytest.raises(InputError, match=f"{missing} is required"):
        CREATE_PERIOD.run(ctx, given)
    assert calls == []


def test_the_names_of_the_xml_api_are_understood(ctx: Context, calls: Calls) -> None:
    native = {"NAME": "Tea Year", "HEADER1": "Tea", "START_DATE": "01/01/2028"}
    CREATE_PERIOD.run(ctx, {**native, "END_DATE": "12/31/2028", "BUDGETING": "true"})
    assert calls[0][1][1] == {
        "periodName": "Tea Year",
        "header1": "Tea",
        "startDate": "2028-01-01",
        "endDate": "2028-12-31",
        "budgeting": True,
    }


def test_a_price_of_an_item_is_exact(ctx: Context, calls: Calls) -> None:
    item = {"itemId": "I-9", "itemName": "Tea", "itemType": "Kit"}
    with pytest.raises(InputError, match="more than 2 decimals"):
        CREATE_ITEM.run(ctx, {**item, "basePrice": "1.505"})
    assert calls == []


def test_a_bank_account_is_looked_for_among_both_kinds(ctx: Context, calls: Calls) -> None:
    assert GET_BANK_ACCOUNT.run(ctx, {"bankAccountId": "X"}) == {"found": False}
    assert [args[0] for _, args, _ in calls] == ["checkingAccount", "savingsAccount"]
    GET_BANK_ACCOUNT.run(ctx, {"bankAccountId": "X", "accountType": "savings"})
    assert [args[0] for _, args, _ in calls[2:]] == ["savingsAccount"]


def test_an_id_that_was_found_is_not_looked_for_again(
    ctx: Context, calls: Calls, answers: dict[str, Any]
) -> None:
    answers["get"] = CHECKING
    found = GET_BANK_ACCOUNT.run(ctx, {"bankAccountId": "CHK-100"})
    assert (found["accountType"], len(calls)) == ("Checking", 1)


def test_a_record_number_of_two_bank_accounts_is_not_guessed(
    ctx: Context, answers: dict[str, Any]
) -> None:
    answers["get"] = CHECKING
    with pytest.raises(InputError, match="checking account and a savings account") as caught:
        GET_BANK_ACCOUNT.run(ctx, {"recordNo": "1"})
    assert caught.value.field == "accountType"


def test_a_bank_account_of_another_record_number_is_refused(
    ctx: Context, calls: Calls, answers: dict[str, Any]
) -> None:
    answers["get"] = CHECKING
    with pytest.raises(InputError, match="CHK-100 is record 1, not 7"):
        GET_BANK_ACCOUNT.run(ctx, {"bankAccountId": "CHK-100", "recordNo": "7"})
    with pytest.raises(InputError, match="bankAccountId is required"):
        GET_BANK_ACCOUNT.run(ctx, {"accountType": "Checking"})
    assert len(calls) == 1
