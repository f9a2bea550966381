"""Writing replies: the envelope and everything of it that is not data."""

import secrets
from dataclasses import dataclass

from lxml import etree

from connector.sandbox.refusal import Fault
from connector.sandbox.wire.tree import Element, add, element, text_of

XML_TYPE = 'text/xml; encoding="UTF-8"'
DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass(frozen=True)
class Signed:
    """What the authentication block says."""

    user: str
    company: str
    entity: str = ""
    timestamp: str = ""
    timeout: str = ""
    is_accepted: bool = True


def envelope(control: Element | None, status: str) -> Element:
    """Return a response with its control block, which echoes that of the request."""
    response = element("response")
    block = add(response, "control")
    add(block, "status", status)
    echoed = element("control") if control is None else control
    add(block, "senderid", text_of(echoed, "senderid"))
    add(block, "controlid", text_of(echoed, "controlid"))
    if control is not None:
        add(block, "uniqueid", text_of(echoed, "uniqueid", "true"))
        add(block, "dtdversion", text_of(echoed, "dtdversion", "3.0"))
    return response


def front_gateway_failure(errorno: str, description: str) -> Element:
    """Return the failure of the front gateway: nothing but a status and one error."""
    response = element("response")
    add(add(response, "control"), "status", "failure")
    error = add(add(response, "errormessage"), "error")
    add(error, "errorno", errorno)
    add(error, "description", description)
    return response


def add_authentication(operation: Element, signed: Signed) -> None:
    """Append the authentication block; a refused one names no entity and no times."""
    block = add(operation, "authentication")
    add(block, "status", "success" if signed.is_accepted else "failure")
    add(block, "userid", signed.user)
    add(block, "companyid", signed.company)
    if signed.is_accepted:
        add(block, "locationid", signed.entity)
        add(block, "sessiontimestamp", signed.timestamp)
        add(block, "sessiontimeout", signed.timeout)


def result(status: str, function: str, control_id: str) -> Element:
    """Return the beginning of a result."""
    block = element("result")
    add(block, "status", status)
    add(block, "function", function)
    add(block, "controlid", control_id)
    return block


def add_errors(parent: Element, faults: list[Fault], *, with_details: bool = False) -> None:
    """Append an errormessage with one error per fault."""
    message = add(parent, "errormessage")
    for fault in faults:
        error = add(message, "error")
        add(error, "errorno", fault.errorno)
        add(error, "description", fault.description)
        add(error, "description2", fault.text)
        add(error, "correction", fault.correction)
        if with_details:
            _add_details(error, fault)


def _add_details(error: Element, fault: Fault) -> None:
    """Append the additional information; what is unknown is present and empty."""
    details = add(error, "additionalinfo")
    add(details, "errorid")
    add(details, "category")
    add(
        details, "target", domain="", requestinfo="", object=fault.object_name, field=fault.field,
        businessinfo="",
    )  # fmt: skip
    for name in ("description", "cdescription", "correction"):
        message_id = fault.message_id if name == "description" else ""
        block = add(details, name, messageid=message_id)
        add(block, "target")
        placeholders = add(block, "placeholders")
        for key, value in fault.values if name == "description" else ():
            add(placeholders, "placeholder", name=key, value=value)


class Pieces:
    """XML that was written as text and takes its place when the reply is written.

    A page of records is faster written as text than as elements.
    """

    def __init__(self) -> None:
        self._token = secrets.token_hex(8)
        self._texts: list[bytes] = []

    def stand_in(self, text: bytes) -> str:
        """Return the text that holds the place of a piece in an element."""
        self._texts.append(text)
        return f"{self._token}-{len(self._texts)};"

    def put_in(self, document: bytes) -> bytes:
        """Return the document with every piece in its place."""
        parts, rest = [], document
        for number, text in enumerate(self._texts, start=1):
            before, _, rest = rest.partition(f"{self._token}-{number};".encode())
            parts += [before, text]
        return b"".join([*parts, rest])


def serialised(response: Element, *, is_pretty: bool, pieces: Pieces | None = None) -> bytes:
    """Return the bytes of a response with its declaration."""
    if pieces is None:
        return DECLARATION + etree.tostring(response, encoding="utf-8", pretty_print=is_pretty)
    text = pieces.put_in(etree.tostring(response, encoding="utf-8"))
    if is_pretty:
        whole = etree.fromstring(text, etree.XMLParser(huge_tree=True, resolve_entities=False))
        text = etree.tostring(whole, encoding="utf-8", pretty_print=True)
    return DECLARATION + text
