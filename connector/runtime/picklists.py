"""Picklists of a connection's company, as a form asks for them while somebody types."""

from __future__ import annotations

from connector.component import Context, Offer, Search, offer
from connector.errors import InputError
from connector.runtime import meter as metering
from connector.runtime.effects import Intent, SqlEffects
from connector.runtime.limits import Caller, Priority
from connector.runtime.meter import StepMeter
from connector.runtime.picklist_cache import SharedPicklists
from connector.runtime.services import Services
from connector.store import to_json

_SCOPE = "picklist"


def offered(services: Services, key: str, connection: str, search: Search) -> Offer:
    """Return one page of a picklist; the same one is asked for once in five minutes.

    Args:
        services: The process's own.
        key: The picklist, such as ``selectCustomer``.
        connection: The connection's name.
        search: What is wanted.

    Raises:
        InputError: There is no such picklist.
        ConnectionProblem: There is no such connection.
    """
    source = services.registry.data_sources.get(key)
    if source is None:
        raise InputError(f"There is no picklist named {key}.", field="dataSource")
    row = services.connection_named(connection)
    meter = StepMeter()

    def open_context() -> Context:
        intent = Intent(row.id, scope=_SCOPE, once=_SCOPE)
        ledger = SqlEffects(services.database, intent, services.patience, actor=_SCOPE)
        caller = Caller(row.id, priority=Priority.INTERACTIVE)
        return services.open_context(row, ledger, meter, caller=caller)

    try:
        return offer(
            source,
            search,
            open_context=open_context,
            cache=SharedPicklists(services.redis),
            # Another user or entity of the same connection sees other records.
            company=f"{row.id} {to_json(row.settings)}",
        )
    finally:
        counted = meter.take()
        if counted:
            services.database.write(lambda c: metering.keep(c, row.id, counted))
