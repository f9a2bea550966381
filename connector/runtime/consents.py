"""Asking a person to allow the access, and trading the code that comes back for tokens.

A question lives for ten minutes, counts once, and is bound to whoever began it: the browser by a
cookie that only it holds, a terminal by being asked for there. The code is worth nothing without
the verifier that stays here (PKCE).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from functools import partial
from typing import Any

import sqlalchemy as sa

from connector.connections import oauth
from connector.connections.grants import GrantRow
from connector.connections.oauth import Answer
from connector.connections.store import ConnectionRow
from connector.errors import ConnectionProblem, InputError, Untrusted
from connector.http import HttpRequest
from connector.intacct.dialects.rest_tokens import AccessToken, read_token
from connector.intacct.rest_wire import TOKEN_SECONDS, RestAccount
from connector.runtime.doors import account_of
from connector.runtime.services import INTACCT, Services
from connector.store import audit, clock
from connector.store.tables import consent

QUESTION_MS = 600_000
BROWSER, LINK, TERMINAL = "browser", "link", "terminal"
_STATE_BYTES = 32


@dataclass(frozen=True)
class Question:
    """A person was asked to allow the access.

    Args:
        url: The page at Intacct where that is done.
        state: What the answer has to carry.
        expires_at: Until when it counts, in ms since 1970 UTC.
    """

    url: str
    state: str
    expires_at: int


@dataclass(frozen=True)
class Connected:
    """What came of an answer.

    Args:
        connection: Which one is connected now.
        grant: What is known of its tokens.
    """

    connection: ConnectionRow
    grant: GrantRow


class Consents:
    """The questions of this installation."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def begin(
        self,
        connection: ConnectionRow,
        *,
        caller: str,
        actor: str,
        binding: str = "",
        redirect_url: str = "",
    ) -> Question:
        """Begin a question.

        Args:
            connection: Whose access it is.
            caller: ``browser``, ``link`` for a browser that is yet to come, or ``terminal``.
            actor: Who asks, for the audit trail.
            binding: The browser's own secret.
            redirect_url: Where Intacct sends the browser, exactly as registered with Sage; ours
                where none is given.

        Raises:
            ConnectionProblem: The connection has no OAuth application, or its address is not
                Sage's.
        """
        account = self._account(connection)
        state, verifier = secrets.token_urlsafe(_STATE_BYTES), oauth.new_verifier()
        redirect_url = redirect_url or f"{self._services.settings.public_url}/oauth/callback"
        row = {
            "state_hash": _hash(state),
            "connection_id": connection.id,
            "sealed": self._services.box.seal(_owner(state), {"verifier": verifier}),
            "caller": caller,
            "binding": _hash(binding) if binding else "",
            "redirect_url": redirect_url,
            "actor": actor,
        }

        def work(database: sa.Connection) -> int:
            now = clock.now_ms(database)
            database.execute(sa.delete(consent).where(consent.c.expires_at <= now))
            database.execute(sa.insert(consent).values(**row, expires_at=now + QUESTION_MS))
            return now + QUESTION_MS

        expires_at = self._services.database.write(work)
        url = oauth.consent_url(account.base_url, account.client_id, redirect_url, state, verifier)
        return Question(url, state, expires_at)

    def take_up(self, state: str, binding: str) -> str:
        """Bind a link to the first browser that opens it and return Intacct's page.

        Raises:
            InputError: The link is unknown, too old, or was opened elsewhere.
        """

        def work(database: sa.Connection) -> sa.Row[Any] | None:
            found = _found(database, state)
            if found is None or found.caller != LINK:
                return None
            if found.binding not in {"", _hash(binding)}:
                return None
            database.execute(
                sa.update(consent)
                .where(consent.c.state_hash == _hash(state))
                .values(binding=_hash(binding))
            )
            return found

        row = self._services.database.write(work)
        if row is None:
            raise _too_old()
        account = self._account(self._services.connections.by_id(row.connection_id))
        verifier = self._verifier(row, state)
        return oauth.consent_url(
            account.base_url, account.client_id, row.redirect_url, state, verifier
        )

    def is_for_terminal(self, state: str) -> bool:
        """Say whether somebody waits for this answer at a terminal."""
        row = self._services.database.read(lambda c: _found(c, state))
        return row is not None and row.caller == TERMINAL

    def finish(self, answer: Answer, *, caller: str, binding: str = "") -> Connected:
        """Trade the code for tokens and keep them.

        Args:
            answer: What came back.
            caller: Who brings it, ``browser`` or ``terminal``.
            binding: The browser's own secret.

        Raises:
            InputError: The question is unknown, too old, or was answered already.
            Untrusted: Somebody else was asked.
            ConnectionProblem: Intacct does not take the code, or gave access to another company,
                user or entity; nothing is kept then.
        """
        row = self._services.database.write(partial(_spend, answer.state, caller, binding))
        connection = self._services.connections.by_id(row.connection_id)
        values = self._services.connections.open(connection)
        token = self._trade(self._account(connection), answer.code, row, answer.state)
        problem = oauth.mismatch(oauth.wanted_by(values), oauth.holder_of(token.value))
        if problem is not None:
            raise problem
        self._services.grants.keep(connection.id, token)
        self._services.connections.works_again(connection.id, actor=row.actor, api="rest")
        grant = self._services.grants.view(connection.id)
        after = {"caller": row.caller, "endsAt": grant.ends_at, **vars(grant.holder)}
        entry = audit.Entry(
            row.actor, "connection.authorize", f"connection/{connection.id}", after=after
        )
        self._services.database.write(lambda c: audit.append(c, entry))
        self._services.resume_waiting()
        return Connected(self._services.connections.by_id(connection.id), grant)

    def _account(self, connection: ConnectionRow) -> RestAccount:
        if connection.kind != INTACCT:
            raise ConnectionProblem(
                "Only connections to Intacct are connected in this way.", field="connection"
            )
        values = self._services.connections.open(connection)
        return account_of(values, self._services.settings.allowed_origins)

    def _verifier(self, row: sa.Row[Any], state: str) -> str:
        return str(self._services.box.open(_owner(state), row.sealed)["verifier"])

    def _trade(self, account: RestAccount, code: str, row: sa.Row[Any], state: str) -> AccessToken:
        form = oauth.code_form(
            account.client_id,
            account.client_secret,
            code,
            row.redirect_url,
            self._verifier(row, state),
        )
        now_ms = self._services.wall_clock.now_ms()
        reply = self._services.http.send(
            HttpRequest(
                "POST",
                f"{account.base_url.rstrip('/')}/oauth2/token",
                {"content-type": "application/x-www-form-urlencoded"},
                form,
                seconds=TOKEN_SECONDS,
            )
        )
        try:
            return read_token(reply.status, reply.headers, reply.body, now_ms)
        except ConnectionProblem as error:
            if error.code != "invalid_grant":
                raise
            raise ConnectionProblem(
                "Intacct does not take the code: it counts once and for a few minutes.",
                advice="Begin again, and allow the access without waiting.",
                code=error.code,
            ) from error


def _spend(state: str, caller: str, binding: str, database: sa.Connection) -> sa.Row[Any]:
    """Return a question and forget it, if it is whoever was asked that answers."""
    row = _found(database, state)
    if row is None:
        raise _too_old()
    is_terminal = row.caller == TERMINAL
    is_same = is_terminal or hmac.compare_digest(row.binding, _hash(binding))
    if is_terminal != (caller == TERMINAL) or not is_same:
        raise Untrusted(
            "The access was asked for in another browser.",
            advice="Begin again in the browser in which you allow it.",
        )
    database.execute(sa.delete(consent).where(consent.c.state_hash == _hash(state)))
    return row


def _found(database: sa.Connection, state: str) -> sa.Row[Any] | None:
    is_alive = consent.c.expires_at > clock.now_column(database)
    query = sa.select(consent).where(consent.c.state_hash == _hash(state), is_alive)
    return database.execute(query).one_or_none()


def _too_old() -> InputError:
    return InputError(
        "This link is unknown, was used already, or is older than ten minutes.",
        advice="Begin again at the connection.",
        field="state",
    )


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _owner(state: str) -> str:
    return f"consent/{_hash(state)}"
