"""Named switches for what nobody outside Sage knows, and for settings of a company that differ."""

import re
import threading
from dataclasses import dataclass

CHOICE = "true|false"


@dataclass(frozen=True)
class Policy:
    """One switch: its default, the values it takes (a pattern) and what it decides."""

    default: str
    values: str
    meaning: str


POLICIES = {
    "signin_errors": Policy(
        "classic",
        "classic|gateway",
        "Wrong credentials: HTTP 200 with a failure inside, or HTTP 400/401 with control only.",
    ),
    "repeated_control_id": Policy(
        "error",
        "error|replay",
        "What a completed control id gets when it comes again: a refusal or the first answer.",
    ),
    "refused_burns_control_id": Policy(
        "false",
        CHOICE,
        "Whether a refused function uses up its control id as a completed one does.",
    ),
    "control_id_retention_hours": Policy(
        "24", "[0-9]+", "How long completed function control ids are remembered."
    ),
    "transaction_culprit": Policy(
        "failure", "failure|aborted", "Status of the function that made a transaction roll back."
    ),
    "after_culprit": Policy(
        "aborted", "aborted|omitted", "What a reply says of the functions after that one."
    ),
    "unknown_fields": Policy(
        "ignore", "ignore|refuse", "What create and update do with elements they do not know."
    ),
    "strict_endpoint": Policy(
        "false", CHOICE, "Whether a session works only at the endpoint it was given."
    ),
    "unique_invoice_numbers": Policy("true", CHOICE, "Whether invoice numbers may not repeat."),
    "number_invoices": Policy(
        "made", "made|blank|refused", "What happens to an invoice without a number."
    ),
    "number_customers": Policy("true", CHOICE, "Whether a blank customer id is filled in."),
    "line_location_required": Policy(
        "false", CHOICE, "Whether each invoice line needs a location unless an entity is signed in."
    ),
    "books_closed_through": Policy(
        "2024-12-31", r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "Last day of the closed periods."
    ),
}


class Policies:
    """The current values; safe to read and change from several threads."""

    def __init__(self, chosen: dict[str, str]) -> None:
        """Start from the defaults and apply what was chosen; an unknown one raises ValueError."""
        self._lock = threading.Lock()
        self._values = {name: policy.default for name, policy in POLICIES.items()}
        self.change(chosen)
        self._first = self.all()

    def restore(self) -> None:
        """Go back to what was chosen at the start."""
        self.change(self._first)

    def __getitem__(self, name: str) -> str:
        return self._values[name]

    def is_on(self, name: str) -> bool:
        """Return whether a yes-or-no policy says yes."""
        return self._values[name] == "true"

    def change(self, chosen: dict[str, str]) -> None:
        """Set several policies, or none of them when a name or a value is not known."""
        for name, value in chosen.items():
            if name not in POLICIES:
                raise ValueError(f"There is no policy named {name}. Known: {', '.join(POLICIES)}.")
            if not re.fullmatch(POLICIES[name].values, value):
                raise ValueError(f"{name} takes {POLICIES[name].values}, not {value!r}.")
        with self._lock:
            self._values.update(chosen)

    def all(self) -> dict[str, str]:
        """Return every policy with its current value."""
        with self._lock:
            return dict(self._values)
