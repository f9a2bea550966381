"""Tells a wrong entity from a wrong user, which Intacct answers with the same words."""

from __future__ import annotations

import dataclasses

from connector.connections.store import ConnectionRow
from connector.errors import ConnectionProblem
from connector.intacct.dialects.rest import RestDialect
from connector.intacct.dialects.xml import XmlDialect
from connector.intacct.layers.metering import Metering
from connector.intacct.ports import Exchange, Meter
from connector.intacct.rest_wire import RestAccount, RestWire
from connector.intacct.router import XML
from connector.intacct.wire import Company, XmlWire
from connector.runtime.doors import doors_of
from connector.runtime.services import Services
from connector.runtime.tokens import NoTokens


def entity_problem(
    services: Services, connection: ConnectionRow, api: str, meter: Meter
) -> ConnectionProblem | None:
    """Return what an API says about the connection's entity; None where it takes it or has none.

    A password is tried once: signing in goes to the user's own level, and from there on.

    Raises:
        ConnectorError: Signing in failed before the entity mattered.
    """
    values = services.connections.open(connection)
    doors = doors_of(values, services.settings.allowed_origins)
    exchange = Metering(services.http.send, meter)
    if not values.get("entityId"):
        return None
    if api == XML:
        return None if doors.company is None else _over_xml(doors.company, exchange)
    is_alone = doors.account is not None and doors.account.username
    return _over_rest(doors.account, exchange) if doors.account and is_alone else None


def _over_xml(company: Company, exchange: Exchange) -> ConnectionProblem | None:
    if not company.user_id:
        return None  # the application opens the session; its token says what is wrong
    top = dataclasses.replace(company, entity_id="")
    session = XmlWire(top, exchange, XmlDialect()).sign_in()
    try:
        XmlWire(company, exchange, XmlDialect()).adopt(session.session_id)
    except ConnectionProblem as error:
        return error
    return None


def _over_rest(account: RestAccount, exchange: Exchange) -> ConnectionProblem | None:
    def sign_in(username: str) -> None:
        asking = dataclasses.replace(account, username=username)
        RestWire(asking, exchange, RestDialect(), NoTokens()).sign_in()

    try:
        sign_in(account.username)
    except ConnectionProblem as error:
        if error.field != "oauthUserId":
            raise
        # At the user's own level the same user may be welcome.
        sign_in(account.username.partition("|")[0])
        return ConnectionProblem(
            f"Intacct accepts the user, but not at the entity {account.entity_id}.",
            advice="Check the entity ID, and that the user is assigned to that entity.",
            code=error.code,
            field="entityId",
        )
    return None
