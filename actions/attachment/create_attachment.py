"""Create Attachment: keep files in Intacct, once, and tie them to their record."""

from __future__ import annotations

from typing import Any

from actions import outputs
from actions.attachment import documents
from actions.attachment.files import File, are_same, derived_id, prepared
from connector.component import Action, Context, Effect, Inputs, Output, ResultForm
from connector.errors import DuplicateRecord, InputError

_FOLDER = "Workflow files"


def perform(ctx: Context, inputs: Inputs) -> Output:
    """Keep the files, in a folder that is made where it is missing, and link their document.

    Files that are there already, from an earlier run or another workflow, are used as they are.

    Raises:
        InputError: A file, the ID or the document is not as it should be; nothing was created.
    """
    documents.refuse_unable_document(inputs)
    files = prepared(inputs["files"])
    attachment_id = inputs.get("attachmentId") or derived_id(files)
    has_to_link = documents.refuse_second_attachment(ctx, inputs, attachment_id)
    kept = _found(ctx, attachment_id, files) or _kept(ctx, inputs, attachment_id, files)
    if has_to_link:
        documents.link(ctx, inputs, attachment_id)
    return {**kept, "linked": "documentType" in inputs}


def _found(ctx: Context, attachment_id: str, files: list[File]) -> Output | None:
    record = ctx.intacct.get("attachment", id=attachment_id)
    if not record["found"]:
        return None
    if not are_same(record.get("files") or [], files):
        raise InputError(
            f"The attachment {attachment_id} is there already, with other files.",
            advice="Give another attachmentId, or leave it blank to have one made.",
            field="attachmentId",
        )
    return {**{name: record[name] for name in ("key", "id", "href")}, "outcome": "already there"}


def _kept(ctx: Context, inputs: Inputs, attachment_id: str, files: list[File]) -> Output:
    folder = inputs.get("folderName", _FOLDER)
    _require_folder(ctx, folder)
    values: dict[str, Any] = {
        "attachmentId": attachment_id,
        "attachmentName": inputs.get("attachmentName", files[0]["name"]),
        "folderName": folder,
        "files": files,
    }
    if "description" in inputs:
        values["description"] = inputs["description"]
    try:
        return ctx.intacct.create("attachment", values)
    except DuplicateRecord:
        # Another step made it between our look and our create.
        found = _found(ctx, attachment_id, files)
        if found is None:
            raise
        return found


def _require_folder(ctx: Context, folder: str) -> None:
    if ctx.intacct.get("attachmentFolder", id=folder)["found"]:
        return
    try:
        ctx.intacct.create("attachmentFolder", {"folderName": folder}, call="folder")
    except DuplicateRecord:
        # Another step made it between our look and our create.
        if not ctx.intacct.get("attachmentFolder", id=folder)["found"]:
            raise


ACTION = Action(
    key="createAttachment",
    label="Create Attachment",
    description="Keeps files in Intacct, never the same ones twice, and ties them to a record.",
    object_name="attachment",
    inputs="actions/createAttachment.json",
    effect=Effect.CREATE,
    perform=perform,
    example={
        "key": "35",
        "id": "receipt-4f2a9c1b0d",
        "href": "/objects/company-config/attachment/35",
        "outcome": "created",
        "linked": True,
    },
    output={
        **outputs.WRITTEN,
        "required": [*outputs.WRITTEN["required"], "outcome", "linked"],
        "properties": {
            **outputs.WRITTEN["properties"],
            "linked": {
                "type": "boolean",
                "title": "Linked",
                "description": "Whether a record names the attachment, as it was asked to.",
            },
        },
    },
    # Several calls make one result, so no single reply could stand for it.
    forms=(ResultForm.NORMAL,),
)
