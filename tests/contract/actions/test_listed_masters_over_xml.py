"""Accounts, items, locations, departments, classes, terms, periods and bank accounts over XML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from connector import registry
from connector.component import Search
from connector.errors import DuplicateRecord
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.identity import identity_of
from tests.support.action_runs import functions_sent, record_of, result_of, run

if TYPE_CHECKING:
    from tests.contract.actions.conftest import Books

ITEM: dict[str, Any] = {
    "itemId": "TEA-9",
    "itemName": "Tea & more",
    "itemType": "Non-Inventory",
    "salesDescription": "Tea",
    "basePrice": "1.50",
    "taxable": False,
}
LOCATION: dict[str, Any] = {
    "locationId": "L-9",
    "locationName": "York",
    "parentLocationId": "100",
    "startDate": "01/31/2026",
}
DEPARTMENT: dict[str, Any] = {
    "departmentId": "D-9",
    "departmentName": "Tasting",
    "parentDepartmentId": "10",
    "managerEmployeeId": "EMP-1",
}
CLASS: dict[str, Any] = {"classId": "K-9", "className": "Tea", "description": "All tea"}
TERM: dict[str, Any] = {
    "termName": "Net 40",
    "description": "Due in 40 days",
    "dueDays": 40,
    "discountDays": 10,
    "discountAmount": "2",
    "discountUnit": "percent",
}
PERIOD: dict[str, Any] = {
    "NAME": "Month Ended January 2030",
    "HEADER1": "Month Ended",
    "HEADER2": "January 2030",
    "START_DATE": "01/01/2030",
    "END_DATE": "01/31/2030",
    "BUDGETING": "true",
    "activeStatus": "true",
}
TERM_SENT = (
    "<NAME>Net 40</NAME><DESCRIPTION>Due in 40 days</DESCRIPTION><DUEDATE>40</DUEDATE>"
    "<DISCDATE>10</DISCDATE><DISCAMOUNT>2</DISCAMOUNT><DISCPERCAMN>percent</DISCPERCAMN>"
)
CREATED: list[Any] = [
    (
        "Item",
        ITEM,
        (
            "<create><ITEM><ITEMID>TEA-9</ITEMID><NAME>Tea &amp; more</NAME>"
            "<ITEMTYPE>Non-Inventory</ITEMTYPE><SODESCRIPTION>Tea</SODESCRIPTION>"
            "<BASEPRICE>1.50</BASEPRICE><TAXABLE>false</TAXABLE></ITEM></create>"
        ),
    ),
    (
        "Location",
        LOCATION,
        (
            "<create><LOCATION><LOCATIONID>L-9</LOCATIONID><NAME>York</NAME><PARENTID>100</PARENTID>"
            "<STARTDATE>01/31/2026</STARTDATE></LOCATION></create>"
        ),
    ),
    (
        "Department",
        DEPARTMENT,
        (
            "<create><DEPARTMENT><DEPARTMENTID>D-9</DEPARTMENTID><TITLE>Tasting</TITLE>"
            "<PARENTID>10</PARENTID><SUPERVISORID>EMP-1</SUPERVISORID></DEPARTMENT></create>"
        ),
    ),
    (
        "Class",
        CLASS,
        (
            "<create><CLASS><CLASSID>K-9</CLASSID><NAME>Tea</NAME>"
            "<DESCRIPTION>All tea</DESCRIPTION></CLASS></create>"
        ),
    ),
    ("ArTerm", TERM, f"<create><ARTERM>{TERM_SENT}</ARTERM></create>"),
    ("ApTerm", TERM, f"<create><APTERM>{TERM_SENT}</APTERM></create>"),
    pytest.param(
        "ReportingPeriod",
        PERIOD,
        "<create><REPORTINGPERIOD><NAME>Month Ended January 2030</NAME>"
        "<HEADER1>Month Ended</HEADER1><HEADER2>January 2030</HEADER2>"
        "<START_DATE>01/01/2030</START_DATE><END_DATE>01/31/2030</END_DATE>"
        "<BUDGETING>true</BUDGETING><STATUS>active</STATUS></REPORTINGPERIOD></create>",
        marks=pytest.mark.accepts("E10"),
    ),
]
IDS = {
    "Item": "itemId",
    "Location": "locationId",
    "Department": "departmentId",
    "Class": "classId",
    "ArTerm": "termName",
    "ApTerm": "termName",
    "ReportingPeriod": "periodName",
}


@pytest.mark.parametrize(("name", "inputs", "sent"), CREATED)
def test_what_is_created_is_read_back(
    books: Books, name: str, inputs: dict[str, Any], sent: str
) -> None:
    made = run(books, f"create{name}", inputs)
    assert functions_sent(books)[-1] == sent
    assert made["outcome"] == "created"
    found = run(books, f"get{name}", {"recordNo": made["key"]})
    assert (found["key"], found["id"], found["href"]) == (made["key"], made["id"], made["href"])
    for field, value in inputs.items():
        if field in found and field != "startDate":
            assert found[field] == value, field
    assert run(books, f"get{name}", {IDS[name]: made["id"]}) == found
    assert run(books, f"get{name}", {IDS[name]: "NOTHING"}) == {"found": False}


@pytest.mark.parametrize(("name", "inputs", "sent"), CREATED)
def test_a_second_one_of_the_same_id_is_a_duplicate(
    books: Books, name: str, inputs: dict[str, Any], sent: str
) -> None:
    # Periods with budgets may not overlap, which is another refusal.
    given = {**inputs, "BUDGETING": ""} if name == "ReportingPeriod" else inputs
    run(books, f"create{name}", given)
    with pytest.raises(DuplicateRecord):
        run(books, f"create{name}", given)
    assert sent.startswith("<create>")


@pytest.mark.parametrize(("name", "inputs", "sent"), CREATED)
def test_a_lost_answer_is_settled_by_the_id(
    books: Books, name: str, inputs: dict[str, Any], sent: str
) -> None:
    action = registry.load().action(f"create{name}")
    schema = ObjectSchema.named(action.object_name)
    values = action.form.check(inputs)
    identity = identity_of(schema, values)
    assert identity is not None
    assert books.context.intacct.find_same(schema.name, identity) is None
    made = run(books, f"create{name}", inputs)
    assert functions_sent(books)[-1] == sent
    found = books.context.intacct.find_same(schema.name, identity)
    assert found == (made["key"], made["id"], True)


@pytest.mark.parametrize(("name", "inputs", "sent"), CREATED)
def test_envelope_and_raw_results(
    books: Books, name: str, inputs: dict[str, Any], sent: str
) -> None:
    made = run(books, f"create{name}", {**inputs, "resultForm": "envelope"})
    key = record_of(made)["RECORDNO"]
    read = run(books, f"get{name}", {"recordNo": key, "resultForm": "envelope"})
    assert record_of(read)["RECORDNO"] == key
    raw = run(books, f"get{name}", {"recordNo": key, "resultForm": "raw"})
    assert result_of(raw)["function"] == ["read"]
    assert functions_sent(books)[0] == sent


@pytest.mark.accepts("A30")
def test_an_account_is_read_by_its_number(books: Books) -> None:
    found = run(books, "getAccount", {"accountNumber": "4000"})
    assert functions_sent(books) == [
        "<readByName><object>GLACCOUNT</object><keys>4000</keys><fields>*</fields></readByName>"
    ]
    assert (found["accountTitle"], found["accountType"]) == ("Sales", "incomestatement")
    assert found["href"] == f"/objects/general-ledger/account/{found['key']}"
    assert run(books, "getAccount", {"recordNo": found["key"]}) == found
    raw = run(books, "getAccount", {"accountNumber": "4000", "resultForm": "raw"})
    assert result_of(raw)["function"] == ["readByName"]
    shown = run(books, "getAccount", {"accountNumber": "4000", "resultForm": "envelope"})
    assert record_of(shown)["ACCOUNTNO"] == "4000"


@pytest.mark.accepts("A31", "B11")
def test_the_chart_of_accounts_is_listed_page_by_page(books: Books) -> None:
    page = run(books, "listAccounts", {"accountType": "BalanceSheet", "pagesize": 2})
    assert (page["count"], len(page["accounts"])) == (2, 2)
    assert page["totalCount"] > 2
    first = page["accounts"][0]
    assert first["href"] == f"/objects/general-ledger/account/{first['key']}"
    assert {row["accountType"] for row in page["accounts"]} == {"balancesheet"}
    following = run(
        books,
        "listAccounts",
        {"accountType": "balancesheet", "pageSize": 1000, "next": page["next"]},
    )
    numbers = {row["id"] for row in following["accounts"]}
    assert not numbers & {row["id"] for row in page["accounts"]}
    assert page["count"] + following["count"] == page["totalCount"]
    rows = run(books, "listAccounts", {"pageSize": 1, "resultForm": "envelope"})["data"]
    assert list(rows[0])[:2] == ["RECORDNO", "ACCOUNTNO"]


@pytest.mark.parametrize(
    ("key", "filters", "plural", "ids"),
    [
        ("listItems", {"itemType": "Kit"}, "items", ["KIT-1"]),
        ("listLocations", {"parentLocationId": "100"}, "locations", ["110", "120"]),
        ("listEntities", {"entityName": "Europe"}, "entities", ["200"]),
        ("listDepartments", {"departmentName": "Sales"}, "departments", ["10"]),
        ("listClasses", {"className": "Retail"}, "classes", ["C1"]),
        ("listArTerms", {"dueDays": "30"}, "terms", ["Net 30"]),
        ("listApTerms", {"termName": "Net 30"}, "apTerms", ["Net 30"]),
        (
            "listReportingPeriods",
            {"startDate": "01/01/2026", "budgeting": "true"},
            "reportingPeriods",
            ["Month Ended January 2026"],
        ),
        ("listEmployees", {"contactName": "Smith, Jane"}, "employees", ["EMP-1"]),
    ],
)
def test_lists_give_what_equals_the_inputs(
    books: Books, key: str, filters: dict[str, Any], plural: str, ids: list[str]
) -> None:
    found = run(books, key, filters)
    assert [row["id"] for row in found[plural]] == ids
    assert len(run(books, key, {**filters, "allPages": True})[plural]) == len(ids)
    assert len(run(books, key, {**filters, "resultForm": "envelope"})["data"]) == len(ids)


@pytest.mark.accepts("A42")
def test_the_entities_are_locations_of_the_same_ids(books: Books) -> None:
    """So that a line's location may say which company of the group it belongs to."""
    entities = [row["id"] for row in run(books, "listEntities", {"active": True})["entities"]]
    assert len(entities) > 1
    for entity in entities:
        assert run(books, "getLocation", {"locationId": entity})["found"]


