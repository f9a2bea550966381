"""The OAuth tokens of a connection: of all workers that need new ones, one asks for them.

What Intacct gives is committed before it is used, since a refresh token may count only once. When
it accepts none, nobody asks again: the connection needs a person, its runs wait, and one alert is
logged (reliability notes, section 5).
"""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from connector.connections.grants import GrantRow, Grants
from connector.connections.oauth import Holder, mismatch
from connector.connections.rows import ATTENTION, RECONNECT
from connector.connections.store import Connections
from connector.errors import (
    Busy,
    ConnectionProblem,
    ConnectorError,
    NeedsReconnect,
    OutcomeUnknown,
    Unavailable,
)
from connector.intacct.dialects.rest_tokens import AccessToken
from connector.runtime.runs import WAITING
from connector.store.database import Database
from connector.store.tables import run

LOG = logging.getLogger(__name__)

# A token this close to its end could end before the call does.
MARGIN_MS = 60_000
# After a failed renewal the old token goes on for a while, if it still counts.
PAUSE_MS = 120_000
PATIENCE_SECONDS = 10.0
POLL_SECONDS = 0.05
BUSY_SECONDS = 5.0

_AGAIN = (
    "Open the connection {name} and connect it again, or run 'intacct connections authorize "
    "{name}'. What waits for it goes on by itself then."
)
_renewing: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


