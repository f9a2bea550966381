"""Customers, contacts and other records through the generic functions."""

import re
from collections.abc import Callable

import httpx
import pytest

Result = Callable[..., str]
Policy = Callable[..., None]


def _customer(identifier: str = "NEW-1", name: str = "Acme", more: str = "") -> str:
    return (
        f"<create><CUSTOMER><CUSTOMERID>{identifier}</CUSTOMERID><NAME>{name}</NAME>{more}"
        f"<DISPLAYCONTACT><PRINTAS>{name}</PRINTAS></DISPLAYCONTACT></CUSTOMER></create>"
    )


def _read(result: Result, name: str, key: str, fields: str = "*") -> str:
    return result(
        f"<readByName><object>{name}</object><keys>{key}</keys><fields>{fields}</fields></readByName>"
    )


def test_a_create_answers_in_lower_case_with_number_and_id(result: Result) -> None:
    assert result(_customer()) == (
        "<result><status>success</status><function>create</function><controlid>f1</controlid>"
        '<data listtype="objects" count="1"><customer><RECORDNO>160</RECORDNO>'
        "<CUSTOMERID>NEW-1</CUSTOMERID></customer></data></result>"
    )


def test_a_customer_brings_its_display_contact(result: Result) -> None:
    result(_customer())
    answer = _read(result, "CUSTOMER", "NEW-1", "ENTITY,DISPLAYCONTACT.CONTACTNAME")
    assert "<ENTITY>CNEW-1</ENTITY>" in answer
    assert "<DISPLAYCONTACT><CONTACTNAME>Acme(CNEW-1)</CONTACTNAME></DISPLAYCONTACT>" in answer
    assert 'count="1"' in _read(result, "CONTACT", "Acme(CNEW-1)")


def test_a_repeated_customer_fails_on_its_contact_with_four_errors(result: Result) -> None:
    result(_customer())
    answer = result(_customer())
    codes = re.findall("<errorno>(.*?)</", answer)
    assert codes == ["BL34000061", "BL01001973", "BL01001973", "BL01001973"]
    texts = re.findall("<description2>(.*?) \\[Support ID: [A-Z0-9]+%7E[A-Z0-9]+\\]</", answer)
    assert texts[0] == "Another Contact with the given value(s) Acme(CNEW-1) already exists."
    assert texts[3] == "Could not create Customer record!"


def test_a_used_customer_id_with_another_name_is_a_duplicate_customer(result: Result) -> None:
    result(_customer())
    answer = result(_customer(name="Other"))
    assert re.findall("<errorno>(.*?)</", answer) == ["BL34000061", "BL01001973"]
    assert "Another Customer with the given value(s) NEW-1 already exists." in answer
    # The contact of the refused customer must not stay behind.
    assert 'count="0"' in _read(result, "CONTACT", "Other(CNEW-1)")


def test_a_blank_customer_id_is_numbered_only_where_the_company_does_so(
    result: Result, policy: Policy
) -> None:
    assert "<CUSTOMERID>C-10001</CUSTOMERID>" in result(_customer(""))
    policy(number_customers="false")
    assert "Required field CUSTOMERID is missing" in result(_customer(""))


def test_a_required_field_is_missed(result: Result) -> None:
    answer = result("<create><ITEM><ITEMID>I9</ITEMID><NAME>Nine</NAME></ITEM></create>")
    assert "Required field ITEMTYPE is missing for Item." in answer


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ("<STATUS>asleep</STATUS>", "BL01001973"),
        ("<CREDITLIMIT>much</CREDITLIMIT>", "BL03000018"),
        ("<ONHOLD>perhaps</ONHOLD>", "BL03000018"),
        ("<TERMNAME>Net 77</TERMNAME>", "BL01001973"),
        ("<BILLTO><CONTACTNAME>Nobody</CONTACTNAME></BILLTO>", "BL01001973"),
    ],
)
def test_a_value_must_fit_its_field(result: Result, more: str, code: str) -> None:
    answer = result(_customer(more=more))
    assert re.findall("<errorno>(.*?)</", answer) == [code, "BL01001973"]


def test_an_email_address_has_a_format(result: Result) -> None:
    contact = "<CONTACTNAME>E</CONTACTNAME><PRINTAS>E</PRINTAS><EMAIL1>nowhere</EMAIL1>"
    answer = result(f"<create><CONTACT>{contact}</CONTACT></create>")
    assert "<errorno>BL03000018</errorno>" in answer


def test_an_unknown_field_is_ignored_or_refused(result: Result, policy: Policy) -> None:
    assert "success" in result(_customer(more="<COLOUR>red</COLOUR>"))
    policy(unknown_fields="refuse")
    assert "The field COLOUR is not a field" in result(
        _customer("NEW-2", more="<COLOUR>red</COLOUR>")
    )


