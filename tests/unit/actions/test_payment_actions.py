from __future__ import annotations

from typing import Any

import pytest

from actions.ap_payment.create_ap_payment import ACTION as PAY
from actions.ap_payment.reverse_ap_payment import ACTION as REVERSE_PAID
from actions.ar_payment.apply_ar_payment import ACTION as APPLY
from actions.ar_payment.create_ar_payment import ACTION as RECEIVE
from actions.ar_payment.reverse_ar_payment import ACTION as REVERSE
from connector.component import Action, Context
from connector.errors import InputError

Calls = list[tuple[str, tuple[Any, ...], dict[str, Any]]]
RECEIVED = {
    "customerId": "C-1",
    "paymentMethod": "Cash",
    "receiptDate": "2026-03-02",
    "financialEntity": "CHK-100",
    "paymentDetails": [{"invoiceKey": "4774", "amount": "60.00"}],
}
PAID = {
    "vendorId": "V-1",
    "paymentMethod": "EFT",
    "paymentDate": "2026-03-02",
    "financialEntity": "CHK-100",
    "paymentDetails": [{"billKey": "2001", "amount": "60.00"}],
}


def _sent(action: Action, ctx: Context, calls: Calls, inputs: dict[str, Any]) -> dict[str, Any]:
    calls.clear()
    action.run(ctx, inputs)
    [(verb, (object_name, values), _)] = calls
    assert (verb, object_name) == ("create", action.object_name)
    return dict(values)


def _refusal(action: Action, ctx: Context, calls: Calls, inputs: dict[str, Any]) -> InputError:
    calls.clear()
    with pytest.raises(InputError) as refused:
        action.run(ctx, inputs)
    assert calls == []
    assert refused.value.title.endswith(".")
    return refused.value


def _detail(ctx: Context, calls: Calls, **detail: Any) -> InputError:
    return _refusal(RECEIVE, ctx, calls, {**RECEIVED, "paymentDetails": [detail]})


@pytest.mark.accepts("A24")
def test_a_receipt_names_its_invoices(ctx: Context, calls: Calls) -> None:
    assert _sent(RECEIVE, ctx, calls, RECEIVED) == RECEIVED
    error = _refusal(RECEIVE, ctx, calls, {**RECEIVED, "paymentDetails": []})
    assert error.field == "paymentDetails"


def test_details_may_be_json_text_or_one_object(ctx: Context, calls: Calls) -> None:
    text = '[{"invoice_key": 4774, "amount": 60.00}]'
    for given in (text, RECEIVED["paymentDetails"][0]):
        sent = _sent(RECEIVE, ctx, calls, {**RECEIVED, "paymentDetails": given})
        assert sent["paymentDetails"] == RECEIVED["paymentDetails"]


def test_a_payment_is_of_one_customer_or_of_one_payer(ctx: Context, calls: Calls) -> None:
    nobody = {name: value for name, value in RECEIVED.items() if name != "customerId"}
    assert _refusal(RECEIVE, ctx, calls, nobody).field == "customerId"
    assert _refusal(RECEIVE, ctx, calls, {**RECEIVED, "payerName": "A"}).field == "payerName"
    assert _sent(RECEIVE, ctx, calls, {**nobody, "payerName": "A"})["payerName"] == "A"


def test_received_money_goes_to_one_place(ctx: Context, calls: Calls) -> None:
    nowhere = {name: value for name, value in RECEIVED.items() if name != "financialEntity"}
    assert _refusal(RECEIVE, ctx, calls, nowhere).field == "financialEntity"
    assert _sent(RECEIVE, ctx, calls, {**nowhere, "undepositedAccountNo": "1070"})


def test_a_detail_pays_one_document(ctx: Context, calls: Calls) -> None:
    assert _detail(ctx, calls, amount="1").field == "paymentDetails[0].invoiceKey"
    both = _detail(ctx, calls, invoiceKey="1", debitMemoKey="2", amount="1")
    assert both.field == "paymentDetails[0].debitMemoKey"
    line = _detail(ctx, calls, invoiceKey="1", debitMemoLineKey="2", amount="1")
    assert line.field == "paymentDetails[0].debitMemoKey"


def test_a_detail_uses_up_one_kind_of_credit(ctx: Context, calls: Calls) -> None:
    advance = {"advanceKey": "5", "advanceAmount": "1"}
    memo = {"creditMemoKey": "6", "creditMemoAmount": "1"}
    assert _detail(ctx, calls, invoiceKey="1", **advance, **memo).field == (
        "paymentDetails[0].advanceKey"
    )
    assert _sent(RECEIVE, ctx, calls, {**RECEIVED, "paymentDetails": [{"invoiceKey": "1", **memo}]})


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"advanceKey": "5", "amount": "1"}, "advanceAmount"),
        ({"advanceAmount": "5"}, "advanceKey"),
        ({"creditMemoLineKey": "5", "amount": "1"}, "creditMemoKey"),
        ({}, "amount"),
    ],
)
def test_what_belongs_together_is_asked_for(
    ctx: Context, calls: Calls, given: dict[str, str], missing: str
) -> None:
    assert _detail(ctx, calls, invoiceKey="1", **given).field == f"paymentDetails[0].{missing}"


