"""Several functions in one XML request, each on its own: what one does leaves the others alone.

With ``transaction="false"`` every function succeeds or fails by itself and the results stand in
the order of the request (xml-api 1.4). Each keeps the control id it would have alone, so that one
of them can be sent again by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from connector.errors import ConnectorError, OutcomeUnknown
from connector.intacct.dialects.xml_envelope import Control, SessionToken, write_request
from connector.intacct.dialects.xml_parse import UnreadableXml, checked_text
from connector.intacct.dialects.xml_reply import read_reply
from connector.intacct.dialects.xml_text import element
from connector.intacct.operation import Frozen, Result

# No document names a limit (xml-api 6); this many fit into every client's habits.
MOST_FUNCTIONS = 100
_END = b"</content>"
_ALL_OR_NONE = b'<operation transaction="true">'
_EACH_ALONE = b'<operation transaction="false">'


@dataclass(frozen=True)
class Function:
    """One function of a request, and the control id it is answered under."""

    frozen: Frozen
    control_id: str


def write_functions(functions: Sequence[Function], token: SessionToken, control: Control) -> bytes:
    """Return one request with all the functions, each its own transaction."""
    first = functions[0]
    alone = write_request(first.frozen, first.control_id, token, control)
    others = "".join(
        element("function", each.frozen.payload, [("controlid", each.control_id)])
        for each in functions[1:]
    )
    # A record may hold an element of this name too, but the envelope's closes last.
    head, _, tail = alone.replace(_ALL_OR_NONE, _EACH_ALONE, 1).rpartition(_END)
    return head + others.encode() + _END + tail


def read_functions(
    http_status: int,
    headers: Mapping[str, str],
    body: bytes,
    functions: Sequence[Function],
) -> tuple[Result | ConnectorError, ...]:
    """Return what became of each function, in their order.

    Raises:
        ConnectorError: The request as a whole was refused, or its answer is unclear.
    """
    alone = _apart(body)
    if not alone:
        first = functions[0]
        read_reply(http_status, headers, body, first.frozen, first.control_id)
        raise OutcomeUnknown("Intacct's answer does not tell what became of each record.")
    return tuple(_judged(http_status, headers, alone.get(f.control_id), f) for f in functions)


def _judged(
    http_status: int, headers: Mapping[str, str], body: bytes | None, function: Function
) -> Result | ConnectorError:
    if body is None:
        return OutcomeUnknown("Intacct does not say what became of this record.")
    try:
        return read_reply(http_status, headers, body, function.frozen, function.control_id)
    except ConnectorError as error:
        return error


def _apart(body: bytes) -> dict[str, bytes]:
    """Return for each control id a reply that holds its result alone; nothing where none is told.

    So each result is judged by the rules that hold for a request with one function.
    """
    try:
        checked_text(body)
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        response = etree.fromstring(body, parser)
    except (UnreadableXml, etree.XMLSyntaxError):
        return {}
    control, operation = response.find("control"), response.find("operation")
    if control is None or operation is None:
        return {}
    authentication = operation.find("authentication")
    if authentication is None:
        return {}
    shared = etree.tostring(control, with_tail=False)
    opened = b"<response>" + shared + b"<operation>"
    opened += etree.tostring(authentication, with_tail=False)
    found: dict[str, bytes] = {}
    for result in operation.findall("result"):
        control_id = result.findtext("controlid") or ""
        own = etree.tostring(result, with_tail=False)
        # Two answers under one id are none: who judges them alone would believe either.
        found[control_id] = b"" if control_id in found else own
    closed = b"</operation></response>"
    return {name: opened + own + closed if own else b"" for name, own in found.items()}
