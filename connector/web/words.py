"""What the console calls things."""

from __future__ import annotations

from connector.component import Effect

STATES = {
    "ready": "Ready",
    "needs-attention": "Needs attention",
    "needs-reconnect": "Connect again",
    "queued": "Waiting",
    "running": "Running",
    "waiting": "Waiting",
    "succeeded": "Done",
    "failed": "Failed",
    "parked": "Needs a decision",
    "refused": "Refused",
    "uncertain": "Being looked up",
    "planned": "Planned",
    "sending": "Being sent",
    "partial": "Done in part",
    "skipped": "Nothing to do",
    "duplicate": "Done before",
    "cancelled": "Cancelled",
    "held": "Waits its turn",
    "paused": "Paused",
    "passed": "Failed, went on",
    "branching": "Failed, goes another way",
}

EFFECTS = {
    Effect.READ: "Reads",
    Effect.CREATE: "Writes: creates",
    Effect.UPDATE: "Writes: changes",
    Effect.DELETE: "Writes: deletes",
    Effect.ANY: "May write",
}

APIS = {"xml": "XML API", "rest": "REST API"}

KINDS = {"sage-intacct": "Sage Intacct", "hubspot": "HubSpot"}

# What is written together in a key, apart as people read it.
OBJECTS = {
    "": "Anything",
    "arPayment": "AR payment",
    "apPayment": "AP payment",
    "arAdjustment": "AR adjustment",
    "arAdjustmentLine": "AR adjustment line",
    "arAdvance": "AR advance",
    "apTerm": "AP term",
    "term": "AR term",
}


def object_words(name: str) -> str:
    """Return an object's name as people write it, such as ``Journal entry``."""
    if name in OBJECTS:
        return OBJECTS[name]
    spaced = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name)
    return spaced.strip().capitalize()