def test_both_names_of_the_country_code_are_understood(result: Result) -> None:
    for name, tag in (("A", "ISOCOUNTRYCODE"), ("B", "COUNTRYCODE")):
        address = f"<MAILADDRESS><{tag}>FR</{tag}></MAILADDRESS>"
        contact = f"<CONTACTNAME>{name}</CONTACTNAME><PRINTAS>P</PRINTAS>{address}"
        result(f"<create><CONTACT>{contact}</CONTACT></create>")
        assert "<COUNTRYCODE>FR</COUNTRYCODE>" in _read(result, "CONTACT", name)


def test_an_update_leaves_out_what_it_does_not_name_and_blanks_what_is_empty(
    result: Result,
) -> None:
    result(_customer(more="<COMMENTS>old</COMMENTS><TAXID>77</TAXID>"))
    update = "<update><CUSTOMER><CUSTOMERID>NEW-1</CUSTOMERID>{}</CUSTOMER></update>"
    assert "<customer><RECORDNO>160</RECORDNO><CUSTOMERID>NEW-1</CUSTOMERID></customer>" in result(
        update.format("<NAME>Acme Two</NAME><TAXID/>")
    )
    answer = _read(result, "CUSTOMER", "NEW-1", "NAME,COMMENTS,TAXID")
    assert "<NAME>Acme Two</NAME><COMMENTS>old</COMMENTS><TAXID/>" in answer
    assert "Required field NAME is missing" in result(update.format("<NAME/>"))


def test_an_update_of_the_display_contact_makes_a_new_version(result: Result) -> None:
    result(_customer())
    contact = "<DISPLAYCONTACT><EMAIL1>a@example.com</EMAIL1></DISPLAYCONTACT>"
    for more in (contact, "<DISPLAYCONTACT/>"):
        result(f"<update><CUSTOMER><RECORDNO>160</RECORDNO>{more}</CUSTOMER></update>")
    answer = _read(result, "CONTACT", "Acme(CNEW-1)", "VERSIONKEY,EMAIL1")
    assert "<VERSIONKEY>2</VERSIONKEY><EMAIL1>a@example.com</EMAIL1>" in answer


def test_an_update_of_nothing_is_refused(result: Result) -> None:
    answer = result("<update><CLASS><CLASSID>NONE</CLASSID></CLASS></update>")
    assert "Cannot find Class with key 'NONE' to update." in answer


def test_a_partial_failure_lists_what_was_created(result: Result, client: httpx.Client) -> None:
    one = "<CLASS><CLASSID>{}</CLASSID><NAME>N</NAME></CLASS>"
    answer = result(
        f"<create>{one.format('X1')}{one.format('C1')}{one.format('X2')}</create>", unique="true"
    )
    assert answer.startswith("<result><status>failure</status>")
    assert '<data listtype="objects" count="1"><class><RECORDNO>3</RECORDNO>' in answer
    assert "Another Class with the given value(s) C1 already exists." in answer
    assert [entry["id"] for entry in client.get("/_sandbox/ledger").json()] == ["X1"]


def test_a_delete_answers_with_a_status_alone(result: Result) -> None:
    answer = result("<delete><object>CLASS</object><keys>2</keys></delete>")
    assert answer == (
        "<result><status>success</status><function>delete</function>"
        "<controlid>f1</controlid></result>"
    )


def test_a_delete_of_a_missing_key_or_object_is_refused(result: Result) -> None:
    missing = result("<delete><object>CUSTOMER</object><keys>99999</keys></delete>")
    assert "Cannot find customer with key '99999' to delete." in missing
    unknown = result("<delete><object>SPACESHIP</object><keys>1</keys></delete>")
    assert "<errorno>WS</errorno>" in unknown
    assert "Object definition SPACESHIP not found" in unknown


def test_a_record_in_use_is_not_deleted(result: Result) -> None:
    answer = result("<delete><object>GLACCOUNT</object><keys>6,7,8</keys></delete>")
    assert "cannot be deleted because Invoice line uses it" in answer
    assert 'count="1"' in _read(result, "GLACCOUNT", "4000", "TITLE")


def test_additional_error_information_is_given_on_request(result: Result) -> None:
    result(_customer())
    answer = result(_customer(name="Other"), details="true")
    assert '<target domain="" requestinfo="" object="CUSTOMER" field="CUSTOMERID"' in answer
    assert '<description messageid="IA.ANOTHER_RECORD_EXISTS">' in answer
    assert '<placeholder name="VALUE" value="NEW-1"/>' in answer
    assert "additionalinfo" not in result(_customer(name="Other"))
