"""Which records can name an attachment afterwards, and how they are told to."""

from __future__ import annotations

from connector.component import Context, Inputs
from connector.errors import InputError

_OBJECTS = {
    "Bill": "bill",
    "Invoice": "invoice",
    "Customer": "customer",
    "Vendor": "vendor",
    "AR Advance": "arAdvance",
}

# What such a record needs instead, and why an existing one cannot be told.
_REFUSED = {
    "AR Adjustment": (
        "Intacct takes no attachment for an AR adjustment through its API.",
        "Attach the files by hand, on the adjustment's page in Intacct.",
    ),
    "Journal Entry": (
        "A journal entry can only be changed with all its lines, so it is not linked here.",
        "Create the attachment without a document first, and give its ID to Create Journal Entry.",
    ),
}


def refuse_unable_document(inputs: Inputs) -> None:
    """Refuse a document that cannot be linked, or that is described in part.

    Raises:
        InputError: Names the input, and what to do instead.
    """
    kind = inputs.get("documentType", "")
    if kind in _REFUSED:
        title, advice = _REFUSED[kind]
        raise InputError(title, advice=advice, field="documentType")
    for name, other in (
        ("documentType", "documentRecordNo"),
        ("documentRecordNo", "documentType"),
    ):
        if name not in inputs and other in inputs:
            raise InputError(
                f"{name} is required, since {other} names a record that the files belong to.",
                advice="Give both, or leave both out.",
                field=name,
            )


def refuse_second_attachment(ctx: Context, inputs: Inputs, attachment_id: str) -> bool:
    """Say whether the document still has to be told of the attachment.

    Raises:
        InputError: There is no such record, or it names another attachment; a record names one
            at most, and its files would be hidden by ours.
    """
    if "documentType" not in inputs:
        return False
    kind, key = inputs["documentType"], inputs["documentRecordNo"]
    record = ctx.intacct.get(_OBJECTS[kind], key=key, fields=("recordNo", "attachmentsId"))
    if not record["found"]:
        raise InputError(
            f"There is no {kind.lower()} with record number {key}.",
            advice="Check the number, and whether this connection sees the entity it belongs to.",
            field="documentRecordNo",
        )
    present = str(record.get("attachmentsId") or "")
    if present and present != attachment_id:
        raise InputError(
            f"{kind} {key} carries the attachment {present} already.",
            advice="A record names one attachment. To replace it, create the new one without a "
            f"document and set it with Update {kind}.",
            field="documentRecordNo",
        )
    return not present


def link(ctx: Context, inputs: Inputs, attachment_id: str) -> None:
    """Tell the document which attachment is its own, once."""
    values = {"recordNo": inputs["documentRecordNo"], "attachmentsId": attachment_id}
    ctx.intacct.update(_OBJECTS[inputs["documentType"]], values, call="link")
