from __future__ import annotations

from typing import Any, cast

import pytest

from actions.data_sources import select_object_type
from actions.data_sources.select_bank_account import DATA_SOURCE as BANK_ACCOUNTS
from actions.data_sources.select_bill import DATA_SOURCE as BILLS
from actions.data_sources.select_contact import DATA_SOURCE as CONTACTS
from actions.data_sources.select_currency import DATA_SOURCE as CURRENCIES
from actions.data_sources.select_customer import DATA_SOURCE as CUSTOMERS
from actions.data_sources.select_field import DATA_SOURCE as FIELDS
from actions.data_sources.select_invoice import DATA_SOURCE as INVOICES
from actions.data_sources.select_object_type import DATA_SOURCE as OBJECT_TYPES
from actions.data_sources.select_reporting_period import DATA_SOURCE as PERIODS
from actions.data_sources.select_term import DATA_SOURCE as TERMS
from actions.object_names import wire_name
from connector import registry
from connector.component import Choice, Context, Search
from connector.errors import ConnectorError, Refused, Unreachable
from connector.intacct.client import IntacctClient
from connector.intacct.operation import AnyOf, Condition, Result

Calls = list[tuple[str, tuple[Any, ...], dict[str, Any]]]
ACME = {"recordNo": "12", "customerId": "C-1", "customerName": "Acme"}


class _Telling:
    """A company that tells what it has, or cannot be reached."""

    def __init__(self, rows: list[dict[str, Any]] | ConnectorError) -> None:
        self._rows = rows

        self.asked: list[str] = []

    def asking_for(self, _api: str) -> _Telling:
        return self

    def raw(self, body: str, **_words: Any) -> Result:
        self.asked.append(body)
        if isinstance(self._rows, ConnectorError):
            raise self._rows
        return Result("inspect", "c-1", rows=tuple(self._rows))


def telling(rows: list[dict[str, Any]] | ConnectorError) -> Context:
    return Context(intacct_client=cast("IntacctClient", _Telling(rows)))


@pytest.mark.accepts("C11", "C15")
def test_record_number_is_stored_unless_the_id_is_asked_for(
    ctx: Context, answers: dict[str, Any]
) -> None:
    answers["query"] = [ACME]
    assert CUSTOMERS.choices(ctx, Search()) == [Choice("Acme (C-1)", "12")]
    assert CUSTOMERS.choices(ctx, Search(return_id=True)) == [Choice("Acme (C-1)", "C-1")]


def test_only_what_is_shown_is_asked_for(ctx: Context, calls: Calls) -> None:
    CUSTOMERS.choices(ctx, Search(text="ac", limit=20))
    expected = {
        "select": ["recordNo", "customerId", "customerName"],
        "where": AnyOf(
            (
                Condition("customerId", "like", ("%ac%",)),
                Condition("customerName", "like", ("%ac%",)),
            )
        ),
        "order_by": ["customerName"],
        "limit": 20,
    }
    assert calls == [("query", ("customer",), expected)]


def test_nothing_typed_asks_without_filter(ctx: Context, calls: Calls) -> None:
    TERMS.choices(ctx, Search())
    TERMS.choices(ctx, Search(text="  "))
    assert [words["where"] for _, _, words in calls] == [None, None]


def test_a_later_page_goes_on_where_the_one_before_ended(
    ctx: Context, calls: Calls, answers: dict[str, Any]
) -> None:
    answers["query"] = [{**ACME, "recordNo": str(number)} for number in range(5)]
    found = CUSTOMERS.choices(ctx, Search(limit=2, skip=3))
    assert [choice.key for choice in found] == ["3", "4"]
    assert calls[0][2]["limit"] == 5


@pytest.mark.accepts("C10")
def test_contacts_give_the_name_on_request(ctx: Context, answers: dict[str, Any]) -> None:
    answers["query"] = [{"recordNo": "3", "contactName": "Jane Smith"}]
    assert CONTACTS.choices(ctx, Search()) == [Choice("Jane Smith", "3")]
    assert CONTACTS.choices(ctx, Search(return_id=True)) == [Choice("Jane Smith", "Jane Smith")]


@pytest.mark.accepts("C12")
def test_invoices_give_the_record_number(ctx: Context, answers: dict[str, Any]) -> None:
    row = {"recordNo": "7", "customerName": "Acme", "dateCreated": "2026-03-02"}
    answers["query"] = [{**row, "invoiceNumber": "INV-9"}, {**row, "invoiceNumber": ""}]
    assert INVOICES.choices(ctx, Search(return_id=True)) == [
        Choice("INV-9, Acme, 2026-03-02", "7"),
        Choice("7, Acme, 2026-03-02", "7"),
    ]


def test_bills_are_found_by_their_number_or_their_vendor_newest_first(
    ctx: Context, calls: Calls, answers: dict[str, Any]
) -> None:
    answers["query"] = [
        {
            "recordNo": "9",
            "billNumber": "B-1",
            "vendorName": "Acme",
            "transactionDate": "2026-03-02",
        }
    ]
    assert BILLS.choices(ctx, Search(text="B-1")) == [Choice("B-1, Acme, 2026-03-02", "9")]
    [(_, (object_name,), words)] = calls
    assert (object_name, words["order_by"]) == ("bill", ["-transactionDate"])
    assert [part.field for part in words["where"].parts] == ["billNumber", "vendorId"]


def test_terms_are_stored_by_name(ctx: Context, answers: dict[str, Any]) -> None:
    answers["query"] = [{"recordNo": "1", "termName": "Net 30"}]
    assert TERMS.choices(ctx, Search()) == [Choice("Net 30", "Net 30")]


