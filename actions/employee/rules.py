"""What an employee's inputs have to say together, and the contact that has to be there."""

from __future__ import annotations

from typing import Any

from actions import additional_tags, date_spans, upsert
from connector.component import Context, Inputs
from connector.errors import DuplicateRecord, InputError

_OF_THE_CONTACT = ("firstName", "lastName", "primaryEmailAddress", "primaryPhoneNo")


def employee_values(inputs: Inputs) -> dict[str, Any]:
    """Return the employee's own fields that the inputs describe or change.

    Raises:
        InputError: The last day lies before the first, the additional fields are no XML, or
            something is said about a contact that is not named.
    """
    date_spans.refuse_end_before_start(inputs)
    refuse_nameless_contact(inputs)
    values = additional_tags.as_fields(inputs)
    return {name: value for name, value in values.items() if name not in _OF_THE_CONTACT}


def refuse_nameless_contact(inputs: Inputs) -> None:
    """Refuse a name or an address of a contact that is not named itself.

    Raises:
        InputError: Names contactName.
    """
    given = next((name for name in _OF_THE_CONTACT if name in inputs), "")
    if given and "contactName" not in inputs:
        raise InputError(
            f"contactName is required, since {given} belongs to a contact.",
            advice="Name the contact, or use the action Update Contact to change one.",
            field="contactName",
        )


def require_contact(ctx: Context, inputs: Inputs) -> None:
    """See to it that the contact exists: an employee's name stands there (xml-api 4.8).

    Raises:
        InputError: It does not exist, and the inputs do not say whom it should name.
    """
    if "contactName" not in inputs:
        return
    name = inputs["contactName"]
    if upsert.find(ctx, "contact", inputs, "contactName", "contactName"):
        return
    if not ("firstName" in inputs or "lastName" in inputs):
        raise InputError(
            f"There is no contact called '{name}'.",
            advice="Create it first, for example with Find or Create Contact, or give firstName "
            "and lastName here, and it is made along with the employee.",
            field="contactName",
        )
    person = {each: inputs[each] for each in _OF_THE_CONTACT if each in inputs}
    try:
        ctx.intacct.create(
            "contact", {"contactName": name, "printAs": name, **person}, call="contact"
        )
    except DuplicateRecord:
        # Another step made it between our look and our create.
        if not upsert.find(ctx, "contact", inputs, "contactName", "contactName"):
            raise
