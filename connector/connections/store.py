"""The connections themselves: added, changed and found by name; secrets apart and encrypted."""

from __future__ import annotations

import hmac
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from connector.connections.encrypt import SecretBox
from connector.connections.kinds import kind_named
from connector.errors import ConnectorError, InputError, NotFound
from connector.store import audit, clock, tables
from connector.store.database import Database
from connector.store.json_text import from_json, to_json

_NAME_LENGTH = 100
_TOKEN_BYTES = 16  # 128 bits: an address nobody guesses


@dataclass(frozen=True)
class ConnectionRow:
    """A connection without its secrets in the clear.

    Args:
        settings: What is no secret, under the keys of the kind's schema.
        secrets: The secrets as ciphertext; ``Connections.open`` reads them.
        hook_token: The unguessable end of the address that webhooks are sent to.
        state: ``ready`` or ``needs-attention``.
        problem: What needs attention, as ``ConnectorError.describe`` gave it.
    """

    id: str
    name: str
    kind: str
    settings: dict[str, Any]
    secrets: str = field(repr=False)
    hook_token: str = field(repr=False)
    created_at: int
    changed_at: int
    state: str
    problem: dict[str, Any] | None


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
                state="ready",
                problem=None,
            )
            _store(connection, sa.insert(tables.connection), row)
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
            old = _found(connection, row_id)
            kept = self._box.open(_owner(row_id), old.secrets)
            blank = {key: kept[key] for key in kept if not str(values.get(key) or "").strip()}
            settings, hidden = kind_named(old.kind).split({**values, **blank})
            row = ConnectionRow(
                id=row_id,
                name=new_name or old.name,
                kind=old.kind,
                settings=settings,
                secrets=self._box.seal(_owner(row_id), hidden),
                hook_token=old.hook_token,
                created_at=old.created_at,
                changed_at=clock.now_ms(connection),
                state="ready",
                problem=None,
            )
            _store(connection, sa.update(tables.connection).where(_is(row_id)), row)
            _sign_out(connection, row_id)
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
            row = _found(connection, row_id)
            connection.execute(sa.delete(tables.connection).where(_is(row_id)))
            _note(connection, actor, "connection.delete", row, before=_public(row, {}))

        self._database.write(work)

    def needs_attention(self, row_id: str, problem: ConnectorError) -> None:
        """Mark a connection whose credentials or rights were not accepted, until it is updated.

        Raises:
            NotFound: It does not exist, or not any more.
        """

        def work(connection: sa.Connection) -> None:
            row = _found(connection, row_id)
            description = problem.describe()
            changes = {"state": "needs-attention", "problem": to_json(description)}
            connection.execute(sa.update(tables.connection).where(_is(row_id)).values(changes))
            if row.state == "ready":
                _note(connection, "system", "connection.problem", row, after=description)

        self._database.write(work)

    def works_again(self, row_id: str, *, actor: str = "system") -> None:
        """Mark a connection as ready after its credentials were accepted.

        Raises:
            NotFound: It does not exist, or not any more.
        """

        def work(connection: sa.Connection) -> None:
            row = _found(connection, row_id)
            changes = {"state": "ready", "problem": None}
            connection.execute(sa.update(tables.connection).where(_is(row_id)).values(changes))
            if row.state != "ready":
                _note(connection, actor, "connection.works", row)

        self._database.write(work)

    def list(self) -> tuple[ConnectionRow, ...]:
        """Return all connections by name."""
        query = sa.select(tables.connection).order_by(tables.connection.c.name)
        return self._database.read(
            lambda connection: tuple(_row(found) for found in connection.execute(query).mappings())
        )

    def by_id(self, row_id: str) -> ConnectionRow:
        """Return the connection one of our own rows refers to.

        Raises:
            NotFound: It does not exist any more.
        """
        return self._database.read(lambda connection: _found(connection, row_id))

    def by_name(self, name: str) -> ConnectionRow | None:
        """Return a connection by the name workflows call it, or None."""
        return self._one(tables.connection.c.name == name.strip())

    def by_hook_token(self, token: str) -> ConnectionRow | None:
        """Return the connection whose webhooks arrive at this token, or None."""
        row = self._one(tables.connection.c.hook_token == token)
        # The index compares byte by byte; 128 random bits leave nothing to learn from its time.
        # This guards against a database that compares more loosely than we mean.
        if row is None or not hmac.compare_digest(row.hook_token.encode(), token.encode()):
            return None
        return row

    def open(self, row: ConnectionRow) -> dict[str, Any]:
        """Return settings, secrets and the schema's defaults together; never keep or show them.

        Raises:
            SetupError: No master key that is set opens the secrets.
            ConnectionProblem: The secrets were sealed for another connection.
        """
        hidden = self._box.open(_owner(row.id), row.secrets)
        return {**kind_named(row.kind).defaults, **row.settings, **hidden}

    def _one(self, condition: sa.ColumnElement[bool]) -> ConnectionRow | None:
        return self._database.read(lambda connection: _first(connection, condition))


def _checked_name(name: str) -> str:
    name = name.strip()
    if not name or len(name) > _NAME_LENGTH or not name.isprintable():
        raise InputError(
            f"A connection's name is one line of 1 to {_NAME_LENGTH} characters.", field="name"
        )
    return name


def _owner(row_id: str) -> str:
    return f"connection/{row_id}"


def _is(row_id: str) -> sa.ColumnElement[bool]:
    return tables.connection.c.id == row_id


def _store(connection: sa.Connection, statement: sa.Insert | sa.Update, row: ConnectionRow) -> None:
    columns = {
        **vars(row),
        "settings": to_json(row.settings),
        "problem": None if row.problem is None else to_json(row.problem),
    }
    try:
        with connection.begin_nested():
            connection.execute(statement.values(columns))
    except IntegrityError:
        raise InputError(
            f"There is already a connection named '{row.name}'.",
            advice="Choose another name, or update the one that is there.",
            field="name",
        ) from None


def _sign_out(connection: sa.Connection, row_id: str) -> None:
    is_its_own = tables.session.c.connection_id == row_id
    connection.execute(sa.delete(tables.session).where(is_its_own))


def _found(connection: sa.Connection, row_id: str) -> ConnectionRow:
    row = _first(connection, _is(row_id))
    if row is None:
        raise NotFound("This connection does not exist, or not any more.")
    return row


def _first(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> ConnectionRow | None:
    query = sa.select(tables.connection).where(condition)
    found = connection.execute(query).mappings().one_or_none()
    return None if found is None else _row(found)


def _row(found: sa.RowMapping) -> ConnectionRow:
    columns: dict[str, Any] = {str(name): value for name, value in found.items()}
    del columns["tenant"]
    columns["settings"] = from_json(columns["settings"])
    columns["problem"] = from_json(columns["problem"]) if columns["problem"] else None
    return ConnectionRow(**columns)


def _public(row: ConnectionRow, hidden: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an audit row may say; of secrets, which ones are there."""
    return {"name": row.name, "kind": row.kind, "settings": row.settings, "secrets": sorted(hidden)}


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