def test_the_latest_periods_come_first(ctx: Context, calls: Calls) -> None:
    PERIODS.choices(ctx, Search())
    assert calls[0][2]["order_by"] == ["-startDate"]


def test_bank_accounts_of_both_kinds_are_one_list(
    ctx: Context, calls: Calls, answers: dict[str, Any]
) -> None:
    answers["query"] = [{"recordNo": "1", "bankAccountId": "B-1", "bankName": "First"}]
    assert BANK_ACCOUNTS.choices(ctx, Search()) == [
        Choice("First (B-1, checking)", "B-1"),
        Choice("First (B-1, savings)", "B-1"),
    ]
    assert [args for _, args, _ in calls] == [("checkingAccount",), ("savingsAccount",)]
    assert len(BANK_ACCOUNTS.choices(ctx, Search(text="SAV"))) == 1


def test_the_currencies_a_company_works_in_are_offered(
    ctx: Context, calls: Calls, answers: dict[str, Any]
) -> None:
    answers["read_by_query"] = [
        {"RECORDNO": "2", "CODE": "USD", "STATUS": "active"},
        {"RECORDNO": "1", "CODE": "EUR", "STATUS": "active"},
        {"RECORDNO": "3", "CODE": "GBP", "STATUS": "inactive"},
    ]
    assert CURRENCIES.choices(ctx, Search()) == [
        Choice("EUR - Euro", "EUR"),
        Choice("USD - US dollar", "USD"),
    ]
    assert CURRENCIES.choices(ctx, Search(text="dollar")) == [Choice("USD - US dollar", "USD")]
    assert [args for _, args, _ in calls] == [("TRXCURRENCIES",)] * 2


@pytest.mark.parametrize("answer", [[], [{"RECORDNO": "1"}], Refused("There is no such object.")])
def test_all_currencies_are_offered_where_the_company_names_none(
    ctx: Context, answers: dict[str, Any], answer: Any
) -> None:
    answers["read_by_query"] = answer
    assert CURRENCIES.choices(ctx, Search(text="swiss")) == [Choice("CHF - Swiss franc", "CHF")]
    codes = [choice.key for choice in CURRENCIES.choices(ctx, Search(limit=500))]
    assert codes == sorted(set(codes))
    assert CURRENCIES.choices(ctx, Search(limit=2, skip=1)) == [
        *CURRENCIES.choices(ctx, Search(limit=500))[1:3]
    ]


@pytest.mark.accepts("A36")
def test_the_published_objects_are_offered_with_labels_first() -> None:
    published = [
        *("CUSTOMER", "VENDOR", "ARINVOICE", "APBILL", "ARPAYMENT", "APPAYMENT", "GLBATCH"),
        *("GLACCOUNT", "PROJECT", "EMPLOYEE", "ITEM", "LOCATION", "DEPARTMENT", "CLASS"),
    ]
    company = telling(
        [
            {"@typename": "zebra", "#text": "Zebra"},
            {"@typename": "arpymt", "#text": "AR payment"},
            {"@typename": "deal"},
        ]
    )
    found = OBJECT_TYPES.choices(company, Search())
    assert [choice.key for choice in found] == [*published, "DEAL", "ZEBRA"]
    assert found[2] == Choice("AR Invoice (ARINVOICE)", "ARINVOICE")
    assert {wire_name("ARPAYMENT"), wire_name("appayment")} == {"ARPYMT", "APPYMT"}


def test_the_usual_objects_can_be_chosen_while_the_company_cannot_be_reached() -> None:
    company = telling(Unreachable("Intacct cannot be reached."))
    keys = [choice.key for choice in OBJECT_TYPES.choices(company, Search())]
    assert keys == list(select_object_type.USUAL)


def test_fields_are_those_of_the_chosen_object() -> None:
    company = telling([{"FIELDS": [{"ID": "X", "LABEL": "Region"}]}])
    search = Search(given={"objectName": "arpayment"})
    assert FIELDS.choices(company, search) == [Choice("Region (X)", "X")]
    asked = cast("_Telling", company.intacct).asked
    assert asked == ["<lookup><object>ARPYMT</object></lookup>"]
    assert FIELDS.choices(company, Search()) == []
    assert FIELDS.needs == {"objectName": "Choose an object first."}


def test_several_fields_are_chosen_one_after_the_other() -> None:
    rows = [{"ID": "NAME", "LABEL": "Name"}, {"ID": "VENDORID", "LABEL": "Vendor ID"}]
    company = telling([{"FIELDS": rows}])
    for text in ("vendorid, na", "VENDORID,"):
        search = Search(text=text, given={"objectName": "VENDOR"})
        [choice] = FIELDS.choices(company, search)
        assert choice == Choice("Name (NAME)", f"{text.split(',')[0]}, NAME")


@pytest.mark.parametrize("key", ["query", "queryAndList"])
def test_the_fields_of_a_query_are_offered(key: str) -> None:
    """What they depend on is an input of the same form."""
    properties = registry.load().action(key).form.schema["properties"]
    assert properties["fields"]["x-form"]["dataSource"] == FIELDS.key
    assert FIELDS.needs.keys() <= properties.keys()


def test_fields_that_we_know_are_offered_while_the_company_cannot_be_reached() -> None:
    company = telling(Unreachable("Intacct cannot be reached."))
    found = FIELDS.choices(company, Search(text="due", given={"objectName": "ARINVOICE"}))
    assert Choice("Due date (WHENDUE)", "WHENDUE") in found
    with pytest.raises(Unreachable):
        FIELDS.choices(company, Search(given={"objectName": "DEAL"}))
