"""One action, tried by a person: reads run, writes are shown first and sent when confirmed."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connector.component import Action, Effect
from connector.connections.store import ConnectionRow
from connector.errors import ConnectorError
from connector.intacct.layers.preview import Previewed
from connector.runtime import meter as metering
from connector.runtime.effects import Intent, SqlEffects
from connector.runtime.limits import Caller, Priority
from connector.runtime.meter import StepMeter
from connector.runtime.services import Services
from connector.store.json_text import to_json


@dataclass(frozen=True)
class Trial:
    """What is to be tried.

    Args:
        action: The action.
        connection: Over which.
        inputs: What was filled in.
        once: Names the intent; the same one never writes twice.
        actor: Who tries it.
    """

    action: Action
    connection: ConnectionRow
    inputs: Mapping[str, Any]
    once: str
    actor: str

    @property
    def seal(self) -> str:
        """A short name of exactly this request over exactly this connection.

        Whoever confirms a preview sends it back, so that nothing else is sent than was seen.
        """
        content = {
            "action": self.action.key,
            "connection": self.connection.id,
            "changedAt": self.connection.changed_at,
            "inputs": dict(self.inputs),
            "once": self.once,
        }
        return hashlib.sha256(to_json(content).encode()).hexdigest()


@dataclass(frozen=True)
class Outcome:
    """What came of it.

    Args:
        output: The action's result; None where there is none.
        document: The request that would be sent, secrets masked; empty where nothing is held back.
        problem: Why it did not work.
        calls: How many API calls it took, by function.
        transactions: Those of them that Sage counts.
        milliseconds: How long it took.
    """

    output: Mapping[str, Any] | None = None
    document: str = ""
    problem: ConnectorError | None = None
    calls: tuple[tuple[str, int], ...] = ()
    transactions: int = 0
    milliseconds: int = 0


def preview(services: Services, trial: Trial) -> Outcome:
    """Check the inputs and show the request of the first write; reads before it do run.

    An action that only reads has nothing to hold back, so its outcome is its result.
    """
    return _tried(services, trial, is_dry_run=True)


def send(services: Services, trial: Trial) -> Outcome:
    """Do it."""
    return _tried(services, trial, is_dry_run=False)


def is_write(action: Action) -> bool:
    """Say whether an action may change anything."""
    return action.effect is not Effect.READ


def _tried(services: Services, trial: Trial, *, is_dry_run: bool) -> Outcome:
    row, began, meter = trial.connection, time.monotonic(), StepMeter()
    found: dict[str, Any] = {}
    try:
        intent = Intent(row.id, scope=f"try/{trial.action.key}", once=trial.once)
        ledger = SqlEffects(services.database, intent, services.patience, actor=trial.actor)
        caller = Caller(row.id, priority=Priority.INTERACTIVE)
        context = services.open_context(row, ledger, meter, caller=caller, is_dry_run=is_dry_run)
        found["output"] = trial.action.run(context, trial.inputs)
    except Previewed as shown:
        found["document"] = shown.document
    except ConnectorError as error:
        found["problem"] = error
    calls = meter.take()
    services.database.write(lambda connection: metering.keep(connection, row.id, calls))
    return Outcome(
        **found,
        calls=tuple(sorted(calls.items())),
        transactions=metering.transactions(calls),
        milliseconds=round((time.monotonic() - began) * 1000),
    )
