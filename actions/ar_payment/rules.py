"""What a customer payment's inputs have to say together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from actions import documents, money_places, payment_details
from actions.payment_details import Means
from actions.payment_reversals import Payment
from connector.component import Inputs
from connector.errors import InputError

MEANS = Means(
    documents=("invoice", "debitMemo"),
    credits=("creditMemo", "advance", "overpayment", "negativeInvoice", "inlineCredit"),
)
AR_PAYMENT = Payment("arPayment", "customer payment", "Reversed")


def payment_values(inputs: Inputs) -> dict[str, Any]:
    """Return the fields of the new payment that the inputs describe.

    Raises:
        InputError: Two inputs contradict one another, or one lacks another it depends on.
    """
    require_one_payer(inputs)
    money_places.require_place(inputs)
    documents.refuse_two_rates(inputs)
    payment_details.check_details(inputs, MEANS)
    return dict(inputs)


def require_one_payer(inputs: Mapping[str, Any]) -> None:
    """Refuse a payment of nobody, or of a customer and a payer at once (xml-api 4.5).

    Raises:
        InputError: Names customerId or payerName.
    """
    if "customerId" in inputs and "payerName" in inputs:
        raise InputError(
            "customerId and payerName cannot both be given.",
            advice="Give customerId for one customer's payment, payerName where one payment "
            "settles invoices of several customers.",
            field="payerName",
        )
    if "customerId" not in inputs and "payerName" not in inputs:
        raise InputError(
            "customerId is required, or payerName in its place.",
            advice="Give the Customer ID, such as C-00269; payerName is for a payment that "
            "settles invoices of several customers.",
            field="customerId",
        )
