"""Actions as tools of an agent: what it may call, and what a call does.

Reads run at once. A write is shown first: it goes out only with the company's id beside it, and
under a name of the intent, so that an agent that asks again never writes twice.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from connector.component import Action, Effect
from connector.connections.store import ConnectionRow
from connector.errors import InputError
from connector.runtime.services import INTACCT, Services
from connector.runtime.single import Done, run_once

ACTOR = "agent"

_ABOUT_INTENT = (
    "Names what this write is for, such as 'deal 9001'. Whatever is asked again under the same "
    "name is not written again, even after an answer was lost."
)
_INTENT = {
    "type": "string",
    "minLength": 1,
    "maxLength": 100,
    "title": "Intent",
    "description": _ABOUT_INTENT,
}
_COMPANY = {
    "type": "string",
    "title": "Company",
    "description": "The company's id, to send what was shown. Without it nothing is sent, and the "
    "exact request comes back.",
}


@dataclass(frozen=True)
class Tool:
    """One tool.

    Args:
        name: The action's key.
        title: Its label.
        description: What it does, for whoever chooses.
        inputs: JSON Schema of what a call gives; a write holds the action's own under ``inputs``.
        effect: What it does to the company.
    """

    name: str
    title: str
    description: str
    inputs: Mapping[str, Any]
    effect: Effect


class Toolbox:
    """The actions of one connection.

    Args:
        services: What the process holds open.
        connection: The name of a connection to Sage Intacct.
        writes: Whether actions that write are among the tools.
        only: The keys of the actions that are tools; where it is empty, all but those that say
            nothing of what they do, such as ``rawRequest``.

    Raises:
        ConnectionProblem: There is no such connection.
        InputError: It is a connection to something else, or there is no such action.
    """

    def __init__(
        self, services: Services, connection: str, *, writes: bool, only: Collection[str] = ()
    ) -> None:
        row = services.connection_named(connection)
        if row.kind != INTACCT:
            raise InputError(
                f"The connection {connection} does not lead to Sage Intacct.", field="connection"
            )
        self._services = services
        self._row: ConnectionRow = row
        chosen = [services.registry.action(key) for key in only]
        self._actions = {
            action.key: action
            for action in chosen or _described(services)
            if writes or action.effect is Effect.READ
        }

    def tools(self) -> list[Tool]:
        """Return every tool, in the order of the catalogue."""
        return [_tool(action) for action in self._actions.values()]

    def call(self, name: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """Do what a tool says and return what came of it.

        A read gives the action's result; a write ``{"sent", "result"}``, or, where it was only
        shown, ``{"sent": false, "company", "request"}``.

        Raises:
            ConnectorError: As the action raises it, or the call itself is not as described.
        """
        action = self._actions.get(name)
        if action is None:
            raise InputError(f"There is no tool {name}.", advice="List the tools.")
        if action.effect is Effect.READ:
            return dict(self._run(action, given, once=ACTOR).output or {})
        return self._write(action, given)

    def _write(self, action: Action, given: Mapping[str, Any]) -> dict[str, Any]:
        unknown = sorted(set(given) - {"inputs", "intent", "company"})
        if unknown:
            raise InputError(
                f"A write takes inputs, intent and company, not {unknown[0]}.",
                advice="Put the action's own inputs into 'inputs'.",
                field=unknown[0],
            )
        intent = given.get("intent")
        if not isinstance(intent, str) or not intent.strip():
            raise InputError("The intent is missing.", advice=_ABOUT_INTENT, field="intent")
        inputs, company = given.get("inputs", {}), self._company()
        named = str(given.get("company", "")).strip()
        if named and named.casefold() != company.casefold():
            raise InputError(
                f"This connection works in the company {company}, not in {named}.",
                advice="Nothing was sent. Name the company that is meant.",
                field="company",
            )
        done = self._run(action, inputs, once=intent.strip(), is_dry_run=not named)
        if done.document is None:
            return {"sent": bool(named), "result": done.output}
        return {"sent": False, "company": company, "request": done.document}

    def _run(self, action: Action, inputs: Any, *, once: str, is_dry_run: bool = False) -> Done:
        return run_once(
            self._services,
            action.key,
            self._row.name,
            inputs,
            once=once,
            is_dry_run=is_dry_run,
            actor=ACTOR,
        )

    def _company(self) -> str:
        values = self._services.connections.open(self._row)
        return str(values.get("companyId") or self._row.name)


def _described(services: Services) -> list[Action]:
    return [each for each in services.registry.actions.values() if each.effect is not Effect.ANY]


def _tool(action: Action) -> Tool:
    schema = action.form.schema
    if action.effect is Effect.READ:
        return Tool(action.key, action.label, action.description, schema, action.effect)
    inputs = {
        "type": "object",
        "properties": {"inputs": schema, "intent": _INTENT, "company": _COMPANY},
        "required": ["inputs", "intent"],
        "additionalProperties": False,
    }
    shown = f"{action.description} Shows the exact request first; sends it with the company's id."
    return Tool(action.key, action.label, shown, inputs, action.effect)
