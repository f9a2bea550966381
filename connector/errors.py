"""Every error the connector raises: the type says what to do, the sentences are for an accountant.

::

    ConnectorError
    ├── InputError            something a person wrote is wrong: change it
    ├── Untrusted             a delivery that its sender did not sign
    ├── SetupError            this installation is not ready: an administrator acts
    │   └── BudgetReached     the month's budget of API transactions is used up; nothing was sent
    ├── ConnectionProblem     credentials, rights or subscription: an administrator acts
    │   ├── SessionExpired    healed by signing in again, once
    │   └── NeedsReconnect    somebody has to allow the access again; work waits for that
    ├── Refused               Intacct looked at the request and said no: change something
    │   ├── DuplicateRecord   it is already there
    │   └── NotFound          what the request names does not exist
    ├── Unavailable           not executed, worth trying again later
    │   ├── Unreachable       nothing left this machine, or nothing was accepted
    │   ├── RateLimited       too many calls for the company
    │   └── Busy              no slot of the company is free right now
    ├── OutcomeUnknown        bytes went out and no clear answer came back
    │   └── Uncertain         a write in that state: settled by looking, never by hoping
    ├── Parked                a person has to choose
    └── Conflict              the same effect was asked for with different content
"""

from __future__ import annotations

from typing import Any


class ConnectorError(Exception):
    """Something a person should read.

    Args:
        title: What happened, one sentence without tags, traces or secrets.
        advice: What to do next, one sentence.
        field: The input's key as the user knows it, such as ``lineItems[0].amount``.
        code: The number or name the other side gave, such as ``BL34000061``.
        support_id: What Sage's support asks for; kept exactly as it came.
    """

    default_advice = ""
    # Whether the other side keeps this answer and would give it to the same request again, so
    # that only another idempotency key can bring another one.
    is_kept = False
    # Whether it is such a kept answer: what the first sending of the same bytes was told.
    is_replay = False

    def __init__(
        self,
        title: str,
        *,
        advice: str = "",
        field: str = "",
        code: str = "",
        support_id: str = "",
    ) -> None:
        super().__init__(title)
        self.title = title
        self.advice = advice or self.default_advice
        self.field = field
        self.code = code
        self.support_id = support_id

    def describe(self) -> dict[str, Any]:
        """Return what edges render: ``{"type", "title", "advice", ...}`` without empty parts."""
        parts = {
            "type": type(self).__name__,
            "title": self.title,
            "advice": self.advice,
            "field": self.field,
            "code": self.code,
            "supportId": self.support_id,
        }
        return {name: value for name, value in parts.items() if value}


class InputError(ConnectorError):
    """An input is missing, malformed or contradicts another; nothing was sent."""

    default_advice = "Correct the field and try again."


class Untrusted(ConnectorError):
    """A delivery's signature is missing, wrong or too old; nothing of it is kept."""

    default_advice = "Check that both sides hold the same secret and the same address."


class SetupError(ConnectorError):
    """The installation cannot start or go on as it is set up."""

    default_advice = "Run 'intacct settings' to see how this installation is set up."


class BudgetReached(SetupError):
    """The month's budget of API transactions is used up; what is not sent waits."""

    default_advice = "Raise the budget, or go on next month."


class ConnectionProblem(ConnectorError):
    """Intacct or HubSpot does not accept the connection's credentials or rights."""

    default_advice = "Open the connection, correct the credentials and test it."


class SessionExpired(ConnectionProblem):
    """The session is no longer valid; nothing was executed."""


class NeedsReconnect(ConnectionProblem):
    """Intacct needs a person to allow the access again; nothing was sent, and runs wait for it."""


class Refused(ConnectorError):
    """The other side understood the request and declined it; nothing was created."""

    default_advice = "Correct what the message names and run the step again."


class DuplicateRecord(Refused):
    """A record with this id, name or number already exists."""

    default_advice = "Use the existing record, or choose another id."


class NotFound(Refused):
    """A record, object or field that the request names does not exist."""


class Unavailable(ConnectorError):
    """Nothing was executed and the same request may succeed later.

    Args:
        retry_after: Seconds the other side asked us to wait, if it said so.
    """

    default_advice = "Nothing was sent twice; the step is tried again by itself."

    def __init__(self, title: str, *, retry_after: float | None = None, **details: str) -> None:
        super().__init__(title, **details)
        self.retry_after = retry_after


class Unreachable(Unavailable):
    """No connection could be made, so nothing was executed."""


class RateLimited(Unavailable):
    """The company's limit of calls is reached; the call was not executed."""


class Busy(Unavailable):
    """All slots of the company are in use by our own calls; nothing was sent.

    Args:
        queue: The company in whose line the caller stands now; it will be rung.
    """

    def __init__(
        self, title: str, *, retry_after: float | None = None, queue: str = "", **details: str
    ) -> None:
        super().__init__(title, retry_after=retry_after, **details)
        self.queue = queue


class OutcomeUnknown(ConnectorError):
    """The request left, and no reply tells what became of it."""

    default_advice = "Wait: the outcome is looked up before anything is sent again."


class Uncertain(OutcomeUnknown):
    """A write whose outcome is not known yet.

    Args:
        op_key: The effect that waits to be settled.
    """

    def __init__(self, title: str, *, op_key: str = "", **details: str) -> None:
        super().__init__(title, **details)
        self.op_key = op_key


class Parked(ConnectorError):
    """Only a person can decide how this goes on."""

    default_advice = "Open the run and choose how to go on."


class Conflict(ConnectorError):
    """The same business effect was already asked for with different content."""

    default_advice = (
        "Update the existing record, or ask for another one with 'create another' on the run page."
    )
