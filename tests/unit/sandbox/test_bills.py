"""The rules of a bill through the generic and the legacy functions, and its approval."""

import re
from collections.abc import Callable

import httpx
import pytest

Result = Callable[..., str]
Policy = Callable[..., None]
LINE = "<APBILLITEM><ACCOUNTNO>6700</ACCOUNTNO><TRX_AMOUNT>{}</TRX_AMOUNT>{}</APBILLITEM>"
DATE = "<year>2026</year><month>02</month><day>01</day>"


def _items(*amounts: str, more: str = "") -> str:
    lines = "".join(LINE.format(amount, more) for amount in amounts)
    return f"<APBILLITEMS>{lines}</APBILLITEMS>"


def _bill(more: str = "<TERMNAME>Net 30</TERMNAME>", items: str = "", number: str = "T-1") -> str:
    return (
        f"<create><APBILL><VENDORID>V-100</VENDORID><WHENCREATED>02/01/2026</WHENCREATED>"
        f"<RECORDID>{number}</RECORDID>{more}{items or _items('12.50')}</APBILL></create>"
    )


def _legacy(number: str = "T-1", *, after: str = "", amount: str = "10", line: str = "") -> str:
    item = f"<glaccountno>6700</glaccountno><amount>{amount}</amount>{line}"
    return (
        f"<create_bill><vendorid>V-100</vendorid><datecreated>{DATE}</datecreated>"
        f"<termname>Net 30</termname>{after}<billno>{number}</billno>"
        f"<billitems><lineitem>{item}</lineitem></billitems></create_bill>"
    )


def _key(answer: str) -> str:
    found = re.search("<(?:key|RECORDNO)>(.*?)</", answer)
    assert found, answer
    return found[1]


def _fields(result: Result, key: str, names: str, name: str = "APBILL") -> list[str]:
    function = f"<read><object>{name}</object><keys>{key}</keys><fields>{names}</fields></read>"
    return re.findall(r"<[A-Z_]+>([^<]*)</", result(function).replace("/>", "></x>"))


def _amounts(result: Result, key: str) -> list[str]:
    read = f"<read><object>APBILL</object><keys>{key}</keys></read>"
    return re.findall("<TRX_AMOUNT>(.*?)</", result(read))


def _update(result: Result, key: str, more: str) -> str:
    return result(f"<update><APBILL><RECORDNO>{key}</RECORDNO>{more}</APBILL></update>")


def _decide(result: Result, verb: str, key: str) -> str:
    bill = f"<APBILL><RECORDNO>{key}</RECORDNO><COMMENT>ok</COMMENT></APBILL>"
    return result(f"<{verb}>{bill}</{verb}>")


def test_a_generic_create_answers_with_the_record_number_alone(result: Result) -> None:
    answer = result(_bill())
    assert (
        '<data listtype="objects" count="1"><apbill><RECORDNO>2914</RECORDNO></apbill></data>'
        in answer
    )
    names = "STATE,RAWSTATE,WHENDUE,TOTALENTERED,TRX_TOTALDUE,PAYMENTPRIORITY"
    assert _fields(result, "2914", names) == [
        "Posted", "A", "2026-03-03", "12.50", "12.50", "normal",
    ]  # fmt: skip


def test_lines_are_read_in_lower_case_below_their_wrapper(result: Result) -> None:
    key = _key(result(_bill(items=_items("1", "2.005"))))
    answer = result(f"<read><object>APBILL</object><keys>{key}</keys></read>")
    assert "<APBILLITEMS><apbillitem>" in answer
    assert re.findall("<LINE_NO>(.*?)</", answer) == ["1", "2"]
    assert _amounts(result, key) == ["1.00", "2.01"]


def test_a_posted_bill_counts_for_the_vendor_until_it_is_reversed(result: Result) -> None:
    def due() -> str:
        named = "<object>VENDOR</object><keys>V-100</keys><fields>TOTALDUE</fields>"
        return result(f"<readByName>{named}</readByName>")

    before = due()
    key = _key(result(_bill()))
    assert due() != before
    result(f'<reverse_bill key="{key}"><datereversed>{DATE}</datereversed></reverse_bill>')
    assert due() == before
    assert _fields(result, key, "STATE,TOTALDUE") == ["Reversed", "0"]


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ("", "Enter a due date or a term for the bill."),
        ("<TERMNAME>Net 90</TERMNAME>", "AP term 'Net 90' specified is not valid."),
        ("<SUPDOCID>NONE</SUPDOCID>", "Attachment 'NONE' specified is not valid."),
        ("<PAYMENTPRIORITY>soon</PAYMENTPRIORITY>", "is not a valid value for PAYMENTPRIORITY"),
        ("<WHENPOSTED>12/31/2024</WHENPOSTED>", "The period of 2024-12-31 is closed."),
    ],
)
def test_what_a_bill_says_must_be_valid(result: Result, more: str, sentence: str) -> None:
    answer = result(_bill(more))
    assert sentence in answer
    assert "Could not create bill record!" in answer


