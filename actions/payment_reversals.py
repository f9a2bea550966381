"""Taking back a payment, once; what it paid is due again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Unpack

from actions import reversals
from actions.declaring import Words
from connector.component import Action, Context, Inputs, Output
from connector.errors import InputError


@dataclass(frozen=True)
class Payment:
    """One kind of payment.

    Args:
        object_name: Our name of the object, such as ``arPayment``.
        words: What people call it, such as ``customer payment``.
        undone: The state that a reversal leaves behind.
    """

    object_name: str
    words: str
    undone: str


def reversal_of(payment: Payment, **words: Unpack[Words]) -> Action:
    """Return the action that reverses payments of one kind."""

    def undo(ctx: Context, inputs: Inputs) -> Output:
        return reverse(ctx, payment, inputs)

    return reversals.reversal(payment.object_name, undo, **words)


def reverse(ctx: Context, payment: Payment, inputs: Inputs) -> Output:
    """Reverse the payment that is meant; one that is reversed already stays as it is.

    Raises:
        InputError: There is no such payment, or it is a draft, which is deleted instead.
        Refused: Intacct declines, for example because the period is closed.
    """
    key = inputs["recordNo"]
    found = ctx.intacct.get(payment.object_name, key=key, fields=("recordNo", "state"))
    if not found["found"]:
        raise InputError(
            f"There is no {payment.words} with recordNo {key}.",
            advice="Check the number, and whether this connection sees the entity it belongs to.",
            field="recordNo",
        )
    keys = {name: found[name] for name in ("key", "id", "href")}
    if found["state"] == payment.undone:
        return {**keys, "outcome": "already reversed"}
    if found["state"] == "Draft":
        raise InputError(
            f"The {payment.words} {key} is a draft; only what is posted can be reversed.",
            advice="Delete the draft instead; it is in no book yet.",
            field="recordNo",
        )
    ctx.intacct.invoke("reverse", payment.object_name, inputs)
    return {**keys, "outcome": "reversed"}
