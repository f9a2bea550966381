"""An event as a workflow would see it: what a delivery names is fetched, as a run would do."""

from __future__ import annotations

from typing import Any

from connector.component import Event
from connector.connections.store import ConnectionRow
from connector.errors import InputError
from connector.runtime import meter as metering
from connector.runtime.effects import SqlEffects
from connector.runtime.intents import Intent
from connector.runtime.limits import Caller, Priority
from connector.runtime.meter import StepMeter
from connector.runtime.services import Services
from connector.store.json_text import from_json, to_json

_SCOPE = "sample"


def filled(
    services: Services, wanted: Any, source: ConnectionRow, event: Event, *, actor: str
) -> dict[str, Any]:
    """Return what the workflow would see of an event as ``input``; only reads are done for it.

    Args:
        services: What the process holds open.
        wanted: The workflow's trigger with its settings, as the document has it.
        source: The connection that the event came to.
        event: What came.
        actor: Who asks.

    Raises:
        InputError: There is no such trigger, its settings are not finished, or the workflow does
            not want this event.
        ConnectorError: The source could not be asked.
    """
    parts = wanted if isinstance(wanted, dict) else {}
    trigger = services.registry.trigger(str(parts.get("type", "")))
    config = trigger.form.check(parts.get("config") or {})
    meter = StepMeter()
    intent = Intent(source.id, _SCOPE, once="")
    ledger = SqlEffects(services.database, intent, services.patience, actor=actor)
    caller = Caller(source.id, priority=Priority.INTERACTIVE)
    context = services.open_context(source, ledger, meter, caller=caller, is_dry_run=True)
    try:
        found = trigger.enrich(context, event, config)
    finally:
        services.database.write(lambda c: metering.keep(c, source.id, meter.take()))
    if found is None:
        raise InputError(
            "The record is not one that this workflow waits for, so there is no sample of it.",
            advice="Check the trigger's settings, or send an event of a record that fits.",
        )
    document: dict[str, Any] = from_json(to_json(dict(found)))
    return document
