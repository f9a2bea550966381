"""What the layers need from above: rows that survive a crash, slots, sessions, a meter.

``connector.runtime`` and ``connector.connections`` implement these; tests pass plain objects.
Each is bound to one connection, and the ledger to one step besides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from connector.errors import ConnectorError
from connector.http import HttpReply, HttpRequest
from connector.intacct.dialects.rest_tokens import AccessToken
from connector.intacct.dialects.xml import SessionToken
from connector.intacct.limit_headers import LimitReport
from connector.intacct.operation import Operation, Result

T = TypeVar("T")
Send = Callable[[Operation], Result]
Exchange = Callable[[HttpRequest, str], HttpReply]  # request and wire function


class EffectState(StrEnum):
    """Where a write stands."""

    PLANNED = "planned"
    SENDING = "sending"
    UNCERTAIN = "uncertain"
    SUCCEEDED = "succeeded"
    REFUSED = "refused"
    PARKED = "parked"


@dataclass(frozen=True)
class Effect:
    """One intended write, as the ledger holds it.

    Args:
        op_key: What the write is for; the same intent has the same key for ever.
        control_id: The function control id of the present attempt class.
        state: Where it stands.
        payload: The frozen bytes that went or will go out.
        key: The record number, once it succeeded.
        external_id: The business id, once known.
        error: What a refusal or parking said, as ``ConnectorError.describe`` renders it.
        reply: Intacct's reply to the call that succeeded; empty where it is not kept.
        is_own: The run that asks is the run that planned it.
    """

    op_key: str
    control_id: str
    state: EffectState
    payload: str
    key: str = ""
    external_id: str = ""
    error: Mapping[str, Any] | None = None
    reply: str = ""
    is_own: bool = False

    @property
    def is_creation(self) -> bool:
        """Whether the bytes make a new record."""
        return self.payload.startswith(("<create", "POST /objects/"))

    @property
    def api(self) -> str:
        """Which API the bytes are for."""
        return "xml" if self.payload.startswith("<") else "rest"


class EffectLedger(Protocol):
    """The rows that make a write happen at most once. Every method commits before it returns."""

    def plan(self, operation: Operation) -> Effect:
        """Insert the effect of this call, or return the one that is there.

        A refused effect is reopened with the new bytes and the next attempt class.
        """

    def mark_sending(self, operation: Operation) -> int | None:
        """Say durably that bytes are about to leave; return the epoch, None if another has it."""

    def succeed(
        self, operation: Operation, epoch: int, key: str, evidence: Mapping[str, Any]
    ) -> None:
        """Record the verdict: it exists, under this record number."""

    def refuse(self, operation: Operation, epoch: int, error: ConnectorError) -> None:
        """Record the verdict: Intacct said no; nothing was created."""

    def put_back(self, operation: Operation, epoch: int, error: ConnectorError) -> None:
        """Record that nothing was executed; the same bytes may go out again."""

    def doubt(self, operation: Operation, epoch: int, error: ConnectorError) -> None:
        """Record that nobody knows; a look-up is due."""

    def name(self, op_key: str, external_id: str) -> None:
        """Keep the business id that a read-back brought."""

    def find(self, call: str) -> Effect | None:
        """Return the effect of the step's write of that name, None where it was never planned."""

    def together(self, work: Callable[[EffectLedger], T]) -> T:
        """Return what ``work`` returns; what it does to the ledger is one commit.

        It does nothing else, and keeps short: others wait for it.
        """


class Batches(Protocol):
    """Writes of one step that go together; each is an effect of its own."""

    def __call__(self, operations: Sequence[Operation]) -> Sequence[Result | ConnectorError]:
        """Return what became of each, in their order."""

    def find(self, call: str) -> Effect | None:
        """Return the effect of the step's write of that name, None where it was never planned."""


class Leases(Protocol):
    """Slots of the company's limit of calls in flight."""

    def slot(self, operation: Operation) -> AbstractContextManager[None]:
        """Hold a slot while the block runs.

        Raises:
            Busy: None became free within a few seconds.
        """


class LimitReports(Protocol):
    """Where the limiter takes what Intacct says about the company's limits."""

    def learn(self, report: LimitReport) -> None:
        """Take over what a reply said; never raises."""


class Circuit(Protocol):
    """What all workers together know about whether Intacct answers this company."""

    def passage(self) -> AbstractContextManager[None]:
        """Let a call through, and learn from how it ends.

        Raises:
            Busy: Intacct does not answer; nothing was sent. Says when to ask again.
        """


class RetryBudget(Protocol):
    """How many calls of a company may be repeats."""

    def take(self) -> bool:
        """Say whether one more call may be repeated at once, and count it if so."""


class Kept(Protocol[T]):
    """What calls are made under, shared by all workers: a session or an access token."""

    def current(self) -> T | None:
        """Return it, or None when there is none or it is about to end."""

    def renew(self, stale: T | None, sign_in: Callable[[], T]) -> T:
        """Return another one than ``stale``, signing in once however many ask."""


class SessionStore(Kept[SessionToken], Protocol):
    """The connection's session of the XML API."""


class TokenStore(Kept[AccessToken], Protocol):
    """The connection's tokens of the REST API.

    ``renew`` keeps what ``sign_in`` brings before it returns it: the refresh token that comes
    along may be the only one that still counts.
    """

    def refresh_token(self) -> str:
        """Return the newest refresh token, also when its access token has ended; empty for none.

        It is asked for from within ``renew``, so nobody else trades the same one meanwhile.
        """


class Allowance(Protocol):
    """What the month's budget of API transactions leaves."""

    def ask(self, count: int) -> None:
        """Let so many transactions go.

        Raises:
            BudgetReached: They are more than the month may see; nothing was sent.
        """


class Meter(Protocol):
    """Counts the calls that leave, retries and sign-ins too."""

    def count(self, function: str) -> None:
        """Count one call of this wire function."""


@dataclass(frozen=True)
class Ports:
    """What one step's stack is built on; the last five may be left out.

    Without circuit, retries, limits and budget nothing is held back; tokens belong to the REST API.
    """

    ledger: EffectLedger
    leases: Leases
    sessions: SessionStore
    meter: Meter
    circuit: Circuit | None = None
    retries: RetryBudget | None = None
    limits: LimitReports | None = None
    tokens: TokenStore | None = None
    budget: Allowance | None = None
