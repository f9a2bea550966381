"""Who is told of our own events: programs at web addresses, people with mail addresses."""

from __future__ import annotations

import re
import urllib.parse
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from connector.errors import ConnectorError, InputError, NotFound
from connector.http.addresses import checked_url
from connector.operations.event_types import check_type
from connector.runtime.services import Services
from connector.store import audit, clock
from connector.store.json_text import from_json, to_json
from connector.store.tables import outbound_delivery, subscriber, workflow
from connector.webhooks.outgoing import new_secret

WEBHOOK, MAIL = "webhook", "mail"
STOPPED = "stopped"

_MOST_LETTERS = 100
_MOST_TARGET = 1000
_MAIL_ADDRESS = re.compile(r"[^\s@<>,;:\"\\]{1,64}@[A-Za-z0-9.-]{1,190}")


@dataclass(frozen=True)
class Subscriber:
    """A subscriber as people see it.

    Args:
        id: Its row.
        name: What people call it.
        kind: ``webhook`` or ``mail``.
        target: The address; of a web address without what stands behind a question mark.
        types: What it is told of; all where empty.
        workflows: The names of those it is told about; all where empty.
        state: ``active`` or ``stopped``.
        problem: What went wrong last, if it has not been well since.
        waiting: How many events wait for it.
        dead: How many were given up.
    """

    id: str
    name: str
    kind: str
    target: str
    types: list[str]
    workflows: list[str]
    state: str
    problem: str
    waiting: int
    dead: int

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON data."""
        return asdict(self)


def add(
    services: Services,
    name: str,
    target: str,
    *,
    types: Sequence[str] = (),
    workflows: Sequence[str] = (),
    actor: str,
) -> str:
    """Keep a subscriber and return the secret its deliveries are signed with, once.

    Args:
        services: What the process holds open.
        name: What to call it; one of a kind.
        target: A web address, or a mail address, to which nothing is signed: the secret is empty.
        types: Some of ``TYPES``, or a record's change such as ``invoice.created``; ``*`` for any
            one part. None for everything.
        workflows: Names of those whose events are wanted; none for everything.
        actor: Who subscribes it.

    Raises:
        InputError: The name is taken, or something cannot be what it is meant to be.
    """
    name = _checked_name(name)
    kind = _checked_target(services, target.strip())
    for one in types:
        check_type(one)
    row_id = str(uuid.uuid4())
    secret = new_secret() if kind == WEBHOOK else ""
    sealed = services.box.seal(_owner(row_id), {"secret": secret}) if secret else ""

    def write(connection: sa.Connection) -> None:
        taken = sa.select(subscriber.c.id).where(subscriber.c.name == name)
        if connection.execute(taken).first() is not None:
            raise InputError(f"There is a subscriber named {name} already.", field="name")
        now = clock.now_ms(connection)
        values = {
            "id": row_id,
            "name": name,
            "kind": kind,
            "target": target.strip(),
            "secrets": sealed,
            "types": to_json(list(types)),
            "workflows": to_json([_workflow_id(connection, one) for one in workflows]),
            "created_at": now,
            "changed_at": now,
        }
        connection.execute(subscriber.insert().values(**values))
        shown = {"name": name, "target": shown_target(target), "types": list(types)}
        _note(connection, actor, "subscriber.add", row_id, shown)

    services.database.write(write)
    return secret


def remove(services: Services, name: str, *, actor: str) -> None:
    """Forget a subscriber and what it was still owed.

    Raises:
        NotFound: There is none of that name.
    """

    def write(connection: sa.Connection) -> None:
        row = named(connection, name)
        connection.execute(subscriber.delete().where(subscriber.c.id == row.id))
        _note(connection, actor, "subscriber.remove", row.id, {"name": row.name})

    services.database.write(write)


def set_state(services: Services, name: str, state: str, *, actor: str) -> None:
    """Stop a subscriber or let it go on; while it is stopped, nothing new is kept for it.

    Raises:
        NotFound: There is none of that name.
    """

    def write(connection: sa.Connection) -> None:
        row = named(connection, name)
        values = {"state": state, "problem": "", "failures": 0, "paused_until": None}
        _change(connection, row.id, values)
        _note(connection, actor, f"subscriber.{state}", row.id, {"name": row.name})

    services.database.write(write)


def renew_secret(services: Services, name: str, *, actor: str) -> str:
    """Return a new secret; deliveries are signed with it and with the one before.

    Raises:
        NotFound: There is none of that name.
        InputError: It is told by mail, which is not signed.
    """
    secret = new_secret()

    def write(connection: sa.Connection) -> None:
        row = _signed(connection, name)
        known = services.box.open(_owner(row.id), row.secrets)
        both = {"secret": secret, "previousSecret": known["secret"]}
        _change(connection, row.id, {"secrets": services.box.seal(_owner(row.id), both)})
        _note(connection, actor, "subscriber.renew-secret", row.id, {"name": row.name})

    services.database.write(write)
    return secret


def forget_previous_secret(services: Services, name: str, *, actor: str) -> None:
    """Sign with the newest secret alone from now on.

    Raises:
        NotFound: There is none of that name.
        InputError: It is told by mail, which is not signed.
    """

    def write(connection: sa.Connection) -> None:
        row = _signed(connection, name)
        known = services.box.open(_owner(row.id), row.secrets)
        newest = services.box.seal(_owner(row.id), {"secret": known["secret"]})
        _change(connection, row.id, {"secrets": newest})
        _note(connection, actor, "subscriber.forget-secret", row.id, {"name": row.name})

    services.database.write(write)


def secrets_of(services: Services, row: sa.Row[Any]) -> list[str]:
    """Return the secrets that a subscriber's deliveries are signed with, the newest first."""
    known = services.box.open(_owner(row.id), row.secrets) if row.secrets else {}
    return [known[key] for key in ("secret", "previousSecret") if known.get(key)]


