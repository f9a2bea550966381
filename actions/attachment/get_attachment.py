"""Get Attachment: read one attachment with its files."""

from actions import outputs
from actions.attachment.files import with_file_names
from connector.component import Action, Context, Effect, Inputs, Output


def perform(ctx: Context, inputs: Inputs) -> Output:
    """Read the attachment of that ID, each file with its whole name."""
    record = ctx.intacct.get("attachment", id=inputs["attachmentId"])
    if record["found"]:
        record["files"] = with_file_names(record.get("files") or [])
    return record


ACTION = Action(
    key="getAttachment",
    label="Get Attachment",
    description="Gets an attachment with its files by the ID that records name it by.",
    object_name="attachment",
    inputs="actions/getAttachment.json",
    effect=Effect.READ,
    perform=perform,
    example={
        "found": True,
        "key": "35",
        "id": "receipt-4f2a9c1b0d",
        "href": "/objects/company-config/attachment/35",
        "recordNo": "35",
        "attachmentId": "receipt-4f2a9c1b0d",
        "attachmentName": "receipt",
        "folderName": "Receipts",
        "files": [{"fileName": "receipt.pdf", "content": "UERGLTEuNw=="}],
    },
    output=outputs.found("attachment"),
    only_over=("xml", "rest"),
)
