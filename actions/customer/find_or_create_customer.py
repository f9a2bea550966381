"""Find or Create Customer: use the customer that is there, make it where there is none."""

from __future__ import annotations

from typing import Any

from actions import verbs
from actions.customer.rules import customer_values
from connector.component import Action, Context, Effect, Inputs, Output
from connector.errors import DuplicateRecord, InputError
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.operation import Condition


def perform(ctx: Context, inputs: Inputs) -> Output:
    """Return the keys of the customer that the inputs mean, creating it where there is none.

    Raises:
        InputError: Several customers have the name, or the inputs of a new one contradict.
    """
    values = customer_values(inputs)
    existing = _find(ctx, inputs)
    if existing:
        return {**existing, "created": False}
    try:
        written = ctx.intacct.create("customer", values)
    except DuplicateRecord:
        # Another step made it between our look and our create.
        existing = _find(ctx, inputs)
        if existing is None:
            raise
        return {**existing, "created": False}
    return {
        "key": written["key"],
        "id": written["id"],
        "href": written["href"],
        "created": written["outcome"] == "created",
    }


def _find(ctx: Context, inputs: Inputs) -> dict[str, Any] | None:
    # An ID is the customer's identity: two customers of one name must not be mixed up, so the
    # name decides only where no ID is given.
    if "customerId" not in inputs:
        return _find_by_name(ctx, inputs["customerName"])
    fields = ("recordNo", "customerId")
    record = ctx.intacct.get("customer", id=inputs["customerId"], fields=fields)
    return {name: record[name] for name in ("key", "id", "href")} if record["found"] else None


def _find_by_name(ctx: Context, name: str) -> dict[str, Any] | None:
    rows = ctx.intacct.query(
        "customer",
        select=["recordNo", "customerId"],
        where=Condition("customerName", "equalTo", (name,)),
        limit=2,
    )
    if len(rows) > 1:
        raise InputError(
            f"Several customers are called '{name}'.",
            advice="Give the customerId of the one you mean.",
            field="customerId",
        )
    if not rows:
        return None
    key = str(rows[0]["recordNo"])
    href = ObjectSchema.find("customer").href(key)
    return {"key": key, "id": str(rows[0]["customerId"]), "href": href}


ACTION = Action(
    key="findOrCreateCustomer",
    label="Find or Create Customer",
    description="Finds a customer by its ID, else by its exact name, and creates it if missing.",
    object_name="customer",
    inputs="actions/findOrCreateCustomer.json",
    effect=Effect.CREATE,
    perform=perform,
    example={
        "key": "12499",
        "id": "C-01564",
        "href": "/objects/accounts-receivable/customer/12499",
        "created": False,
    },
    output={
        "type": "object",
        "required": ["key", "id", "href", "created"],
        "properties": {
            **{name: verbs.WRITTEN["properties"][name] for name in ("key", "id", "href")},
            "created": {
                "type": "boolean",
                "title": "Created",
                "description": "True when this call made the customer, false when it was there.",
            },
        },
    },
)
