"""What a step can be: the actions and the kinds of steps, with their words and their schemas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import schemas
from connector.component import Effect
from connector.registry import Registry
from connector.web.words import EFFECTS, KINDS, object_words
from connector.workflow import steps as kinds
from connector.workflow.validation import CALLED
from connector.workflow.yaml_loader import MAX_BYTES

_POINTER = "#/$defs/"
_LONG = frozenset({"json", "body"})  # what is sent to an address has many lines
# What each kind is called, and what it is for.
_PLAIN: Mapping[str, tuple[str, str]] = {
    kinds.FILTER: ("Filter", "Goes on only where a condition holds; else the run ends."),
    kinds.SWITCH: ("Switch", "Goes one of several ways, whichever condition holds first."),
    kinds.FOR_EACH: ("For each", "Does steps once for every item of a list."),
    kinds.DELAY: ("Delay", "Waits for some time, or until a day."),
    kinds.APPROVAL: ("Approval", "Waits until somebody else has approved what would be sent."),
    kinds.HTTP: ("Web request", "Calls an address on the web."),
    kinds.CALL: ("Call a workflow", "Runs another workflow and waits for it."),
}


@dataclass(frozen=True)
class Choice:
    """One thing that can be added.

    Args:
        kind: The step's type.
        label: What people call it.
        description: What it does.
        badge: Whether it reads or writes; empty for what does neither.
        effect: The badge's class.
    """

    kind: str
    label: str
    description: str
    badge: str = ""
    effect: str = ""


def label_of(registry: Registry, kind: str) -> str:
    """Return what people call a kind of step; the type itself where it is not known."""
    if kind in _PLAIN:
        return _PLAIN[kind][0]
    action = registry.find_action(kind)
    return action.label if action else kind


def help_of(kind: str) -> str:
    """Return what a kind of step does; empty where it is not known."""
    return _PLAIN[kind][1] if kind in _PLAIN else ""


def connection_kind(kind: str) -> str:
    """Return the kind of connection that a step of this kind takes; empty where it takes none."""
    return kinds.HTTP if kind == kinds.HTTP else kind.partition(".")[0] if "." in kind else ""


def effect_of(registry: Registry, kind: str) -> Effect | None:
    """Return what a step may change; None where it is no action."""
    action = registry.find_action(kind) if "." in kind else None
    return action.effect if action else None


def choices(registry: Registry, text: str = "") -> list[tuple[str, list[Choice]]]:
    """Return what can be added, by groups; only what holds every word of the text."""
    words = text.casefold().split()
    groups: dict[str, list[Choice]] = {"Flow": _flow()}
    for action in (*registry.actions.values(), *registry.actions_elsewhere.values()):
        service = KINDS.get(action.component, action.component.upper())
        title = object_words(action.object_name)
        group = title if action.step_type not in registry.actions_elsewhere else service
        badge = EFFECTS[action.effect]
        found = Choice(
            action.step_type, action.label, action.description, badge, action.effect.value
        )
        groups.setdefault(group, []).append(found)
    fitting = {
        title: [each for each in found if _fits(words, title, each)]
        for title, found in groups.items()
    }
    first, *rest = fitting.items()
    return [item for item in (first, *sorted(rest)) if item[1]]


def _flow() -> list[Choice]:
    return [Choice(kind, label, help_text) for kind, (label, help_text) in _PLAIN.items()]


def _fits(words: Sequence[str], group: str, choice: Choice) -> bool:
    place = f"{group} {choice.label} {choice.description} {choice.kind}".casefold()
    return all(word in place for word in words)


def config_schema(registry: Registry, kind: str) -> Mapping[str, Any] | None:
    """Return the schema of a step's settings; None where the kind is not known."""
    if kind in _PLAIN:
        return _plain_schema(kind)
    action = registry.find_action(kind)
    return action.form.schema if action else None


@cache
def _plain_schema(kind: str) -> Mapping[str, Any]:
    definitions = schemas.load("workflow.json")["$defs"]
    step = definitions[f"{kind}Step"]["properties"]
    if kind == kinds.SWITCH:
        return {"properties": {}}
    schema = _without_references(step["config"], definitions)
    for name in _LONG & set(schema["properties"]):
        schema["properties"][name] |= {"maxLength": MAX_BYTES}
    return schema


@cache
def error_schema() -> Mapping[str, Any]:
    """Return the schema of what happens when a step fails, without the steps of its branch."""
    definitions = schemas.load("workflow.json")["$defs"]
    rule = _without_references(definitions["onError"], definitions)
    properties = {name: rule["properties"][name] for name in ("retries", "wait", "then")}
    return {"properties": properties}


def _without_references(schema: dict[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema whose fields stand in it themselves; one level is all that there is."""
    fields = {}
    for name, stanza in schema["properties"].items():
        target = stanza.get("$ref", "").removeprefix(_POINTER)
        own = {word: value for word, value in stanza.items() if word != "$ref"}
        fields[name] = {**definitions[target], **own} if target else stanza
    return {**schema, "properties": fields}


def trigger_choices(registry: Registry) -> list[Choice]:
    """Return what can start a workflow."""
    found = [Choice(each.key, each.label, each.description) for each in registry.triggers.values()]
    called = Choice(CALLED, "Called by a workflow", "Starts when another workflow calls this one.")
    return [*found, called]


def trigger_label(registry: Registry, kind: str) -> str:
    """Return what people call a trigger; empty where none is chosen."""
    found = [each.label for each in trigger_choices(registry) if each.kind == kind]
    return found[0] if found else kind
