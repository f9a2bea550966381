"""The rules of an invoice through the legacy functions and the generic ones."""

import re
from collections.abc import Callable

import httpx
import pytest

Result = Callable[..., str]
Policy = Callable[..., None]
DATE = "<year>2026</year><month>02</month><day>01</day>"
LINE = "<lineitem><glaccountno>4000</glaccountno><amount>{}</amount>{}</lineitem>"


def _invoice(  # the parts of one document, each changed by some test
    number: str = "T-1",
    *,
    customer: str = "C-00001",
    date: str = DATE,
    middle: str = "<termname>Net 30</termname>",
    after: str = "",
    amount: str = "99.00",
    line: str = "",
) -> str:
    return (
        f"<create_invoice><customerid>{customer}</customerid><datecreated>{date}</datecreated>"
        f"{middle}<invoiceno>{number}</invoiceno>{after}"
        f"<invoiceitems>{LINE.format(amount, line)}</invoiceitems></create_invoice>"
    )


def _key(answer: str) -> str:
    found = re.search("<key>(.*?)</key>", answer)
    assert found, answer
    return found[1]


def _fields(result: Result, key: str, names: str) -> list[str]:
    function = f"<read><object>ARINVOICE</object><keys>{key}</keys><fields>{names}</fields></read>"
    return re.findall(r"<[A-Z_]+>([^<]*)</", result(function).replace("/>", "></x>"))


def test_a_new_invoice_answers_with_its_record_number_and_nothing_else(result: Result) -> None:
    answer = result(_invoice())
    assert answer == (
        "<result><status>success</status><function>create_invoice</function>"
        "<controlid>f1</controlid><key>4712</key></result>"
    )


def test_amounts_are_rounded_halves_up_and_summed(result: Result) -> None:
    lines = LINE.format("10.005", "") + LINE.format("-0.004", "") + LINE.format("5", "")
    text = _invoice().replace(LINE.format("99.00", ""), lines)
    totals = "TOTALENTERED,TOTALDUE,TRX_TOTALENTERED,TRX_TOTALDUE"
    assert _fields(result, _key(result(text)), totals) == ["15.01"] * 4


def test_a_term_computes_the_due_date(result: Result) -> None:
    key = _key(result(_invoice()))
    assert _fields(result, key, "WHENDUE,TERMNAME,STATE,RAWSTATE") == [
        "2026-03-03", "Net 30", "Posted", "A",
    ]  # fmt: skip


def test_a_due_date_or_a_term_is_needed(result: Result) -> None:
    assert "Enter a due date or a term" in result(_invoice(middle=""))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"customer": "C-NOBODY"}, "Customer 'C-NOBODY' specified is not valid."),
        ({"customer": "C-00040"}, "Customer 'C-00040' specified is not valid."),
        ({"line": "<locationid>190</locationid>"}, "Location '190' specified is not valid."),
        ({"line": "<departmentid>77</departmentid>"}, "Department '77' specified is not valid."),
        ({"line": "<itemid>NONE</itemid>"}, "Item 'NONE' specified is not valid."),
        ({"middle": "<termname>Net 90</termname>"}, "Term 'Net 90' specified is not valid."),
        (
            {"after": "<billto><contactname>Nobody</contactname></billto>"},
            "Contact 'Nobody' specified is not valid.",
        ),
        (
            {"after": "<currency>XXX</currency><exchratetype/>"},
            "Currency 'XXX' specified is not valid.",
        ),
    ],
)
def test_what_an_invoice_names_must_exist_and_be_active(
    result: Result, changes: dict[str, str], sentence: str
) -> None:
    answer = result(_invoice(**changes))
    assert sentence in answer
    assert answer.count("<error>") == 2
    assert "Could not create invoice record!" in answer


def test_a_blank_amount_gets_the_misleading_answer(result: Result) -> None:
    answer = result(_invoice(amount=""))
    assert "<errorno>BL03002101</errorno>" in answer
    assert "Remove the extra line item" in answer


@pytest.mark.parametrize("amount", ["1,000.00", "ten", "1e3", "NaN", "9" * 30])
def test_an_amount_that_is_no_decimal_is_an_illegal_format(result: Result, amount: str) -> None:
    assert "<errorno>BL03000018</errorno>" in result(_invoice(amount=amount))


def test_a_day_the_calendar_does_not_have_is_an_illegal_format(result: Result) -> None:
    date = DATE.replace("<day>01", "<day>30")
    assert "<errorno>BL03000018</errorno>" in result(_invoice(date=date))


