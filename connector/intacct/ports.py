"""What the layers need from above: rows that survive a crash, slots, sessions, a meter.

``connector.runtime`` and ``connector.connections`` implement these; tests pass plain objects.
Each is bound to one connection, and the ledger to one step besides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from connector.errors import ConnectorError
from connector.http import HttpReply, HttpRequest
from connector.intacct.dialects.xml import SessionToken
from connector.intacct.operation import Operation, Result

Send = Callable[[Operation], Result]
SendWithSession = Callable[[Operation, SessionToken], Result]
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


class Leases(Protocol):
    """Slots of the company's limit of calls in flight."""

    def slot(self, operation: Operation) -> AbstractContextManager[None]:
        """Hold a slot while the block runs.

        Raises:
            Busy: None became free within a few seconds.
        """


class SessionStore(Protocol):
    """The connection's session, shared by all workers."""

    def current(self) -> SessionToken | None:
        """Return the session, or None when there is none or it is about to end."""

    def renew(
        self, stale: SessionToken | None, sign_in: Callable[[], SessionToken]
    ) -> SessionToken:
        """Return a session other than ``stale``, signing in once however many ask."""


class Meter(Protocol):
    """Counts the calls that leave, retries and sign-ins too."""

    def count(self, function: str) -> None:
        """Count one call of this wire function."""


@dataclass(frozen=True)
class Ports:
    """What one step's stack is built on."""

    ledger: EffectLedger
    leases: Leases
    sessions: SessionStore
    meter: Meter
