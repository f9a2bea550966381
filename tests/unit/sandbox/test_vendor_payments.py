"""What payments to vendors do to bills, with and without the verbs of payment requests."""

import re
from collections.abc import Callable

import pytest

Result = Callable[..., str]
Policy = Callable[..., None]
DATE = "<year>2026</year><month>03</month><day>05</day>"
NAMES = "STATE,TRX_TOTALDUE,TRX_TOTALSELECTED"


def _read(result: Result, name: str, key: str, names: str) -> list[str]:
    function = f"<read><object>{name}</object><keys>{key}</keys><fields>{names}</fields></read>"
    return re.findall(r"<[A-Z_]+>([^<]*)</", result(function).replace("/>", "></x>"))


def _key(answer: str) -> str:
    found = re.search("<(?:key|RECORDNO)>(.*?)</", answer)
    assert found, answer
    return found[1]


def _bill(result: Result, amount: str = "100", more: str = "") -> str:
    line = f"<APBILLITEM><ACCOUNTNO>6700</ACCOUNTNO><TRX_AMOUNT>{amount}</TRX_AMOUNT></APBILLITEM>"
    return _key(
        result(
            "<create><APBILL><VENDORID>V-200</VENDORID><WHENCREATED>02/01/2026</WHENCREATED>"
            f"<TERMNAME>Net 30</TERMNAME>{more}<APBILLITEMS>{line}</APBILLITEMS></APBILL></create>"
        )
    )


@pytest.fixture
def bill(result: Result) -> str:
    """Return the record number of a bill of 100."""
    return _bill(result)


def _detail(key: str, amount: str, more: str = "") -> str:
    cash = f"<TRX_PAYMENTAMOUNT>{amount}</TRX_PAYMENTAMOUNT>" if amount else ""
    return f"<APPYMTDETAIL><RECORDKEY>{key}</RECORDKEY>{cash}{more}</APPYMTDETAIL>"


BANK = "<FINANCIALENTITY>CHK-100</FINANCIALENTITY><PAYMENTMETHOD>Printed Check</PAYMENTMETHOD>"


def _payment(*details: str, more: str = "", bank: str = BANK) -> str:
    return (
        "<create><APPYMT><VENDORID>V-200</VENDORID><PAYMENTDATE>03/05/2026</PAYMENTDATE>"
        f"<CURRENCY>USD</CURRENCY>{bank}{more}"
        f"<APPYMTDETAILS>{''.join(details)}</APPYMTDETAILS></APPYMT></create>"
    )


def _go_on(result: Result, verb: str, key: str) -> str:
    keys = f"<appaymentkeys><appaymentkey>{key}</appaymentkey></appaymentkeys>"
    return result(f"<{verb}_appaymentrequest>{keys}</{verb}_appaymentrequest>")


def test_a_payment_pays_a_bill_at_once(result: Result, bill: str) -> None:
    key = _key(result(_payment(_detail(bill, "100"))))
    assert _read(result, "APBILL", bill, f"{NAMES},WHENPAID") == ["Paid", "0", "0", "2026-03-05"]
    # The payment date is read as WHENCREATED.
    assert _read(result, "APPYMT", key, "STATE,RAWSTATE,WHENCREATED") == [
        "Posted", "C", "2026-03-05",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("Printed Check", "Barter"), "'Barter' is not a valid value for PAYMENTMETHOD."),
        (("CHK-100", "NONE"), "Financial entity 'NONE' specified is not valid."),
        ((BANK, ""), "Enter a financial entity and a payment method."),
        (("V-200", "V-100"), "does not belong to Vendor V-100."),
        (("V-200", "V-450"), "Vendor 'V-450' is on hold."),
        ((">100<", ">100.01<"), "The amount 100.01 is more than the 100.00 that is open on bill"),
        (("03/05/2026", "12/31/2024"), "The period of 2024-12-31 is closed."),
        (("<TRX_PAY", "<ADVANCEKEY>1</ADVANCEKEY><TRX_PAY"), "Cannot find advance with key '1'."),
    ],
)
def test_a_wrong_payment_is_refused(
    result: Result, bill: str, change: tuple[str, str], sentence: str
) -> None:
    answer = result(_payment(_detail(bill, "100")).replace(*change))
    assert sentence in answer
    assert "Could not create AP payment record!" in answer
    assert _read(result, "APBILL", bill, NAMES) == ["Posted", "100.00", "0"]