def test_an_inactive_vendor_gets_no_bill(result: Result) -> None:
    assert "Vendor 'V-490' specified is not valid." in result(_bill().replace("V-100", "V-490"))


def test_an_attachment_that_exists_is_linked(result: Result) -> None:
    key = _key(result(_bill("<WHENDUE>03/01/2026</WHENDUE><SUPDOCID>ATT-100</SUPDOCID>")))
    assert _fields(result, key, "SUPDOCID") == ["ATT-100"]


def test_a_draft_needs_no_vendor_and_no_dates(result: Result) -> None:
    text = f"<create><APBILL><ACTION>Draft</ACTION>{_items('5')}</APBILL></create>"
    key = _key(result(text))
    assert _fields(result, key, "STATE,VENDORID") == ["Draft", ""]
    answer = _update(result, key, "<ACTION>Submit</ACTION>")
    assert "Required field VENDORID is missing for Bill." in answer
    whole = (
        "<VENDORID>V-100</VENDORID><WHENCREATED>02/01/2026</WHENCREATED>"
        "<WHENDUE>02/28/2026</WHENDUE><ACTION>Submit</ACTION>"
    )
    _update(result, key, whole)
    assert _fields(result, key, "STATE,TOTALDUE") == ["Posted", "5.00"]


def test_a_bill_number_may_repeat_only_with_another_vendor(result: Result, policy: Policy) -> None:
    result(_bill())
    assert "<errorno>BL03002185</errorno>" in result(_bill())
    assert "success" in result(_bill().replace("V-100", "V-200"))
    policy(unique_bill_numbers="false")
    assert "success" in result(_bill())


@pytest.mark.parametrize(("how", "number"), [("blank", ""), ("made", "BILL-20001")])
def test_a_bill_without_a_number(result: Result, policy: Policy, how: str, number: str) -> None:
    policy(number_bills=how)
    assert _fields(result, _key(result(_bill(number=""))), "RECORDID") == [number]


def test_a_company_may_want_bill_numbers(result: Result, policy: Policy) -> None:
    policy(number_bills="refused")
    answer = result(_bill(number=""))
    assert "<errorno>BL03002128</errorno>" in answer
    assert "Enter a Bill number." in answer


def test_an_update_without_lines_keeps_them_and_one_with_lines_replaces_them(
    result: Result,
) -> None:
    key = _key(result(_bill(items=_items("1", "2", "3"))))
    _update(result, key, "<DESCRIPTION>new</DESCRIPTION>")
    assert _amounts(result, key) == ["1.00", "2.00", "3.00"]
    kept = "<APBILLITEM><LINE_NO>2</LINE_NO><ENTRYDESCRIPTION>kept</ENTRYDESCRIPTION></APBILLITEM>"
    _update(result, key, f"<APBILLITEMS>{kept}{LINE.format('9', '')}</APBILLITEMS>")
    assert _amounts(result, key) == ["2.00", "9.00"]
    assert _fields(result, key, "TOTALENTERED") == ["11.00"]
    missing = kept.replace("<LINE_NO>2", "<LINE_NO>7")
    answer = _update(result, key, f"<APBILLITEMS>{missing}</APBILLITEMS>")
    assert "The transaction has no line 7." in answer


def test_a_legacy_update_merges_lines_by_number(result: Result) -> None:
    key = _key(result(_legacy()))
    added = "<lineitem><glaccountno>6400</glaccountno><amount>3</amount></lineitem>"
    changed = '<updatelineitem line_num="1"><amount>4</amount></updatelineitem>'
    items = f"<updatebillitems>{changed}{added}</updatebillitems>"
    assert f"<key>{key}</key>" in result(f'<update_bill key="{key}">{items}</update_bill>')
    assert _amounts(result, key) == ["4.00", "3.00"]


def test_a_legacy_bill_is_the_same_bill(result: Result) -> None:
    line = "<memo>m</memo><locationid>100</locationid><item1099>true</item1099>"
    key = _key(result(_legacy(after="<action>Draft</action>", line=line)))
    assert _fields(result, key, "RECORDID,STATE") == ["T-1", "Draft"]
    answer = result(f"<read><object>APBILL</object><keys>{key}</keys></read>")
    assert "<ENTRYDESCRIPTION>m</ENTRYDESCRIPTION>" in answer
    assert "<FORM1099>true</FORM1099>" in answer
    assert f"<key>{key}</key>" in result(f'<delete_bill key="{key}"/>')
    assert 'count="0"' in result(f"<read><object>APBILL</object><keys>{key}</keys></read>")


def test_a_bill_that_is_paid_is_neither_changed_nor_deleted_nor_reversed(result: Result) -> None:
    assert "because it is Paid" in _update(result, "2900", "<DESCRIPTION>x</DESCRIPTION>")
    assert "because it is Paid" in result(
        "<delete><object>APBILL</object><keys>2900</keys></delete>"
    )
    reverse = f'<reverse_bill key="2900"><datereversed>{DATE}</datereversed></reverse_bill>'
    assert "this one is Paid" in result(reverse)


