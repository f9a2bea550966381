"""What a write is for, and how patient we are with its answer."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
from dataclasses import dataclass

from connector.store.tables import TENANT

CONTROL_ID_PREFIX = "aic-"
# In the key of a request to another service, where writes to Intacct name their connection.
OTHER_SERVICES = "http"


@dataclass(frozen=True)
class Intent:
    """What a write is for; the same intent finds the same row, whatever happened in between.

    Args:
        connection_id: On whose books.
        scope: The workflow's id, or the action's key outside workflows.
        once: The workflow's ``once`` value, else the event's key, else the caller's.
        step: The step's id.
        item: The business key of a loop's item.
        generation: 0, raised only by an explicit "create another".
    """

    connection_id: str
    scope: str
    once: str
    step: str = "-"
    item: str = "-"
    generation: int = 0

    def op_key(self, call: str) -> str:
        """Return the key of the write named ``call`` inside the step."""
        parts = [
            TENANT,
            self.connection_id,
            self.scope,
            self.once,
            self.step,
            call,
            self.item,
            str(self.generation),
        ]
        # JSON keeps the parts apart whatever they hold.
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def in_generation(self, number: int) -> Intent:
        """Return the same intent, once more."""
        return dataclasses.replace(self, generation=number)


def control_id(op_key: str, attempt_class: int) -> str:
    """Return the function control id of an effect's present attempt class."""
    text = base64.b32encode(bytes.fromhex(op_key)).decode().rstrip("=")
    return f"{CONTROL_ID_PREFIX}{text[:40]}-{attempt_class}"


@dataclass(frozen=True)
class Patience:
    """When an unanswered write is looked up.

    Args:
        settle_after_ms: How long after its deadline a silent call counts as lost.
        look_up_delays_ms: The pauses before each look-up.
        hold_ms: While one worker looks, how long the others leave the effect alone; epochs keep
            them apart after that.
    """

    settle_after_ms: int
    look_up_delays_ms: tuple[int, ...]
    hold_ms: int = 60_000

    def look_delay_ms(self, looks: int) -> int | None:
        """Return the pause before the next look-up, None when all were done."""
        return self.look_up_delays_ms[looks] if looks < len(self.look_up_delays_ms) else None
