"""A row whose action needs several calls: it runs by itself, as it would in a workflow."""

from __future__ import annotations

from actions.sync.modes import Mode
from connector.errors import (
    ConnectorError,
    InputError,
    OutcomeUnknown,
    Parked,
    Unavailable,
)
from connector.runtime.effects import SqlEffects
from connector.runtime.limits import Caller, Priority
from connector.runtime.services import Services
from connector.transfer.door import Door
from connector.transfer.items import Item
from connector.transfer.jobs import Job
from connector.transfer.ledger import ACTOR, RowLedger
from connector.transfer.rows import Outcome, Told
from connector.transfer.shaping import Shaper


def run(
    services: Services, door: Door, ledger: RowLedger, job: Job, item: Item, shaper: Shaper
) -> Told:
    """Run the row's action, once, and return what became of it."""
    is_new = job.mode is Mode.INSERT or not item.inputs.get(shaper.schema.key)
    action = shaper.creating if is_new else shaper.updating
    effects = SqlEffects(
        services.database,
        ledger.intent(item.item),
        services.patience,
        actor=ACTOR,
        run_id=ledger.run,
    )
    caller = Caller(door.connection.id, priority=Priority.BACKFILL)
    context = services.open_context(door.connection, effects, door.meter, caller=caller)
    number = item.row.number
    try:
        if action is None:
            raise InputError(f"No action writes a {shaper.schema.name} in several calls.")
        output = action.run(context, item.inputs)
    except ConnectorError as error:
        return Told(number, _outcome(error), error=error, op_key=item.op_key)
    outcome = Outcome.CREATED if is_new else Outcome.UPDATED
    key, known_as = str(output.get("key", "")), str(output.get("id", ""))
    return Told(number, outcome, key, known_as, op_key=item.op_key)


def _outcome(error: ConnectorError) -> Outcome:
    if isinstance(error, OutcomeUnknown):
        return Outcome.UNCERTAIN
    if isinstance(error, Parked):
        return Outcome.PARKED
    if isinstance(error, Unavailable):
        return Outcome.NOT_SENT
    return Outcome.INVALID if isinstance(error, InputError) else Outcome.REFUSED
