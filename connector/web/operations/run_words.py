"""How run pages say things: kinds of steps, lasting times, where a record is found."""

from __future__ import annotations

import re
import urllib.parse

from connector.operations.timeline import StepLine
from connector.operations.writes import Write
from connector.registry import Registry
from connector.runtime.runs import TRIGGER_PATH
from connector.workflow import steps as kinds

_KINDS = {
    kinds.FILTER: "Goes on only if",
    kinds.SWITCH: "Chooses a way",
    kinds.FOR_EACH: "For each item",
    kinds.DELAY: "Waits",
    kinds.APPROVAL: "Asks for approval",
    kinds.HTTP: "Asks a web service",
    kinds.CALL: "Calls a workflow",
}
_SECOND, _MINUTE, _HOUR, _DAY = 1_000, 60_000, 3_600_000, 86_400_000
_UNITS = ((_DAY, "d", _HOUR, "h"), (_HOUR, "h", _MINUTE, "min"), (_MINUTE, "min", _SECOND, "s"))
# What Intacct calls a record's own address: XML, XML as we name it, REST.
_ADDRESS = re.compile(r'(?:<RECORD_URL>|"(?:RECORD_URL|recordUrl|webURL)"\s*:\s*")([^"<\s]+)')
_HOSTS = (".intacct.com", ".sage.com")


def step_name(line: StepLine) -> str:
    """Return what people call a step."""
    return "Reading the event" if line.path == TRIGGER_PATH else line.label


def kind_words(line: StepLine, registry: Registry) -> str:
    """Return what a step does, such as ``Create Invoice``; empty where nobody knows any more."""
    if "." in line.type:
        action = registry.find_action(line.type)
        return action.label if action else line.type
    return _KINDS.get(line.type, "")


def lasting(begin: int | None, end: int | None) -> str:
    """Return how long something took, as ``340 ms``, ``2.4 s`` or ``3 min 5 s``; empty if open."""
    if begin is None or end is None or end < begin:
        return ""
    took = end - begin
    for size, name, part, part_name in _UNITS:
        if took >= size:
            rest = took % size // part
            return f"{took // size} {name}" + (f" {rest} {part_name}" if rest else "")
    return f"{took / _SECOND:.1f} s" if took >= _SECOND else f"{took} ms"


def record_address(write: Write, line: StepLine) -> str:
    """Return where a written record is shown in Intacct, where Intacct itself has said so.

    Only addresses of Sage's own hosts are believed; empty for all else.
    """
    for text in (write.reply, line.output):
        found = _ADDRESS.search(text)
        if found is None:
            continue
        address = found[1].replace("&amp;", "&")
        parts = urllib.parse.urlsplit(address)
        if parts.scheme == "https" and (parts.hostname or "").endswith(_HOSTS):
            return address
    return ""
