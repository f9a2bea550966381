"""The form of what starts a workflow, and of the workflow itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connector.runtime.services import Services
from connector.surfaces import form as forms
from connector.web.composer import kinds
from connector.web.composer.findings import findings
from connector.web.composer.insertions import Data, Source, Told, is_expression
from connector.web.composer.kinds import Choice
from connector.web.composer.values import Shown, posted, shown, stored
from connector.workbench.drafts import Draft
from connector.workbench.places import with_value, without
from connector.workbench.problems import ERROR, Problem

TRIGGER, SETTINGS = "trigger", "workflow"
_NOTHING: Mapping[str, Any] = {"properties": {}}


@dataclass(frozen=True)
class TriggerForm:
    """Everything that the page shows of what starts the workflow.

    Args:
        choices: What can start one.
        kind: What does; empty where nothing is chosen yet.
        label: What that is called; empty where nothing is chosen yet.
        help: What it does.
        connection: The name of its connection.
        connections: The connections it can listen on.
        needs_connection: Whether it listens on any.
        groups: The fields of its settings.
        once: The expression of one piece of business.
        once_preview: What that gives on the sample.
        wrong: What is wrong, by fields.
        sources: What ``once`` can name.
        others: What is wrong and belongs to no field.
    """

    choices: Sequence[Choice]
    kind: str
    label: str
    help: str
    connection: str
    connections: tuple[str, ...]
    needs_connection: bool
    groups: tuple[forms.Group, ...]
    once: str
    once_preview: Told | None
    wrong: Mapping[str, str]
    sources: Sequence[Source]
    others: tuple[Problem, ...]


def kind_of(document: Any) -> str:
    """Return the key of the trigger; empty where none is chosen."""
    return _text(_trigger(document).get("type"))


def connection_of(document: Any) -> str:
    """Return the name of the connection it listens on; empty for none."""
    return _text(_trigger(document).get("connection"))


def preview_of_once(services: Services, draft: Draft, fields: Mapping[str, str]) -> Told | None:
    """Return what the posted expression of one piece of business gives; None where it is none."""
    text = fields.get("trigger_once", "")
    return Data(services, draft).told(text, "once") if is_expression(text) else None


def config_of(services: Services, document: Any) -> Shown:
    """Return what the fields of the trigger's settings show."""
    return shown(_schema(services, kind_of(document)), _trigger(document).get("config"))


def form_of(services: Services, draft: Draft, held: Shown, found: Sequence[Problem]) -> TriggerForm:
    """Return the form of the trigger whose settings hold this."""
    document = draft.document
    kind = kind_of(document)
    choices = kinds.trigger_choices(services.registry)
    chosen = next((each for each in choices if each.kind == kind), None)
    trigger = services.registry.triggers.get(kind)
    wanted = trigger.connection if trigger else ""
    mine = [p for p in found if p.place == "once" or p.place.startswith(TRIGGER)] if kind else []
    wrong = findings(document, TRIGGER, mine, {})
    once = _text(document.get("once") if isinstance(document, dict) else "")
    data = Data(services, draft)
    groups = forms.groups(held.schema, held.values, wrong)
    names = {each.name for group in groups for each in group.fields}
    return TriggerForm(
        choices=choices,
        kind=kind,
        label=chosen.label if chosen else kind,
        help=chosen.description if chosen else "",
        connection=connection_of(document),
        connections=tuple(
            row.name for row in services.connections.list() if wanted and row.kind == wanted
        ),
        needs_connection=bool(wanted),
        groups=groups,
        once=once,
        once_preview=data.told(once, "once") if is_expression(once) else None,
        wrong=wrong.by_name,
        sources=[each for each in data.sources({"": "once"}) if each.title == "The event"],
        others=tuple(p for p in mine if p.severity != ERROR or _is_elsewhere(p, names)),
    )


def _is_elsewhere(problem: Problem, names: set[str]) -> bool:
    if problem.place in {"once", "trigger.connection"}:
        return False
    return problem.place.removeprefix("trigger.config.").partition("[")[0] not in names


def applied(services: Services, document: Any, fields: Mapping[str, str]) -> tuple[Any, Shown]:
    """Return the document with the trigger as its form has it, and what its settings hold.

    Another kind of trigger begins with empty settings.
    """
    old = _trigger(document)
    kind = fields.get("trigger_type", kind_of(document))
    is_same = kind == kind_of(document)
    held = posted(config_of(services, document).schema, fields)
    config = stored(held, old.get("config")) if is_same else {}
    wanted = {
        "type": kind,
        "connection": fields.get("trigger_connection", "") if is_same else _only(services, kind),
        "config": config,
    }
    new = {name: value for name, value in wanted.items() if value}
    result = document if new == old else with_value(document, TRIGGER, new)
    return _with_text(result, "once", fields.get("trigger_once")), held


def with_settings(document: Any, fields: Mapping[str, str]) -> Any:
    """Return the document with its name and description as the form has them."""
    result = _with_text(document, "name", fields.get("workflow_name"))
    return _with_text(result, "description", fields.get("workflow_description"))


def _with_text(document: Any, place: str, text: str | None) -> Any:
    if text is None or text.strip() == _text(document.get(place)):
        return document
    return with_value(document, place, text.strip()) if text.strip() else without(document, place)


def _only(services: Services, kind: str) -> str:
    """Return the connection of a new trigger where there is no choice."""
    trigger = services.registry.triggers.get(kind)
    wanted = trigger.connection if trigger else ""
    names = [row.name for row in services.connections.list() if wanted and row.kind == wanted]
    return names[0] if len(names) == 1 else ""


def _schema(services: Services, kind: str) -> Mapping[str, Any]:
    trigger = services.registry.triggers.get(kind)
    return trigger.form.schema if trigger else _NOTHING


def _trigger(document: Any) -> dict[str, Any]:
    found = document.get(TRIGGER) if isinstance(document, dict) else None
    return found if isinstance(found, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