def test_a_closed_period_refuses_and_the_policy_moves_it(result: Result, policy: Policy) -> None:
    policy(books_closed_through="2026-02-01")
    assert "The period of 2026-02-01 is closed." in result(_invoice())
    policy(books_closed_through="2026-01-31")
    assert "<key>" in result(_invoice())


def test_a_used_number_is_refused_only_where_the_company_enforces_it(
    result: Result, policy: Policy
) -> None:
    assert "<key>" in result(_invoice("SAME"))
    assert "<errorno>BL03002185</errorno>" in result(_invoice("SAME"))
    policy(unique_invoice_numbers="false")
    assert "<key>" in result(_invoice("SAME"))


def test_a_blank_number_is_made_left_blank_or_refused(result: Result, policy: Policy) -> None:
    key = _key(result(_invoice("")))
    assert _fields(result, key, "RECORDID") == ["INV-20001"]
    policy(number_invoices="blank")
    key = _key(result(_invoice("")))
    assert _fields(result, key, "RECORDID") == [""]
    policy(number_invoices="refused")
    assert "<errorno>PL01000127</errorno>" in result(_invoice(""))


def test_a_foreign_currency_is_converted_to_the_base(result: Result) -> None:
    after = "<currency>EUR</currency><exchrate>1.25</exchrate>"
    key = _key(result(_invoice(amount="10.10", after=after)))
    names = "TRX_TOTALDUE,TOTALDUE,CURRENCY,EXCHANGE_RATE"
    assert _fields(result, key, names) == ["10.10", "12.63", "EUR", "1.25"]


def test_a_draft_is_posted_by_submit_and_only_once(result: Result) -> None:
    draft = "<termname>Net 30</termname><action>Draft</action>"
    key = _key(result(_invoice(middle=draft)))
    assert _fields(result, key, "STATE,RAWSTATE") == ["Draft", "D"]
    submit = f'<update_invoice key="{key}"><action>Submit</action></update_invoice>'
    assert _key(result(submit)) == key
    assert _fields(result, key, "STATE") == ["Posted"]
    assert "already posted" in result(submit)


def test_an_update_merges_lines_by_number_and_keeps_the_rest(result: Result) -> None:
    lines = LINE.format("10", "<memo>one</memo>") + LINE.format("20", "<memo>two</memo>")
    key = _key(result(_invoice().replace(LINE.format("99.00", ""), lines)))
    change = '<updatelineitem line_num="2"><amount>25</amount></updatelineitem>'
    added = LINE.format("1.50", "<memo>three</memo>")
    text = (
        f'<update_invoice key="{key}"><description>New</description>'
        f"<updateinvoiceitems>{change}{added}</updateinvoiceitems></update_invoice>"
    )
    assert _key(result(text)) == key
    read = f"<read><object>ARINVOICE</object><keys>{key}</keys><fields>*</fields></read>"
    answer = result(read)
    assert re.findall("<ENTRYDESCRIPTION>(.*?)</", answer) == ["one", "two", "three"]
    assert re.findall("<TRX_AMOUNT>(.*?)</", answer) == ["10.00", "25.00", "1.50"]
    assert "<TRX_TOTALDUE>36.50</TRX_TOTALDUE>" in answer
    assert "no line 9" in result(text.replace('"2"', '"9"'))


def test_an_empty_element_clears_only_under_set_nulls(result: Result) -> None:
    key = _key(result(_invoice(after="<ponumber>PO-1</ponumber>")))
    text = f'<update_invoice key="{key}"><ponumber/></update_invoice>'
    result(text)
    assert _fields(result, key, "DOCNUMBER") == ["PO-1"]
    result(text.replace(">", ' set_nulls="true">', 1))
    assert _fields(result, key, "DOCNUMBER") == [""]


def test_an_external_id_addresses_an_invoice(result: Result) -> None:
    key = _key(result(_invoice(after="<externalid>deal-7</externalid>")))
    change = "<description>X</description>"
    text = f'<update_invoice key="deal-7" externalkey="true">{change}</update_invoice>'
    assert _key(result(text)) == key


def test_a_posted_invoice_is_reversed_and_then_stays_as_it_is(result: Result) -> None:
    key = _key(result(_invoice()))
    reverse = f'<reverse_invoice key="{key}"><datereversed>{DATE}</datereversed></reverse_invoice>'
    early = reverse.replace("2026", "2025")
    assert "before the date of the invoice" in result(early)
    assert _key(result(reverse)) == key
    assert _fields(result, key, "STATE,TOTALDUE") == ["Reversed", "0"]
    assert "Only a posted invoice" in result(reverse)
    assert "cannot be deleted" in result(f'<delete_invoice key="{key}"/>')
    update = f'<update_invoice key="{key}"><description>X</description></update_invoice>'
    assert "cannot be changed" in result(update)


