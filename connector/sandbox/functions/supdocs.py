"""Attachments and their folders; the key of an answer is a record number, not the id to use."""

from connector.sandbox import attachments
from connector.sandbox.attachments import File
from connector.sandbox.company import Call
from connector.sandbox.functions.answer import Answer, Function
from connector.sandbox.functions.given import mapped
from connector.sandbox.wire.tree import Element, text_of

_SUPDOC = {
    "supdocid": "SUPDOCID", "supdocname": "SUPDOCNAME", "supdocfoldername": "FOLDERNAME",
    "supdocdescription": "DESCRIPTION",
}  # fmt: skip
_FOLDER = {
    "supdocfoldername": "NAME", "supdocfolderdescription": "DESCRIPTION",
    "supdocparentfoldername": "PARENTFOLDER",
}  # fmt: skip


def create_supdoc(call: Call, request: Element) -> Answer:
    """Create an attachment with its files."""
    made = attachments.create(call, mapped(request, _SUPDOC), _files(request))
    return Answer(key=str(made.recordno))


def update_supdoc(call: Call, request: Element) -> Answer:
    """Change an attachment and add files to it."""
    given = {name: text for name, text in mapped(request, _SUPDOC).items() if text}
    changed = attachments.update(call, text_of(request, "supdocid"), given, _files(request))
    return Answer(key=str(changed.recordno))


def delete_supdoc(call: Call, request: Element) -> Answer:
    """Delete the attachment whose id is the key."""
    return Answer(key=str(attachments.delete(call, request.get("key", "").strip()).recordno))


def _files(request: Element) -> list[File]:
    return [
        (
            text_of(file, "attachmentname"),
            text_of(file, "attachmenttype"),
            text_of(file, "attachmentdata"),
        )
        for file in request.iterfind("attachments/attachment")
    ]


def create_supdocfolder(call: Call, request: Element) -> Answer:
    """Create a folder."""
    return Answer(key=str(attachments.create_folder(call, mapped(request, _FOLDER)).recordno))


def update_supdocfolder(call: Call, request: Element) -> Answer:
    """Change a folder."""
    given = {name: text for name, text in mapped(request, _FOLDER).items() if text}
    name = text_of(request, "supdocfoldername")
    return Answer(key=str(attachments.update_folder(call, name, given).recordno))


def delete_supdocfolder(call: Call, request: Element) -> Answer:
    """Delete the folder whose name is the key."""
    return Answer(key=str(attachments.delete_folder(call, request.get("key", "").strip()).recordno))


FUNCTIONS: dict[str, Function] = {
    "create_supdoc": create_supdoc,
    "update_supdoc": update_supdoc,
    "delete_supdoc": delete_supdoc,
    "create_supdocfolder": create_supdocfolder,
    "update_supdocfolder": update_supdocfolder,
    "delete_supdocfolder": delete_supdocfolder,
}