@pytest.mark.accepts("E5")
def test_a_bank_account_is_read_by_its_key_or_its_id(books: Books) -> None:
    checking = run(books, "getBankAccount", {"recordNo": "1", "accountType": "Checking"})
    assert functions_sent(books) == [
        "<read><object>CHECKINGACCOUNT</object><keys>1</keys><fields>*</fields></read>"
    ]
    assert (checking["id"], checking["currency"]) == ("CHK-100", "USD")
    assert checking["href"] == "/objects/cash-management/checking-account/1"
    savings = run(books, "getBankAccount", {"bankAccountId": "SAV-100"})
    assert (savings["accountType"], savings["glAccountNumber"]) == ("Savings", "1010")
    few = run(books, "getBankAccount", {"bankAccountId": "CHK-100", "fields": "bankName"})
    assert few["bankName"] == "First Example Bank"
    assert "currency" not in few
    shown = {"bankAccountId": "CHK-100", "resultForm": "envelope"}
    assert record_of(run(books, "getBankAccount", shown))["BANKACCOUNTID"] == "CHK-100"
    raw = run(books, "getBankAccount", {**shown, "resultForm": "raw"})
    assert result_of(raw)["function"] == ["readByName"]


def test_terms_with_commas_are_read_by_name(books: Books) -> None:
    made = run(books, "createArTerm", {**TERM, "termName": "2% 10, Net 40"})
    found = run(books, "getArTerm", {"termName": "2% 10, Net 40"})
    assert found["key"] == made["key"]


@pytest.mark.accepts("C15")
def test_picklists_search_names_and_ids_whatever_their_case(books: Books) -> None:
    sources = {
        "selectAccount": ("SALES", "4000"),
        "selectItem": ("kit-1", "KIT-1"),
        "selectJournal": ("gj", "GJ"),
        "selectEntity": ("europe", "200"),
        "selectReportingPeriod": ("january 2026", "Month Ended January 2026"),
        "selectBankAccount": ("sav-1", "SAV-100"),
    }
    for key, (text, expected) in sources.items():
        choices = registry.load().data_sources[key].choices(books.context, Search(text=text))
        assert expected in [choice.key for choice in choices], key


def test_fields_of_an_object_are_offered_live(books: Books) -> None:
    source = registry.load().data_sources["selectField"]
    search = Search(text="terms", limit=3, given={"objectName": "ARTERM"})
    assert source.choices(books.context, search) == []
    due = Search(text="duedate", given={"objectName": "arterm"})
    assert [choice.key for choice in source.choices(books.context, due)] == ["DUEDATE"]
