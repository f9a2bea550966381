"""One posted document from its bytes to the reply: schema, sender, sign-in, functions."""

import threading
from dataclasses import dataclass

from connector.sandbox.company import Company
from connector.sandbox.functions.answer import Bare
from connector.sandbox.operations import Operation
from connector.sandbox.refusal import SCHEMA, SIGN_IN, Fault
from connector.sandbox.sessions import NotSignedIn, is_sender, sign_in, signed_block
from connector.sandbox.transport import LONGEST_REQUEST
from connector.sandbox.wire.document import Document
from connector.sandbox.wire.reply import (
    XML_TYPE,
    Pieces,
    add_authentication,
    add_errors,
    envelope,
    front_gateway_failure,
    serialised,
)
from connector.sandbox.wire.tree import Element, add, element, text_of

INVALID_REQUEST = "GW-0011"
INCORRECT_SIGN_IN = "XMLGW_JPP0002"
TOO_LONG = "SANDBOX-TOO-LONG"  # invented on purpose: the real one is unknown


@dataclass(frozen=True)
class Reply:
    """What goes back: the HTTP status, the document and its type."""

    status: int
    body: bytes
    content_type: str = XML_TYPE


@dataclass(frozen=True)
class _Place:
    """Where results go: the response, and the text of those that were never elements."""

    response: Element
    pieces: Pieces


class _FrontGateway(Exception):
    """The front gateway answers, before the company is reached."""

    def __init__(self, status: int, errorno: str, description: str) -> None:
        super().__init__(description)
        self.status = status
        self.response = front_gateway_failure(errorno, description)


def answer(company: Company, document: Document, endpoint: str) -> Reply:
    """Return the reply to a document that was posted to that endpoint."""
    refused = _refused(company, document)
    if refused is not None:
        return refused
    policy = _policy(document)
    if not policy:
        return _run(company, document, endpoint)
    return _acknowledged(company, document, endpoint, policy)


def _is_pretty(document: Document) -> bool:
    control = document.control
    return control is None or text_of(control, "includewhitespace") not in ("false", "0")


def _refused(company: Company, document: Document) -> Reply | None:
    """Return the refusal of a document that does not get as far as signing in."""
    control, faults = document.control, []
    if document.complaints or control is None:
        faults = [Fault(SCHEMA, text) for text in document.complaints]
    elif not is_sender(control):
        if company.policies["signin_errors"] == "gateway":
            return _front(_invalid_request(company), is_pretty=_is_pretty(document))
        faults = [Fault(SIGN_IN, "Incorrect Intacct XML Partner ID or password.")]
    elif policy := _policy(document):
        if company.transport.address(policy) is None:
            faults = [Fault(SIGN_IN, f"{policy} is not a valid transport policy.")]
        elif document.characters > LONGEST_REQUEST:
            text = f"An asynchronous request has at most {LONGEST_REQUEST} characters."
            faults = [Fault(TOO_LONG, text, "Send fewer functions in one request.")]
    if not faults:
        return None
    response = envelope(control, "failure")
    add_errors(response, faults)
    return Reply(200, serialised(response, is_pretty=_is_pretty(document)))


def _policy(document: Document) -> str:
    return "" if document.control is None else text_of(document.control, "policyid")


def _acknowledged(company: Company, document: Document, endpoint: str, policy: str) -> Reply:
    """Run the document in the background and say that it was taken."""

    def run() -> None:
        reply = _run(company, document, endpoint)
        control = document.control
        control_id = "" if control is None else text_of(control, "controlid")
        company.transport.deliver(policy, control_id, reply.body)

    threading.Thread(target=run, daemon=True).start()
    response = envelope(document.control, "success")
    acknowledgement = element("acknowledgement")
    add(acknowledgement, "status", "success")
    response.insert(0, acknowledgement)  # it stands before the control block
    return Reply(200, serialised(response, is_pretty=_is_pretty(document)))


def _run(company: Company, document: Document, endpoint: str) -> Reply:
    """Sign in and run every operation."""
    control, is_pretty = document.control, _is_pretty(document)
    if control is None or document.top is None:  # a refused document does not come here
        return Reply(200, b"")
    response, pieces = envelope(control, "success"), Pieces()
    for block in document.top.iterfind("operation"):
        try:
            bare = _add_operation(company, _Place(response, pieces), control, block, endpoint)
        except _FrontGateway as refused:
            return _front(refused, is_pretty=is_pretty)
        if bare is not None:
            return Reply(200, bare.body, bare.content_type)
    return Reply(200, serialised(response, is_pretty=is_pretty, pieces=pieces))


def _front(refused: _FrontGateway, *, is_pretty: bool) -> Reply:
    return Reply(refused.status, serialised(refused.response, is_pretty=is_pretty))


def _invalid_request(company: Company) -> _FrontGateway:
    text = f"Invalid Request [Request ID: {company.support_id()}]"
    return _FrontGateway(400, INVALID_REQUEST, text)


def _add_operation(
    company: Company, place: _Place, control: Element, block: Element, endpoint: str
) -> Bare | None:
    """Append what becomes of an operation, or return data that travels alone."""
    operation = add(place.response, "operation")
    authentication = block.find("authentication")
    if authentication is None:  # the schema has made sure of it
        return None
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
        return None
    add_authentication(operation, signed_block(company, scope))
    running = Operation(company, scope, control, block, place.pieces)
    for result in running.run():
        operation.append(result)
    return running.bare
