"""Tests a connection with the smallest real call, so that its answer means something."""

from __future__ import annotations

from connector.connections.store import ConnectionRow
from connector.runtime import meter as metering
from connector.runtime.effects import Intent, SqlEffects
from connector.runtime.meter import StepMeter
from connector.runtime.services import HUBSPOT, Services
from connector.runtime.sessions import FreshSession


def test_connection(services: Services, connection: ConnectionRow) -> str:
    """Sign in anew, whatever session is stored, and return a sentence that says what answered.

    A connection that needed attention is ready again afterwards.

    Raises:
        ConnectionProblem: Names the layer that refuses: sender, company, user or entity.
    """
    meter = StepMeter()
    intent = Intent(connection.id, scope="test", once="test")
    ledger = SqlEffects(services.database, intent, services.patience, actor="test")
    context = services.open_context(connection, ledger, meter, sessions=FreshSession())
    try:
        if connection.kind == HUBSPOT:
            context.hubspot.get_stages()
            services.connections.works_again(connection.id)
            return "HubSpot answered; the token may read deals."
        context.intacct.query("customer", select=["recordNo"], limit=1)
        services.connections.works_again(connection.id)
        company = connection.settings["companyId"]
        entity = connection.settings.get("entityId")
        where = f"at the entity {entity}" if entity else "at the top level"
        return f"Intacct answered; the user works in the company {company} {where}."
    finally:
        services.database.write(lambda c: metering.keep(c, connection.id, meter.take()))
