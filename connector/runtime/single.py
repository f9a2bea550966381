"""One action outside a workflow, under the caller's idempotency key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connector.intacct.layers.preview import Previewed
from connector.runtime import meter as metering
from connector.runtime.effects import Intent, SqlEffects
from connector.runtime.limits import Caller, Priority
from connector.runtime.meter import StepMeter
from connector.runtime.services import Services


@dataclass(frozen=True)
class Done:
    """What came of it.

    Args:
        output: The action's result; None for a dry run that met a write.
        document: The exact request of that write, secrets masked.
    """

    output: Mapping[str, Any] | None
    document: str | None


def run_once(
    services: Services,
    key: str,
    connection: str,
    inputs: Any,
    *,
    once: str,
    is_dry_run: bool = False,
    actor: str = "cli",
) -> Done:
    """Run an action; the same key and ``once`` never write twice.

    Raises:
        ConnectorError: As the action raises it.
    """
    action = services.registry.action(key)
    source = services.connection_named(connection)
    intent = Intent(source.id, scope=action.key, once=once)
    ledger = SqlEffects(services.database, intent, services.patience, actor=actor)
    meter = StepMeter()
    caller = Caller(source.id, priority=Priority.INTERACTIVE)
    context = services.open_context(source, ledger, meter, caller=caller, is_dry_run=is_dry_run)
    try:
        return Done(action.run(context, inputs), None)
    except Previewed as preview:
        return Done(None, preview.document)
    finally:
        services.database.write(lambda c: metering.keep(c, source.id, meter.take()))
