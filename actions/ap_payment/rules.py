"""What a vendor payment's inputs have to say together."""

from __future__ import annotations

from typing import Any

from actions import payment_details
from actions.payment_details import Means
from actions.payment_reversals import Payment
from connector.component import Inputs
from connector.errors import InputError

MEANS = Means(
    documents=("bill", "creditMemo"),
    credits=("debitMemo", "advance", "inlineCredit"),
)
# A vendor's payment that is taken back is shown as voided (xml-api 4.6).
AP_PAYMENT = Payment("apPayment", "vendor payment", "Voided")


def payment_values(inputs: Inputs) -> dict[str, Any]:
    """Return the fields of the new payment that the inputs describe.

    Raises:
        InputError: Two inputs contradict one another, or one lacks another it depends on.
    """
    payment_details.check_details(inputs, MEANS)
    require_bank_for_money(inputs)
    require_bill_method_for_joint_check(inputs)
    return dict(inputs)


def require_bank_for_money(inputs: Inputs) -> None:
    """Refuse a payment in money without the account it leaves, or without its method.

    Intacct lets both be left out only where credits alone pay (xml-api 4.6).

    Raises:
        InputError: Names financialEntity or paymentMethod.
    """
    for name, what in (("financialEntity", "bank account"), ("paymentMethod", "way to pay")):
        if name not in inputs and payment_details.is_paid_in_money(inputs):
            raise InputError(
                f"{name} is required where something is paid in money.",
                advice=f"Give the {what}; only credits alone can do without.",
                field=name,
            )


def require_bill_method_for_joint_check(inputs: Inputs) -> None:
    """Refuse a joint check that is not asked for bill by bill (AP payments page).

    Raises:
        InputError: Names paymentRequestMethod.
    """
    is_joint = inputs.get("paymentMethod") == "Joint Check"
    if is_joint and inputs.get("paymentRequestMethod") != "bill":
        raise InputError(
            "A joint check needs the paymentRequestMethod bill.",
            advice="Set paymentRequestMethod to bill, or choose another payment method.",
            field="paymentRequestMethod",
        )
