"""Get Contact: read one contact."""

from actions import rules, upsert, verbs
from connector.component import Action, Context, Effect, Inputs, Output


def perform(ctx: Context, inputs: Inputs) -> Output:
    """Read the contact that the record number, else the name, means.

    Raises:
        InputError: Neither is given, or they mean two contacts.
    """
    rules.require_any(inputs, "contactName", "recordNo", what="contact")
    if "recordNo" not in inputs and "," in inputs["contactName"]:
        # Names such as "Smith, Jane" are looked up: reading by name takes the comma for two.
        found = upsert.find(ctx, "contact", inputs, "contactName", "contactName")
        if found is None:
            return {"found": False}
        inputs = {**inputs, "recordNo": found["key"]}
    return verbs.read(ctx, "contact", inputs, "contactName")


ACTION = Action(
    key="getContact",
    label="Get Contact",
    description="Gets a contact by its record number or its name.",
    object_name="contact",
    inputs="actions/getContact.json",
    effect=Effect.READ,
    perform=perform,
    example={
        "found": True,
        "key": "19713",
        "id": "John Doe",
        "href": "/objects/company-config/contact/19713",
        "recordNo": "19713",
        "contactName": "John Doe",
        "printAs": "John Doe",
        "active": True,
        "city": "New York",
    },
    output=verbs.found("contact"),
)
