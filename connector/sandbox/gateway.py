"""One posted document from its bytes to the reply: schema, sender, sign-in, functions."""

from dataclasses import dataclass

from connector.sandbox.company import Company
from connector.sandbox.operations import Operation
from connector.sandbox.refusal import SCHEMA, SIGN_IN, Fault
from connector.sandbox.sessions import NotSignedIn, is_sender, sign_in, signed_block
from connector.sandbox.wire.document import Document
from connector.sandbox.wire.reply import (
    add_authentication,
    add_errors,
    envelope,
    front_gateway_failure,
    serialised,
)
from connector.sandbox.wire.tree import Element, add, text_of

INVALID_REQUEST = "GW-0011"
INCORRECT_SIGN_IN = "XMLGW_JPP0002"


@dataclass(frozen=True)
class Reply:
    """What goes back: the HTTP status and the document."""

    status: int
    body: bytes


class _FrontGateway(Exception):
    """The front gateway answers, before the company is reached."""

    def __init__(self, status: int, errorno: str, description: str) -> None:
        super().__init__(description)
        self.status = status
        self.response = front_gateway_failure(errorno, description)


def answer(company: Company, document: Document, endpoint: str) -> Reply:
    """Return the reply to a document that was posted to that endpoint."""
    control = document.control
    is_pretty = control is None or text_of(control, "includewhitespace") not in ("false", "0")
    status = 200
    try:
        response = _answer(company, document, endpoint)
    except _FrontGateway as refused:
        status, response = refused.status, refused.response
    return Reply(status, serialised(response, is_pretty=is_pretty))


def _answer(company: Company, document: Document, endpoint: str) -> Element:
    control = document.control
    if document.complaints or control is None or document.top is None:
        return _control_failure(control, [Fault(SCHEMA, text) for text in document.complaints])
    if not is_sender(control):
        if company.policies["signin_errors"] == "gateway":
            raise _invalid_request(company)
        text = "Incorrect Intacct XML Partner ID or password."
        return _control_failure(control, [Fault(SIGN_IN, text)])
    policy = text_of(control, "policyid")
    if policy:
        text = f"'{policy}' is not a valid transport policy."
        return _control_failure(control, [Fault(SIGN_IN, text)])
    response = envelope(control, "success")
    for block in document.top.iterfind("operation"):
        _add_operation(company, response, control, block, endpoint)
    return response


def _control_failure(control: Element | None, faults: list[Fault]) -> Element:
    response = envelope(control, "failure")
    add_errors(response, faults)
    return response


def _invalid_request(company: Company) -> _FrontGateway:
    text = f"Invalid Request [Request ID: {company.support_id()}]"
    return _FrontGateway(400, INVALID_REQUEST, text)


def _add_operation(
    company: Company, response: Element, control: Element, block: Element, endpoint: str
) -> None:
    operation = add(response, "operation")
    authentication = block.find("authentication")
    if authentication is None:  # the schema has made sure of it
        return
    try:
        scope = sign_in(company, text_of(control, "senderid"), authentication, endpoint)
    except NotSignedIn as refused:
        is_login = authentication.find("login") is not None and not refused.fault.description
        if is_login and company.policies["signin_errors"] == "gateway":
            if refused.is_about_company:
                raise _invalid_request(company) from None
            raise _FrontGateway(401, INCORRECT_SIGN_IN, refused.fault.text) from None
        add_authentication(operation, refused.signed)
        add_errors(operation, [refused.fault])
        return
    add_authentication(operation, signed_block(company, scope))
    for result in Operation(company, scope, control, block).run():
        operation.append(result)