def test_a_card_pays_bills_too(result: Result, bill: str) -> None:
    assert "success" in result(_payment(_detail(bill, "1")).replace("CHK-100", "CARD-1"))


def test_a_bill_on_hold_is_not_paid(result: Result) -> None:
    key = _bill(result, more="<ONHOLD>true</ONHOLD>")
    assert "is on hold." in result(_payment(_detail(key, "1")))


def test_a_draft_selects_the_bill_and_an_update_replaces_everything(
    result: Result, bill: str
) -> None:
    key = _key(result(_payment(_detail(bill, "30"), more="<ACTION>Draft</ACTION>")))
    assert _read(result, "APBILL", bill, NAMES) == ["Selected", "100.00", "30.00"]
    update = f"<update><APPYMT><RECORDNO>{key}</RECORDNO>{{}}</APPYMT></update>"
    assert "Send all details of the payment" in result(
        update.format("<DESCRIPTION>d</DESCRIPTION>")
    )
    details = f"<APPYMTDETAILS>{_detail(bill, '45')}</APPYMTDETAILS>"
    result(update.format(details))
    assert _read(result, "APBILL", bill, NAMES) == ["Selected", "100.00", "45.00"]
    result(update.format(f"<ACTION>Submit</ACTION>{details}"))
    assert _read(result, "APBILL", bill, NAMES) == ["Partially Paid", "55.00", "0"]


def test_a_deleted_draft_lets_the_bill_go(result: Result, bill: str) -> None:
    key = _key(result(_payment(_detail(bill, "30"), more="<ACTION>Draft</ACTION>")))
    result(f"<delete><object>APPYMT</object><keys>{key}</keys></delete>")
    assert _read(result, "APBILL", bill, NAMES) == ["Posted", "100.00", "0"]


def test_a_request_goes_through_approval_and_confirmation(
    result: Result, policy: Policy, bill: str
) -> None:
    policy(bill_payments="submitted")
    key = _key(result(_payment(_detail(bill, "100"))))
    states = [_read(result, "APPYMT", key, "STATE") + _read(result, "APBILL", bill, "STATE")]
    assert "because it is Submitted" in _go_on(result, "confirm", key)
    for verb in ("approve", "send", "confirm", "void"):
        assert "success" in _go_on(result, verb, key)
        states.append(
            _read(result, "APPYMT", key, "STATE") + _read(result, "APBILL", bill, "STATE")
        )
    assert states == [
        ["Submitted", "Selected"],
        ["Approved", "Selected"],
        ["Approved", "Selected"],
        ["Posted", "Paid"],
        ["Voided", "Posted"],
    ]
    assert "cannot be voided because it is Voided" in _go_on(result, "void", key)


def test_a_declined_request_is_a_draft_again(result: Result, policy: Policy, bill: str) -> None:
    policy(bill_payments="submitted")
    key = _key(result(_payment(_detail(bill, "100"))))
    _go_on(result, "decline", key)
    assert _read(result, "APPYMT", key, "STATE") == ["Draft"]
    assert _read(result, "APBILL", bill, "STATE") == ["Selected"]


def test_a_missing_request_undoes_the_others(result: Result, policy: Policy, bill: str) -> None:
    policy(bill_payments="submitted")
    key = _key(result(_payment(_detail(bill, "100"))))
    keys = "".join(f"<appaymentkey>{k}</appaymentkey>" for k in (key, "1"))
    text = f"<appaymentkeys>{keys}</appaymentkeys>"
    answer = result(f"<approve_appaymentrequest>{text}</approve_appaymentrequest>")
    assert "Cannot find AP payment with key '1' to approve." in answer
    assert _read(result, "APPYMT", key, "STATE") == ["Submitted"]


def test_a_reversed_payment_makes_the_bill_due_again(result: Result, bill: str) -> None:
    key = _key(result(_payment(_detail(bill, "40"))))
    reverse = (
        f'<reverse_appayment key="{key}"><datereversed>{DATE}</datereversed></reverse_appayment>'
    )
    assert f"<key>{key}</key>" in result(reverse)
    assert _read(result, "APBILL", bill, NAMES) == ["Posted", "100.00", "0"]
    assert _read(result, "APPYMT", key, "STATE,RAWSTATE") == ["Voided", "V"]


