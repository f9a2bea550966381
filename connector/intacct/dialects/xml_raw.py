"""A function the user wrote: parsed, checked against the closed list, written anew."""

from __future__ import annotations

from lxml import etree

from connector.errors import InputError
from connector.intacct.dialects.function_names import FUNCTION_NAMES, READ_FUNCTIONS
from connector.intacct.dialects.xml_fragments import elements_of, rewrite
from connector.intacct.operation import Frozen

_WHERE = "data"


def raw_function(body: str) -> Frozen:
    """Return the one function of ``body``; it is a write unless known to change nothing.

    Raises:
        InputError: Not exactly one element, not a function of the API, or signing in by hand.
    """
    nodes = elements_of(body, _WHERE)
    if len(nodes) != 1:
        raise InputError(
            f"The request holds {len(nodes)} functions; exactly one is sent at a time.",
            advice="Write one function, such as <read>...</read>, without the envelope around it.",
            field=_WHERE,
        )
    name = str(nodes[0].tag)
    if name == "getAPISession":
        raise InputError(
            "Sessions are made and renewed by the connection, not by a request.",
            advice="Remove getAPISession; every request is signed in already.",
            field=_WHERE,
        )
    if name not in FUNCTION_NAMES:
        raise InputError(
            f"<{name}> is not a function of Intacct's XML API.",
            advice="Write only the function itself, with the capitals of Intacct's documents.",
            field=_WHERE,
        )
    _refuse_other_formats(nodes[0])
    return Frozen("xml", name, rewrite(nodes[0], _WHERE), is_write=name not in READ_FUNCTIONS)


def _refuse_other_formats(node: etree._Element) -> None:
    """JSON and CSV answers come without envelope: nobody could tell an error from data."""
    for child in node.iter():
        if str(child.tag).lower() == "returnformat" and (child.text or "").lower() != "xml":
            raise InputError(
                "Only answers as XML can be checked for errors.",
                advice="Remove the return format; the result can be had as JSON all the same.",
                field=_WHERE,
            )