@pytest.mark.parametrize("amount", ["0", "-5.00"])
def test_nothing_and_less_is_no_payment(ctx: Context, calls: Calls, amount: str) -> None:
    error = _detail(ctx, calls, invoiceKey="1", amount=amount)
    assert error.field == "paymentDetails[0].amount"
    assert amount in error.title


def test_two_discounts_exclude_one_another(ctx: Context, calls: Calls) -> None:
    discounts = {"discountDate": "2026-03-02", "discountAmount": "1"}
    error = _detail(ctx, calls, invoiceKey="1", amount="1", **discounts)
    assert error.field == "paymentDetails[0].discountAmount"


def test_a_rate_of_ones_own_excludes_a_type(ctx: Context, calls: Calls) -> None:
    rates = {"currency": "EUR", "exchangeRate": "1.1", "exchangeRateType": "Intacct Daily Rate"}
    assert _refusal(RECEIVE, ctx, calls, {**RECEIVED, **rates}).field == "exchangeRateType"


def test_yen_have_no_cents(ctx: Context, calls: Calls) -> None:
    detail = {"invoiceKey": "1", "amount": "1.50"}
    given = {**RECEIVED, "currency": "JPY", "paymentDetails": [detail]}
    assert _refusal(RECEIVE, ctx, calls, given).field == "paymentDetails[0].amount"


def test_yen_have_no_cents_in_credits_and_discounts_either(ctx: Context, calls: Calls) -> None:
    for name, more in (("creditMemoAmount", {"creditMemoKey": "7"}), ("discountAmount", {})):
        detail = {"invoiceKey": "4774", "amount": "60", name: "0.50", **more}
        given = {**RECEIVED, "currency": " JPY ", "paymentDetails": [detail]}
        assert _refusal(RECEIVE, ctx, calls, given).field == f"paymentDetails[0].{name}"


@pytest.mark.accepts("A25")
def test_a_vendor_is_paid_from_a_bank_account(ctx: Context, calls: Calls) -> None:
    assert _sent(PAY, ctx, calls, PAID) == PAID
    for name in ("financialEntity", "paymentMethod"):
        without = {key: value for key, value in PAID.items() if key != name}
        assert _refusal(PAY, ctx, calls, without).field == name


def test_credits_alone_need_no_bank_account(ctx: Context, calls: Calls) -> None:
    credit = {"billKey": "2001", "debitMemoKey": "9", "debitMemoAmount": "5.00"}
    given = {"vendorId": "V-1", "paymentDate": "2026-03-02", "paymentDetails": [credit]}
    assert _sent(PAY, ctx, calls, given) == given
    as_text = {**given, "paymentDetails": "<APPYMTDETAIL><RECORDKEY>1</RECORDKEY></APPYMTDETAIL>"}
    assert _refusal(PAY, ctx, calls, as_text).field == "financialEntity"


def test_a_joint_check_is_asked_for_bill_by_bill(ctx: Context, calls: Calls) -> None:
    given = {**PAID, "paymentMethod": "Joint Check"}
    assert _refusal(PAY, ctx, calls, given).field == "paymentRequestMethod"
    assert _sent(PAY, ctx, calls, {**given, "paymentRequestMethod": "bill"})


@pytest.mark.parametrize("action", [RECEIVE, PAY])
def test_the_number_says_what_it_is_good_for(action: Action) -> None:
    help_text = action.form.schema["properties"]["documentNumber"]["description"]
    assert "without a number a lost answer needs a person" in help_text


def test_applying_tells_what_went_where(ctx: Context, calls: Calls) -> None:
    details = [{"invoiceKey": "4774", "amount": "10.99"}]
    given = {"recordNo": "7", "paymentDate": "2026-03-02", "paymentDetails": details}
    assert APPLY.run(ctx, given) == {"key": "7", "applied": details}
    assert calls == [("invoke", ("apply", "arPayment", given), {})]


REVERSAL = {"recordNo": "7", "reversalDate": "2026-03-31"}


@pytest.mark.parametrize(
    ("action", "name", "undone"),
    [(REVERSE, "arPayment", "Reversed"), (REVERSE_PAID, "apPayment", "Voided")],
)
def test_a_posted_payment_is_reversed_once(
    ctx: Context, calls: Calls, answers: dict[str, Any], action: Action, name: str, undone: str
) -> None:
    keys = {"key": "7", "id": "7", "href": "/objects/x/7"}
    answers["get"] = {"found": True, **keys, "state": "Posted"}
    assert action.run(ctx, REVERSAL) == {**keys, "outcome": "reversed"}
    assert calls[-1] == ("invoke", ("reverse", name, REVERSAL), {})
    calls.clear()
    answers["get"]["state"] = undone
    assert action.run(ctx, REVERSAL) == {**keys, "outcome": "already reversed"}
    assert [verb for verb, _, _ in calls] == ["get"]


@pytest.mark.parametrize(
    "found",
    [{"found": False}, {"found": True, "key": "7", "id": "7", "href": "", "state": "Draft"}],
)
def test_what_is_not_there_or_a_draft_is_not_reversed(
    ctx: Context, calls: Calls, answers: dict[str, Any], found: dict[str, Any]
) -> None:
    answers["get"] = found
    with pytest.raises(InputError) as refused:
        REVERSE.run(ctx, REVERSAL)
    assert refused.value.field == "recordNo"
    assert [verb for verb, _, _ in calls] == ["get"]
