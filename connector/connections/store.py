"""The connections themselves: added, changed and found by name; secrets apart and encrypted."""

from __future__ import annotations

import hmac
import secrets
import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from connector.connections import grants, references, rows
from connector.connections.encrypt import SecretBox
from connector.connections.kinds import kind_named
from connector.connections.rows import ATTENTION, READY, ConnectionRow
from connector.errors import ConnectorError, InputError
from connector.store import audit, clock, outbox, tables
from connector.store.database import Database
from connector.store.json_text import to_json

__all__ = ["ConnectionRow", "Connections"]

# With another one of these, a permission that was given is not this connection's any more.
_GRANTED_TO = ("companyId", "clientId", "restUrl", "oauthUserId")
_NAME_LENGTH = 100
_TOKEN_BYTES = 16  # 128 bits: an address nobody guesses


class Connections:
    """All connections of this installation; every change leaves an audit row without secrets."""

    def __init__(self, database: Database, box: SecretBox) -> None:
        self._database = database
        self._box = box

    def add(
        self, kind: str, name: str, values: Mapping[str, Any], *, actor: str = "system"
    ) -> ConnectionRow:
        """Keep a new connection and return it.

        Args:
            kind: Such as ``sage-intacct``; names a schema in ``schemas/connections``.
            name: What workflows call it; one of a kind.
            values: What the schema asks for.

        Raises:
            InputError: A value is wrong or missing, or the name is taken.
        """
        name = _checked_name(name)
        settings, hidden = kind_named(kind).split(values)
        references.check(hidden)
        row_id = str(uuid.uuid4())
        sealed = self._box.seal(_owner(row_id), hidden)

        def work(connection: sa.Connection) -> ConnectionRow:
            now = clock.now_ms(connection)
            row = ConnectionRow(
                id=row_id,
                name=name,
                kind=kind,
                settings=settings,
                secrets=sealed,
                hook_token=secrets.token_urlsafe(_TOKEN_BYTES),
                created_at=now,
                changed_at=now,
                state=READY,
                problem=None,
            )
            rows.store(connection, sa.insert(tables.connection), row)
            _note(connection, actor, "connection.add", row, after=_public(row, hidden))
            return row

        return self._database.write(work)

    def update(
        self,
        row_id: str,
        values: Mapping[str, Any],
        *,
        name: str | None = None,
        actor: str = "system",
    ) -> ConnectionRow:
        """Replace a connection's values and return it, ready again and signed out everywhere.

        What a person allowed in the browser stays, unless it is for another company, user,
        application or address now.

        Args:
            values: All settings as a form posts them. Secrets are never shown, so a blank one
                keeps its value.
            name: A new name, if it is to have one.

        Raises:
            NotFound: It does not exist, or not any more.
            InputError: A value is wrong or missing, or the name is taken.
        """
        new_name = None if name is None else _checked_name(name)

        def work(connection: sa.Connection) -> ConnectionRow:
            old = rows.found(connection, row_id)
            kept = self._box.open(_owner(row_id), old.secrets)
            blank = {key: kept[key] for key in kept if not str(values.get(key) or "").strip()}
            settings, hidden = kind_named(old.kind).split({**values, **blank})
            references.check(hidden)
            row = ConnectionRow(
                id=row_id,
                name=new_name or old.name,
                kind=old.kind,
                settings=settings,
                secrets=self._box.seal(_owner(row_id), hidden),
                hook_token=old.hook_token,
                created_at=old.created_at,
                changed_at=clock.now_ms(connection),
                state=READY,
                problem=None,
            )
            rows.store(connection, sa.update(tables.connection).where(rows.is_it(row_id)), row)
            _sign_out(connection, row_id)
            is_same = all(settings.get(key) == old.settings.get(key) for key in _GRANTED_TO)
            (grants.forgive if is_same else grants.forget)(connection, row_id)
            changed = sorted(key for key in hidden if hidden[key] != kept.get(key))
            after = {**_public(row, hidden), "secretsChanged": changed}
            before = _public(old, kept)
            _note(connection, actor, "connection.update", row, before=before, after=after)
            return row

        return self._database.write(work)

    def delete(self, row_id: str, *, actor: str = "system") -> None:
        """Forget a connection with its secrets and sessions; its effects and audit rows stay.

        Raises:
            NotFound: It does not exist, or not any more.
        """

        def work(connection: sa.Connection) -> None:
            row = rows.found(connection, row_id)
            connection.execute(sa.delete(tables.connection).where(rows.is_it(row_id)))
            _note(connection, actor, "connection.delete", row, before=_public(row, {}))

        self._database.write(work)

    def needs_attention(
        self, row_id: str, problem: ConnectorError, *, state: str = ATTENTION, api: str = "xml"
    ) -> bool:
        """Mark a connection whose credentials or rights were not accepted, until it is updated.

        Returns whether it worked until now, so that people are told once. A trouble of the XML
        API stays until it is healed, since it guards a user against being locked out.

        Args:
            row_id: The connection.
            problem: What a person should read.
            state: ``needs-attention``, or ``needs-reconnect`` where access has to be allowed anew.
            api: Which API is in trouble, ``xml`` or ``rest``.

        Raises:
            NotFound: It does not exist, or not any more.
        """

        def work(connection: sa.Connection) -> bool:
            row = rows.found(connection, row_id)
            if api == "rest" and row.is_stopped("xml"):
                return False
            description = {**problem.describe(), "api": api}
            changes = {"state": state, "problem": to_json(description)}
            connection.execute(
                sa.update(tables.connection).where(rows.is_it(row_id)).values(changes)
            )
            if row.state == READY:
                _note(connection, "system", "connection.problem", row, after=description)
                outbox.tell(connection, lambda: _trouble(row, description))
            return row.state == READY

        return self._database.write(work)

    def works_again(self, row_id: str, *, actor: str = "system", api: str = "") -> None:
        """Mark a connection as ready after its credentials were accepted.

        Args:
            row_id: The connection.
            actor: Who saw it.
            api: The API they were accepted for, whose trouble alone is over; empty for all.

        Raises:
            NotFound: It does not exist, or not any more.
        """

        def work(connection: sa.Connection) -> None:
            row = rows.found(connection, row_id)
            if api and not row.is_stopped(api):
                return
            changes = {"state": READY, "problem": None}
            connection.execute(
                sa.update(tables.connection).where(rows.is_it(row_id)).values(changes)
            )
            if row.state != READY:
                _note(connection, actor, "connection.works", row)

        self._database.write(work)

    def list(self) -> tuple[ConnectionRow, ...]:
        """Return all connections by name."""
        return self._database.read(rows.by_name)

    def by_id(self, row_id: str) -> ConnectionRow:
        """Return the connection one of our own rows refers to.

        Raises:
            NotFound: It does not exist any more.
        """
        return self._database.read(lambda connection: rows.found(connection, row_id))

    def by_name(self, name: str) -> ConnectionRow | None:
        """Return a connection by the name workflows call it, or None."""
        return self._one(tables.connection.c.name, name.strip())

    def by_hook_token(self, token: str) -> ConnectionRow | None:
        """Return the connection whose webhooks arrive at this token, or None."""
        row = self._one(tables.connection.c.hook_token, token)
        # The index compares byte by byte; 128 random bits leave nothing to learn from its time.
        # This guards against a database that compares more loosely than we mean.
        if row is None or not hmac.compare_digest(row.hook_token.encode(), token.encode()):
            return None
        return row

    def open(self, row: ConnectionRow) -> dict[str, Any]:
        """Return settings, secrets and the schema's defaults together; never keep or show them.

        A secret that is kept elsewhere (``references``) is read from there.

        Raises:
            SetupError: No master key that is set opens the secrets, or one is not where it is kept.
            ConnectionProblem: The secrets were sealed for another connection.
        """
        hidden = self._box.open(_owner(row.id), row.secrets)
        return {**kind_named(row.kind).defaults, **row.settings, **references.resolved(hidden)}

    def _one(self, column: sa.Column[Any], value: str) -> ConnectionRow | None:
        return self._database.read(lambda connection: rows.first(connection, column, value))