def test_a_negative_bill_is_a_credit(result: Result, bill: str) -> None:
    credit = _bill(result, "-25")
    inline = f"<INLINEKEY>{credit}</INLINEKEY><TRX_INLINEAMOUNT>25</TRX_INLINEAMOUNT>"
    # A payment by credits alone names no bank.
    assert "success" in result(_payment(_detail(bill, "", inline), bank=""))
    assert _read(result, "APBILL", bill, "STATE,TRX_TOTALDUE") == ["Partially Paid", "75.00"]
    assert _read(result, "APBILL", credit, "STATE,TRX_TOTALDUE") == ["Paid", "0"]
    other = _bill(result, "10")
    assert "is a credit and cannot be paid." in result(_payment(_detail(_bill(result, "-3"), "1")))
    wrong = f"<INLINEKEY>{other}</INLINEKEY><TRX_INLINEAMOUNT>1</TRX_INLINEAMOUNT>"
    assert f"The record {other} is not a credit." in result(
        _payment(_detail(bill, "", wrong), bank="")
    )


def _adjustment(result: Result, amount: str) -> str:
    line = f"<lineitem><glaccountno>6700</glaccountno><amount>{amount}</amount></lineitem>"
    day = "<year>2026</year><month>02</month><day>01</day>"
    return _key(
        result(
            f"<create_apadjustment><vendorid>V-200</vendorid><datecreated>{day}</datecreated>"
            f"<apadjustmentitems>{line}</apadjustmentitems></create_apadjustment>"
        )
    )


def test_adjustments_of_a_vendor_are_paid_and_used_as_credits(result: Result, bill: str) -> None:
    credit, debit = _adjustment(result, "-25"), _adjustment(result, "10")
    used = f"<ADJUSTMENTKEY>{credit}</ADJUSTMENTKEY><TRX_ADJUSTMENTAMOUNT>20</TRX_ADJUSTMENTAMOUNT>"
    paid = _detail(debit, "10").replace("RECORDKEY", "POSADJKEY")
    assert "success" in result(_payment(_detail(bill, "30", used), paid))
    names = "STATE,TRX_TOTALDUE"
    assert _read(result, "APBILL", bill, names) == ["Partially Paid", "50.00"]
    assert _read(result, "APADJUSTMENT", credit, names) == ["Partially Paid", "-5.00"]
    assert _read(result, "APADJUSTMENT", debit, names) == ["Paid", "0"]
    key = _adjustment(result, "7")
    changed = '<updatelineitem line_num="1"><amount>8</amount></updatelineitem>'
    items = f"<updateapadjustmentitems>{changed}</updateapadjustmentitems>"
    result(f'<update_apadjustment key="{key}">{items}</update_apadjustment>')
    assert _read(result, "APADJUSTMENT", key, names) == ["Posted", "8.00"]
    assert f"<key>{key}</key>" in result(f'<delete_apadjustment key="{key}"/>')


def test_a_payment_request_pays_the_bills_it_names(result: Result, bill: str) -> None:
    def request(items: str, method: str = "Charge Card", bank: str = "CARD-1") -> str:
        place = f"<chargecardid>{bank}</chargecardid>"
        head = f"{place}<vendorid>V-200</vendorid><paymentmethod>{method}</paymentmethod>"
        when = f"<paymentdate>{DATE}</paymentdate>"
        return result(f"<create_paymentrequest>{head}{when}{items}</create_paymentrequest>")

    item = f"<key>{bill}</key><paymentamount>40</paymentamount>"
    one = f"<paymentrequestitem>{item}{{}}</paymentrequestitem>"
    items = f"<paymentrequestitems>{one}</paymentrequestitems>"
    key = _key(request(items.format("")))
    assert _read(result, "APPYMT", key, "STATE,PAYMENTMETHOD,TRX_TOTALENTERED") == [
        "Posted", "Credit Card", "40.00",
    ]  # fmt: skip
    assert _read(result, "APBILL", bill, "STATE,TRX_TOTALDUE") == ["Partially Paid", "60.00"]
    assert "SANDBOX-NOT-OFFERED" in request("<paymentamount>5</paymentamount>")
    assert "SANDBOX-NOT-OFFERED" in request(items.format("<credittoapply>1</credittoapply>"))
    assert "Only a draft payment can be deleted" in result(f'<delete_paymentrequest key="{key}"/>')
