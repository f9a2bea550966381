"""What may be seen of a connection's secrets: how they end, and when they were last changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from connector.connections.kinds import kind_named
from connector.connections.store import ConnectionRow
from connector.operations import audit_log
from connector.runtime.services import Services

ADDED, CHANGED = "connection.add", "connection.update"
SHOWN = 4
# Of less, four letters would tell too much.
SHORTEST_SHOWN = 16


@dataclass(frozen=True)
class SecretView:
    """One secret of a connection.

    Args:
        title: What its form calls it.
        ending: Its last four letters; empty where it is too short to tell any of it.
        place: Where it is kept, if that is elsewhere, such as ``env:INTACCT_SECRET_BOOKS``.
        changed_at: When it was last changed, in milliseconds since 1970, as far as the newest
            part of the audit trail tells; None where it was not changed since then.
    """

    title: str
    ending: str
    place: str
    changed_at: int | None


def secrets_of(services: Services, row: ConnectionRow) -> list[SecretView]:
    """Return the secrets that a connection holds, in the order of its form.

    Raises:
        SetupError: No master key that is set opens them.
    """
    owner = f"connection/{row.id}"
    hidden = services.box.open(owner, row.secrets)
    changes = services.database.read(
        lambda c: audit_log.recent_of(c, owner, "connection.add", "connection.update")
    )
    changed: dict[str, int] = {}
    for change in changes:
        names = "secrets" if change.action == ADDED else "secretsChanged"
        for name in change.after[names]:
            changed.setdefault(name, change.at)
    properties: dict[str, Any] = kind_named(row.kind).form.schema["properties"]
    return [
        _view(str(properties[name]["title"]), str(hidden[name]), changed.get(name))
        for name in properties
        if hidden.get(name)
    ]


def _view(title: str, secret: str, changed_at: int | None) -> SecretView:
    if secret.startswith(("env:", "file:")):
        return SecretView(title, "", secret, changed_at)
    ending = secret[-SHOWN:] if len(secret) >= SHORTEST_SHOWN else ""
    return SecretView(title, ending, "", changed_at)