def listed(connection: sa.Connection) -> list[Subscriber]:
    """Return all subscribers by name, with what they are owed."""
    rows = connection.execute(sa.select(subscriber).order_by(subscriber.c.name)).all()
    names = {row.id: row.name for row in connection.execute(sa.select(workflow))}
    owed = sa.select(
        outbound_delivery.c.subscriber_id, outbound_delivery.c.state, sa.func.count()
    ).group_by(outbound_delivery.c.subscriber_id, outbound_delivery.c.state)
    counts = {(who, state): int(many) for who, state, many in connection.execute(owed)}
    return [
        Subscriber(
            id=row.id,
            name=row.name,
            kind=row.kind,
            target=shown_target(row.target),
            types=from_json(row.types),
            workflows=[names.get(one, one) for one in from_json(row.workflows)],
            state=row.state,
            problem=row.problem,
            waiting=counts.get((row.id, "waiting"), 0),
            dead=counts.get((row.id, "dead"), 0),
        )
        for row in rows
    ]


def named(connection: sa.Connection, name: str) -> sa.Row[Any]:
    """Return a subscriber's row.

    Raises:
        NotFound: There is none of that name.
    """
    wanted = sa.select(subscriber).where(subscriber.c.name == name.strip())
    row = connection.execute(wanted).one_or_none()
    if row is None:
        raise NotFound(
            f"There is no subscriber named {name}.", advice="'intacct events list' names them."
        )
    return row


def shown_target(target: str) -> str:
    """Return an address without what may be secret in it: what follows a question mark."""
    bare, mark, _ = target.strip().partition("?")
    return f"{bare}?…" if mark else bare


def _checked_name(name: str) -> str:
    name = name.strip()
    if not name or len(name) > _MOST_LETTERS or not name.isprintable():
        raise InputError(
            f"A subscriber's name is one line of 1 to {_MOST_LETTERS} characters.", field="name"
        )
    return name


def _checked_target(services: Services, target: str) -> str:
    """Return the kind of a target."""
    if _MAIL_ADDRESS.fullmatch(target):
        return MAIL
    try:
        url = checked_url(target, services.settings.allowed_origins)
    except ConnectorError as error:
        raise InputError(error.title, advice=error.advice, field="target") from error
    is_inside = urllib.parse.urlsplit(target).netloc.lower() in services.settings.allowed_origins
    if len(target) > _MOST_TARGET or (url.scheme != "https" and not is_inside):
        raise InputError(
            "Events are delivered to https addresses only.",
            advice="Enter an address that begins with https://.",
            field="target",
        )
    return WEBHOOK


def _workflow_id(connection: sa.Connection, name: str) -> str:
    wanted = sa.select(workflow.c.id).where(workflow.c.name == name.strip())
    found: str | None = connection.execute(wanted).scalar_one_or_none()
    if found is None:
        raise InputError(f"There is no workflow named {name}.", field="workflow")
    return found


def _signed(connection: sa.Connection, name: str) -> sa.Row[Any]:
    row = named(connection, name)
    if not row.secrets:
        raise InputError(f"{row.name} is told by mail, which carries no signature.", field="name")
    return row


def _change(connection: sa.Connection, row_id: str, values: dict[str, Any]) -> None:
    stamped = {**values, "changed_at": clock.now_ms(connection)}
    connection.execute(subscriber.update().where(subscriber.c.id == row_id).values(**stamped))


def _owner(row_id: str) -> str:
    return f"subscriber/{row_id}"


def _note(connection: sa.Connection, actor: str, action: str, row_id: str, after: Any) -> None:
    audit.append(connection, audit.Entry(actor, action, f"subscriber/{row_id}", after=after))