def _checked_name(name: str) -> str:
    name = name.strip()
    if not name or len(name) > _NAME_LENGTH or not name.isprintable():
        raise InputError(
            f"A connection's name is one line of 1 to {_NAME_LENGTH} characters.", field="name"
        )
    return name


def _owner(row_id: str) -> str:
    return f"connection/{row_id}"


def _sign_out(connection: sa.Connection, row_id: str) -> None:
    is_its_own = tables.session.c.connection_id == row_id
    connection.execute(sa.delete(tables.session).where(is_its_own))


def _public(row: ConnectionRow, hidden: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an audit row may say; of secrets, which ones are there."""
    return {"name": row.name, "kind": row.kind, "settings": row.settings, "secrets": sorted(hidden)}


def _trouble(row: ConnectionRow, description: Mapping[str, Any]) -> outbox.Happening:
    data = {"connection": row.name, "kind": row.kind, "error": description}
    return outbox.Happening("connection.needs_attention", f"connections/{row.id}", data)


def _note(
    connection: sa.Connection,
    actor: str,
    action: str,
    row: ConnectionRow,
    *,
    before: Any = None,
    after: Any = None,
) -> None:
    entry = audit.Entry(actor, action, f"connection/{row.id}", before=before, after=after)
    audit.append(connection, entry)
