"""What an administrator should know about connections before it becomes trouble."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from connector.connections.grants import NO_GRANT, GrantRow
from connector.connections.rows import ConnectionRow


def warnings_of(
    connection: ConnectionRow,
    everyone: Sequence[ConnectionRow],
    grants: Mapping[str, GrantRow],
) -> list[str]:
    """Return sentences about one connection.

    Args:
        connection: About which.
        everyone: All connections of the installation.
        grants: What is known of their tokens, by the connection's id.
    """
    grant = grants.get(connection.id, NO_GRANT)
    others = [other for other in everyone if other.id != connection.id]
    found = [_about_end(connection, grant)]
    found += [_about_application(connection, other, grants) for other in others]
    found += [_about_entities(connection, other) for other in others]
    return list(dict.fromkeys(sentence for sentence in found if sentence))


def _about_end(connection: ConnectionRow, grant: GrantRow) -> str:
    if not grant.has_tokens or connection.settings.get("oauthUserId"):
        return ""
    if grant.ends_at is None:
        return (
            "The access came without a way to renew it: it ends within hours, and somebody has "
            "to connect again then."
        )
    if not grant.ends_soon:
        return ""
    return (
        f"The access ends in {grant.days_left} days. Connect again before that: "
        f"intacct connections authorize {connection.name}"
    )


def _about_application(
    connection: ConnectionRow, other: ConnectionRow, grants: Mapping[str, GrantRow]
) -> str:
    mine, theirs = _signs_in_as(connection, grants), _signs_in_as(other, grants)
    if not all(mine) or mine != theirs:
        return ""
    return (
        f"The connection {other.name} uses the same application and user. Connecting one of them "
        "may end the access of the other: give each connection a user of its own."
    )


def _signs_in_as(row: ConnectionRow, grants: Mapping[str, GrantRow]) -> tuple[str, str, str]:
    user = row.settings.get("oauthUserId") or grants.get(row.id, NO_GRANT).holder.user
    company = row.settings.get("companyId", "")
    return row.settings.get("clientId", ""), company.casefold(), user.casefold()


def _about_entities(connection: ConnectionRow, other: ConnectionRow) -> str:
    keys = ("companyId", "userId")
    mine, theirs = ([row.settings.get(key, "") for key in keys] for row in (connection, other))
    has_entity = bool(connection.settings.get("entityId"))
    if not all(mine) or mine != theirs or has_entity or not other.settings.get("entityId"):
        return ""
    return (
        f"The connection {other.name} works with the same user in the entity "
        f"{other.settings['entityId']}, and this one names no entity: its records go to the top "
        "level. Name the entity here too if that is not meant."
    )
