"""What the details of payments have to say: which document is paid, with what, and how much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from actions import lines, xml_amounts
from connector.component import Inputs
from connector.errors import InputError

_NAME = "paymentDetails"


@dataclass(frozen=True)
class Means:
    """What the details of one kind of payment can pay, and what they can use up for it.

    Args:
        documents: What can be paid, such as ``invoice``: its key stands in ``invoiceKey``, the
            key of its one line in ``invoiceLineKey``.
        credits: What can be used up, such as ``creditMemo``: named in the same way, how much of
            it in ``creditMemoAmount``.
    """

    documents: tuple[str, ...]
    credits: tuple[str, ...]


def check_details(inputs: Inputs, means: Means) -> None:
    """Refuse details that contradict themselves; of those given as XML, inexact amounts.

    Raises:
        InputError: No document or two, a line without its document, two kinds of credit, a
            credit without its amount, nothing to pay with, or two discounts.
    """
    details = inputs[_NAME]
    xml_amounts.check(details, _NAME, inputs.get("currency", ""))
    if isinstance(details, str):
        return
    for place, detail in enumerate(details):
        if isinstance(detail, Mapping):
            _check_detail(detail, means, f"{_NAME}[{place}]")
    lines.refuse_fractions_of_whole_currency(inputs.get("currency", ""), details, _NAME)


def is_paid_in_money(inputs: Inputs) -> bool:
    """Say whether money moves: false only where every detail is known to use up credits alone."""
    details = inputs[_NAME]
    if isinstance(details, str):
        return True
    return any(not isinstance(detail, Mapping) or "amount" in detail for detail in details)


def _check_detail(detail: Mapping[str, Any], means: Means, path: str) -> None:
    require_one_document(detail, means.documents, path)
    refuse_two_credits(detail, means.credits, path)
    for name in (*means.documents, *means.credits):
        lines.require_owner(detail, f"{name}LineKey", f"{name}Key", path)
    for name in means.credits:
        lines.require_owner(detail, f"{name}Key", f"{name}Amount", path)
        lines.require_owner(detail, f"{name}Amount", f"{name}Key", path)
    require_amount(detail, means.credits, path)
    refuse_two_discounts(detail, path)


def require_one_document(detail: Mapping[str, Any], documents: tuple[str, ...], path: str) -> None:
    """Refuse a detail that pays nothing, or two documents at once (xml-api 4.5, 4.6).

    Raises:
        InputError: Names the first or the second key.
    """
    keys = [f"{name}Key" for name in documents]
    given = [key for key in keys if key in detail]
    if len(given) > 1:
        raise InputError(
            f"{path} gives both {given[0]} and {given[1]}.",
            advice="Make two details of it, one for each.",
            field=f"{path}.{given[1]}",
        )
    if not given:
        raise InputError(
            f"{path}.{keys[0]} is required, or {' or '.join(keys[1:])} in its place.",
            advice="Give the record number of what is paid.",
            field=f"{path}.{keys[0]}",
        )


def refuse_two_credits(detail: Mapping[str, Any], credits_: tuple[str, ...], path: str) -> None:
    """Refuse two kinds of credit in one detail: Intacct takes one for each (xml-api 4.5).

    Raises:
        InputError: Names the second one.
    """
    given = [f"{name}Key" for name in credits_ if f"{name}Key" in detail]
    if len(given) > 1:
        raise InputError(
            f"{path} uses up two kinds of credit: {given[0]} and {given[1]}.",
            advice="Make a detail of its own for each kind of credit, with the same document.",
            field=f"{path}.{given[1]}",
        )


def require_amount(detail: Mapping[str, Any], credits_: tuple[str, ...], path: str) -> None:
    """Refuse a detail that pays nothing or less than nothing.

    Raises:
        InputError: Names the amount.
    """
    names = ("amount", "discountAmount", *(f"{name}Amount" for name in credits_))
    given = [name for name in names if name in detail]
    if not given:
        raise InputError(
            f"{path}.amount is required.",
            advice="Give what is paid in money, or the credit that is used up and how much of it.",
            field=f"{path}.amount",
        )
    for name in given:
        if Decimal(detail[name]) <= 0:
            raise InputError(
                f"{path}.{name} is {detail[name]}, but what is paid is above zero.",
                advice="Give the amount without a minus; leave the detail out if nothing is paid.",
                field=f"{path}.{name}",
            )


def refuse_two_discounts(detail: Mapping[str, Any], path: str) -> None:
    """Refuse a discount of one's own beside those that were open on a day.

    Raises:
        InputError: Names discountAmount.
    """
    if "discountDate" in detail and "discountAmount" in detail:
        raise InputError(
            f"{path} gives both discountDate and discountAmount.",
            advice="Keep discountDate for the terms' discount, discountAmount for one of your own.",
            field=f"{path}.discountAmount",
        )