def test_approval_takes_as_many_as_the_company_wants(result: Result, policy: Policy) -> None:
    policy(bill_approvals="2")
    key = _key(result(_bill()))
    states = [_fields(result, key, "STATE,RAWSTATE")]
    for _ in range(2):
        _decide(result, "approve", key)
        states.append(_fields(result, key, "STATE,RAWSTATE"))
    assert states == [["Submitted", "S"], ["Partially Approved", "PA"], ["Posted", "A"]]
    assert "this one is Posted" in _decide(result, "approve", key)


def test_a_declined_bill_is_changed_and_submitted_again(result: Result, policy: Policy) -> None:
    policy(bill_approvals="1")
    key = _key(result(_bill()))
    assert "because it is Submitted" in _update(result, key, "<DESCRIPTION>x</DESCRIPTION>")
    _decide(result, "decline", key)
    assert _fields(result, key, "STATE,RAWSTATE,COMMENT") == ["Declined", "U", "ok"]
    _update(result, key, "<ACTION>Submit</ACTION>")
    assert _fields(result, key, "STATE") == ["Submitted"]


def test_approvals_start_over_after_a_decline(result: Result, policy: Policy) -> None:
    policy(bill_approvals="2")
    key = _key(result(_bill()))
    _decide(result, "approve", key)
    _decide(result, "decline", key)
    _update(result, key, "<ACTION>Submit</ACTION>")
    _decide(result, "approve", key)
    assert _fields(result, key, "STATE") == ["Partially Approved"]


def test_a_submitted_bill_can_be_recalled(result: Result) -> None:
    result("<recallApBill><recordno>2913</recordno></recallApBill>")
    assert _fields(result, "2913", "STATE") == ["Draft"]
    assert "Only a submitted bill can be recalled" in result(
        "<recallApBill><recordno>2913</recordno></recallApBill>"
    )


def test_only_bills_are_approved_here(result: Result) -> None:
    answer = result("<approve><PODOCUMENT><DOCID>1</DOCID></PODOCUMENT></approve>")
    assert "SANDBOX-NOT-OFFERED" in answer
    assert "Cannot find bill with key '1' to approve." in _decide(result, "approve", "1")


def test_states_are_codes_for_one_query_and_labels_for_the_other(result: Result) -> None:
    by_code = "<object>APBILL</object><fields>RECORDNO</fields><query>STATE = 'S'</query>"
    assert re.findall("<RECORDNO>(.*?)</", result(f"<readByQuery>{by_code}</readByQuery>")) == [
        "2913"
    ]
    values = "<value>Selected</value><value>Paid</value>"
    by_label = f"<filter><in><field>STATE</field>{values}</in></filter>"
    select = "<select><field>RECORDNO</field></select>"
    answer = result(f"<query><object>APBILL</object>{select}{by_label}</query>")
    assert re.findall("<RECORDNO>(.*?)</", answer) == ["2900", "2902"]


def test_an_account_may_ask_for_dimensions(result: Result) -> None:
    def line(account: str, more: str = "") -> str:
        own = _items("5", more=more).replace("6700", account)
        return result(_bill("<WHENDUE>03/01/2026</WHENDUE>", own, number=""))

    missing = "This transaction is missing the {} dimension for the Account {}."
    assert missing.format("Department", "6200") in line("6200")
    assert missing.format("Location", "6100") in line("6100")
    assert missing.format("Project", "6300") in line("6300")
    assert "success" in line("6300", "<PROJECTID>P-100</PROJECTID>")
    assert "TASKID is only available together with PROJECTID." in line("6700", "<TASKID>T</TASKID>")


def test_a_user_defined_dimension_holds_a_record_number(result: Result) -> None:
    def line(region: str) -> str:
        own = _items("5", more=f"<GLDIMREGION>{region}</GLDIMREGION>")
        return result(_bill("<WHENDUE>03/01/2026</WHENDUE>", own, number=""))

    key = _key(line("2"))
    read = f"<read><object>APBILL</object><keys>{key}</keys></read>"
    assert "<GLDIMREGION>2</GLDIMREGION>" in result(read)
    assert "Region '77' specified is not valid." in line("77")


def test_the_ledger_names_every_change(result: Result, client: httpx.Client) -> None:
    key = _key(result(_bill()))
    _update(result, key, "<DESCRIPTION>new</DESCRIPTION>")
    result(f"<delete><object>APBILL</object><keys>{key}</keys></delete>")
    rows = client.get("/_sandbox/ledger", params={"object": "APBILL"}).json()
    assert [(row["operation"], row["key"]) for row in rows] == [
        ("create", key), ("update", key), ("delete", key),
    ]  # fmt: skip
    result(_bill(more="<TERMNAME>Nonsense</TERMNAME>"))
    assert len(client.get("/_sandbox/ledger", params={"object": "APBILL"}).json()) == len(rows)