def test_a_deleted_invoice_is_gone_with_its_lines(result: Result, client: httpx.Client) -> None:
    before = len(client.get("/_sandbox/records/ARINVOICEITEM").json())
    key = _key(result(_invoice()))
    assert _key(result(f'<delete_invoice key="{key}"/>')) == key
    assert len(client.get("/_sandbox/records/ARINVOICEITEM").json()) == before
    gone = f"Cannot find invoice with key '{key}' to delete."
    assert gone in result(f'<delete_invoice key="{key}"/>')


def test_a_described_contact_is_made_and_goes_when_the_invoice_is_refused(
    result: Result, client: httpx.Client
) -> None:
    contact = (
        "<billto><contact><contactname>New One</contactname><printas>New One</printas>"
        "<mailaddress><city>Rome</city></mailaddress></contact></billto>"
    )
    assert "<status>failure" in result(_invoice(after=contact, customer="NO"))
    names = [row["CONTACTNAME"] for row in client.get("/_sandbox/records/CONTACT").json()]
    assert "New One" not in names
    key = _key(result(_invoice(after=contact)))
    assert _fields(result, key, "BILLTOPAYTOCONTACTNAME") == ["New One"]


def test_a_customer_owes_what_is_posted_and_not_yet_reversed(result: Result) -> None:
    def due() -> str:
        named = "<object>CUSTOMER</object><keys>C-00001</keys><fields>TOTALDUE</fields>"
        return str(re.findall("<TOTALDUE>(.*?)</", result(f"<readByName>{named}</readByName>")))

    before = due()
    key = _key(result(_invoice(amount="0.10")))
    assert due() != before
    result(f'<reverse_invoice key="{key}"><datereversed>{DATE}</datereversed></reverse_invoice>')
    assert due() == before


def test_a_generic_create_makes_the_same_invoice(result: Result) -> None:
    line = "<ARINVOICEITEM><ACCOUNTNO>4000</ACCOUNTNO><TRX_AMOUNT>5</TRX_AMOUNT></ARINVOICEITEM>"
    answer = result(
        "<create><ARINVOICE><CUSTOMERID>C-00001</CUSTOMERID><WHENCREATED>02/01/2026</WHENCREATED>"
        f"<WHENDUE>03/01/2026</WHENDUE><ARINVOICEITEMS>{line}</ARINVOICEITEMS></ARINVOICE></create>"
    )
    assert (
        '<data listtype="objects" count="1"><arinvoice><RECORDNO>4712</RECORDNO></arinvoice></data>'
        in answer
    )
    assert _fields(result, "4712", "WHENDUE,TOTALDUE") == ["2026-03-01", "5.00"]


def test_a_generic_update_with_lines_replaces_them(result: Result) -> None:
    lines = LINE.format("10", "") + LINE.format("20", "")
    key = _key(result(_invoice().replace(LINE.format("99.00", ""), lines)))
    line = "<ARINVOICEITEM><ACCOUNTNO>4010</ACCOUNTNO><TRX_AMOUNT>7</TRX_AMOUNT></ARINVOICEITEM>"
    items = f"<ARINVOICEITEMS>{line}</ARINVOICEITEMS>"
    result(f"<update><ARINVOICE><RECORDNO>{key}</RECORDNO>{items}</ARINVOICE></update>")
    read = f"<read><object>ARINVOICE</object><keys>{key}</keys></read>"
    assert re.findall("<TRX_AMOUNT>(.*?)</", result(read)) == ["7.00"]
    assert _fields(result, key, "TOTALDUE") == ["7.00"]


def test_a_line_needs_a_location_where_the_policy_says_so(result: Result, policy: Policy) -> None:
    policy(line_location_required="true")
    assert "missing the Location dimension for the Account 4000" in result(_invoice())
    assert "<key>" in result(_invoice(), entity="100")


def test_custom_fields_are_kept_on_header_and_line(result: Result) -> None:
    custom = (
        "<customfields><customfield><customfieldname>{}</customfieldname>"
        "<customfieldvalue>{}</customfieldvalue></customfield></customfields>"
    )
    text = _invoice(
        after=custom.format("HUBSPOT_DEAL_ID", "d1"), line=custom.format("INTEGRATION_KEY", "k1")
    )
    read = f"<read><object>ARINVOICE</object><keys>{_key(result(text))}</keys></read>"
    answer = result(read)
    assert "<HUBSPOT_DEAL_ID>d1</HUBSPOT_DEAL_ID>" in answer
    assert "<INTEGRATION_KEY>k1</INTEGRATION_KEY>" in answer
