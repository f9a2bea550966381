"""Names of objects as users may write them, and as the API knows them."""

from __future__ import annotations

# Names from another list of actions; the API knows the short ones only (acceptance A36).
_OTHER_NAMES = {"ARPAYMENT": "ARPYMT", "APPAYMENT": "APPYMT"}


def wire_name(given: str) -> str:
    """Return Intacct's name of an object, in upper case."""
    name = given.upper()
    return _OTHER_NAMES.get(name, name)
