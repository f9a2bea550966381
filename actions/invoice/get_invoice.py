"""Get Invoice: read one invoice with its lines."""

from __future__ import annotations

from actions import rules, verbs
from connector.component import Action, Context, Effect, Inputs, Output
from connector.errors import InputError
from connector.intacct.operation import Condition


def perform(ctx: Context, inputs: Inputs) -> Output:
    """Read the invoice that the record number, else the invoice number, names.

    Raises:
        InputError: Neither is given, they differ, or several invoices carry the number.
    """
    rules.require_any(inputs, "recordNo", "invoiceNumber", what="invoice")
    key = inputs.get("recordNo") or _key_of(ctx, inputs["invoiceNumber"])
    if not key:
        return {"found": False}
    record = verbs.read(ctx, "invoice", {**inputs, "recordNo": key}, "invoiceNumber")
    if record["found"] and verbs.asked_fields(inputs, "invoiceNumber") == ("*",):
        record.setdefault("lineItems", [])
    return record


def _key_of(ctx: Context, number: str) -> str:
    # Numbers are unique only where the company enforces it, so the number is looked up first.
    rows = ctx.intacct.query(
        "invoice",
        select=["recordNo", "customerId"],
        where=Condition("invoiceNumber", "equalTo", (number,)),
        limit=2,
    )
    if len(rows) > 1:
        customers = " and ".join(str(row["customerId"]) for row in rows)
        raise InputError(
            f"Several invoices carry the number '{number}', among them those of {customers}.",
            advice="Give the recordNo of the one you mean.",
            field="recordNo",
        )
    return str(rows[0]["recordNo"]) if rows else ""


ACTION = Action(
    key="getInvoice",
    label="Get Invoice",
    description="Gets an invoice with its lines by its record number or its invoice number.",
    object_name="invoice",
    inputs="actions/getInvoice.json",
    effect=Effect.READ,
    perform=perform,
    example={
        "found": True,
        "key": "4774",
        "id": "INV-9",
        "href": "/objects/accounts-receivable/invoice/4774",
        "recordNo": "4774",
        "invoiceNumber": "INV-9",
        "customerId": "C-01234",
        "state": "Posted",
        "dateCreated": "2026-03-02",
        "dueDate": "2026-04-01",
        "totalAmount": "99.00",
        "totalDue": "99.00",
        "lineItems": [{"lineNumber": 1, "accountNumber": "4000", "amount": "99.00"}],
    },
    output=verbs.found("invoice"),
)