class SqlTokens:
    """The tokens of one connection, as ``ports.TokenStore`` asks.

    Args:
        grants: Where they are kept.
        connections: Where a connection in trouble is marked.
        connection_id: Whose they are.
        wanted: Whom they have to be for; with a user, no person is needed to fetch them.
        is_test: Sign in anew, whatever is kept and whatever failed before.
        healed: Called when a connection that was in trouble works again.
    """

    def __init__(
        self,
        grants: Grants,
        connections: Connections,
        connection_id: str,
        wanted: Holder,
        *,
        is_test: bool = False,
        healed: Callable[[], None] = lambda: None,
    ) -> None:
        self._grants = grants
        self._connections = connections
        self._connection_id = connection_id
        self._wanted = wanted
        self._is_test = is_test
        self._healed = healed
        self._is_signed_in = False

    def current(self) -> AccessToken | None:
        """Return the access token, or None when there is none or it is time for a new one."""
        view, kept = self._grants.open(self._connection_id)
        return kept if self._counts(view, None, kept) else None

    def refresh_token(self) -> str:
        """Return the newest refresh token; empty for none, or where a test is to sign in anew."""
        if self._is_test and self._wanted.user:
            return ""
        _, kept = self._grants.open(self._connection_id)
        return kept.refresh_token if kept else ""

    def renew(self, stale: AccessToken | None, sign_in: Callable[[], AccessToken]) -> AccessToken:
        """Return a token other than ``stale``; of all workers that ask, one signs in.

        Raises:
            NeedsReconnect: A person has to allow the access again.
            ConnectionProblem: The application or its user is not accepted, now or since somebody
                tried before, or the token is for somebody else.
            Busy: Another worker is still at it.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        with _renewing[self._connection_id]:
            while True:
                found = self._kept(stale)
                if found is not None:
                    return found
                claim = self._grants.claim(self._connection_id)
                if claim:
                    return self._claimed(claim, stale, sign_in)
                if time.monotonic() > deadline:
                    raise Busy(
                        "Another worker is renewing the access to Intacct.",
                        retry_after=BUSY_SECONDS,
                    )
                time.sleep(POLL_SECONDS)

    def _claimed(
        self, claim: str, stale: AccessToken | None, sign_in: Callable[[], AccessToken]
    ) -> AccessToken:
        is_lost = False
        try:
            # Another worker may have finished just before the claim.
            return self._kept(stale) or self._signed_in(sign_in)
        except (OutcomeUnknown, Unavailable) as error:
            is_lost = isinstance(error, OutcomeUnknown)
            old = self._still_good(stale)
            if old is None:
                raise
            self._grants.postpone(self._connection_id, PAUSE_MS)
            return old
        finally:
            self._grants.release(self._connection_id, claim, is_lost=is_lost)

    def _signed_in(self, sign_in: Callable[[], AccessToken]) -> AccessToken:
        view = self._grants.view(self._connection_id)
        try:
            fresh = sign_in()
        except ConnectionProblem as error:
            raise self._stopped(self._explained(error, view)) from error
        # Kept before anybody looks at it: the token that fetched it may be spent.
        self._grants.keep(self._connection_id, fresh, is_renewal=True)
        self._is_signed_in = True
        problem = mismatch(self._wanted, self._grants.view(self._connection_id).holder)
        if problem is not None:
            raise self._stopped(problem)
        if view.problem is not None:
            self._connections.works_again(self._connection_id, api="rest")
            self._healed()
        return fresh

    def _kept(self, stale: AccessToken | None) -> AccessToken | None:
        view, kept = self._grants.open(self._connection_id)
        if view.problem is not None and not self._is_test:
            raise _as_error(view.problem)
        return kept if self._counts(view, stale, kept) else None

    def _counts(self, view: GrantRow, stale: AccessToken | None, kept: AccessToken | None) -> bool:
        if kept is None or view.problem is not None:
            return False
        if self._is_test and self._wanted.user and not self._is_signed_in:
            return False
        is_other = stale is None or kept.value != stale.value
        return is_other and view.renew_at > view.now and view.expires_at > view.now + MARGIN_MS

    def _still_good(self, stale: AccessToken | None) -> AccessToken | None:
        """Return the old token where renewing it failed and Intacct has not refused it yet."""
        view, kept = self._grants.open(self._connection_id)
        is_refused = stale is not None and kept is not None and kept.value == stale.value
        is_young = view.expires_at > view.now + MARGIN_MS
        return kept if is_young and not is_refused and not self._is_test else None

    def _explained(self, error: ConnectionProblem, view: GrantRow) -> ConnectionProblem:
        """Return a refusal as what it means for this connection."""
        if self._wanted.user or error.field not in {"", "oauthUserId"}:
            return error  # the application's own credentials; no permission is at stake
        name = self._connections.by_id(self._connection_id).name
        return NeedsReconnect(
            _reason(view),
            advice=_AGAIN.format(name=name),
            code=error.code,
            support_id=error.support_id,
        )

    def _stopped(self, problem: ConnectorError) -> ConnectorError:
        state = RECONNECT if isinstance(problem, NeedsReconnect) else ATTENTION
        self._grants.stop(self._connection_id, problem)
        is_news = self._connections.needs_attention(
            self._connection_id, problem, state=state, api="rest"
        )
        if is_news:
            LOG.error("A connection needs a person: %s %s", problem.title, problem.advice)
        return problem


class NoTokens:
    """Tokens that nobody keeps: a probe signs in anew and forgets."""

    def current(self) -> AccessToken | None:
        """Return None."""
        return None

    def refresh_token(self) -> str:
        """Return nothing, so that the user signs in."""
        return ""

    def renew(self, stale: AccessToken | None, sign_in: Callable[[], AccessToken]) -> AccessToken:
        """Sign in; ``stale`` does not matter."""
        del stale
        return sign_in()


def _reason(view: GrantRow) -> str:
    if not view.has_tokens:
        return "Nobody has allowed this connection to use Intacct yet."
    if view.ends_at is None:
        return "The access to Intacct has ended, and it came without a way to renew it."
    if view.lost_at is not None:
        return (
            "Intacct may have renewed the access, but its answer was lost on the way, so the "
            "access cannot be carried on."
        )
    if view.ends_at <= view.now:
        return "The access to Intacct has ended: it lasts six months without use."
    return (
        "Intacct no longer accepts the permission of this connection. Most often the same "
        "application and user were connected a second time, which ends the earlier permission, "
        "or somebody withdrew it."
    )


def _as_error(problem: Mapping[str, Any]) -> ConnectionProblem:
    kind = NeedsReconnect if problem.get("type") == NeedsReconnect.__name__ else ConnectionProblem
    return kind(
        str(problem.get("title") or "This connection needs attention."),
        advice=str(problem.get("advice") or ""),
        field=str(problem.get("field") or ""),
        code=str(problem.get("code") or ""),
        support_id=str(problem.get("supportId") or ""),
    )


def waiting_runs(database: Database) -> list[str]:
    """Return the runs that wait for somebody to connect again, the oldest first."""
    is_kind = run.c.error.contains(f'"type":"{NeedsReconnect.__name__}"', autoescape=True)
    query = sa.select(run.c.id).where(run.c.state == WAITING, is_kind).order_by(run.c.created_at)
    return database.read(lambda connection: list(connection.execute(query).scalars()))


def warn_of_ends(grants: Grants, connections: Connections) -> int:
    """Log one warning for each permission that ends within 14 days; return how many.

    Each is told once, until somebody connects again. An application that signs in by itself needs
    nobody, so its end is not told.
    """
    found = [(connections.by_id(row_id), days) for row_id, days in grants.to_warn()]
    due = [(row, days) for row, days in found if not row.settings.get("oauthUserId")]
    for row, days in due:
        LOG.warning(
            "The access of the connection %s ends in %d days. Connect it again before that: "
            "intacct connections authorize %s",
            row.name,
            days,
            row.name,
        )
    return len(due)
