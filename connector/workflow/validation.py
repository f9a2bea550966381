"""Check a workflow before it is published: against what is installed, connected and published."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import schemas
from connector.component import Action, Trigger
from connector.errors import InputError
from connector.registry import Registry
from connector.workflow import shapes
from connector.workflow import steps as kinds
from connector.workflow.cost import Cost, cost_of
from connector.workflow.literal_secrets import literal_secrets
from connector.workflow.model import Workflow
from connector.workflow.shapes import ANYTHING, FAILURE, Shape
from connector.workflow.steps import Block, Step
from connector.workflow.type_check import Finding, check_inputs, check_value, shape_of
from connector.workflow.warnings import warnings

# What starts a workflow that others call; no event from outside does.
CALLED = "workflow.call"
DEEPEST_CALL = 5

Find = Callable[[str], Workflow | None]


@dataclass(frozen=True)
class Report:
    """What is known of a workflow before it runs.

    Args:
        findings: Errors first, each in the order of the workflow.
        cost: The API transactions of one event.
    """

    findings: tuple[Finding, ...]
    cost: Cost

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What keeps it from being published."""
        return tuple(finding for finding in self.findings if finding.is_error)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What its author should think about."""
        return tuple(finding for finding in self.findings if not finding.is_error)

    def raise_errors(self) -> None:
        """Refuse the workflow where it has errors.

        Raises:
            InputError: The first error; the advice tells how many more there are.
        """
        if not self.errors:
            return
        first, *others = self.errors
        more = f" {len(others)} more place(s) need attention." if others else ""
        advice = f"{first.advice}{more}".strip()
        raise InputError(first.title, advice=advice, field=first.field)


@dataclass(frozen=True)
class Surroundings:
    """What a workflow is checked against.

    Args:
        registry: The actions and triggers that are installed.
        connections: The kinds of the connections by name; None where they are not known.
        find: Returns a published workflow by name; None where they are not known.
    """

    registry: Registry
    connections: Mapping[str, str] | None = None
    find: Find | None = None


def validate(workflow: Workflow, around: Surroundings) -> Report:
    """Return everything that is wrong or worth knowing, all at once; never raises for it."""
    findings = [*_Check(workflow, around).findings(), *warnings(workflow, around.registry)]
    for place in literal_secrets(workflow.to_document()):
        title = "A password or key seems to be written here, where everybody can read it."
        findings.append(Finding(place, title, "Keep it in a connection and name that."))
    ordered = sorted(findings, key=lambda finding: not finding.is_error)
    return Report(tuple(ordered), cost_of(workflow, around.registry))


@dataclass(frozen=True)
class _Check:
    workflow: Workflow
    around: Surroundings
    outputs: dict[str, Shape] = field(default_factory=dict)
    more: dict[str, Shape] = field(default_factory=dict)

    def findings(self) -> Iterator[Finding]:
        yield from self._check_trigger()
        yield from check_value(self.workflow.once, {}, {"input": self._event}, "once")
        for block in self.workflow.blocks():
            yield from self._in(block).check_block(block)
        yield from self._check_calls()

    @cached_property
    def _trigger(self) -> Trigger | None:
        return self.around.registry.triggers.get(self.workflow.trigger.type)

    @cached_property
    def _event(self) -> Shape:
        trigger = self._trigger
        if trigger is None or not trigger.event or not schemas.exists(trigger.event):
            return ANYTHING
        return schemas.resolve(trigger.event)

    def _in(self, block: Block, item: Shape = ANYTHING) -> _Check:
        more = dict(self.more)
        if block.has_item:
            more["item"] = item
        if block.has_failure:
            more["failure"] = FAILURE
        return replace(self, outputs=dict(self.outputs), more=more)

    def _scope(self) -> dict[str, Shape]:
        steps = {"type": "object", "properties": self.outputs}
        table = {"type": "object", "additionalProperties": {"type": "string"}}
        tables = {"type": "object", "properties": dict.fromkeys(self.workflow.tables, table)}
        return {"input": self._event, "steps": steps, "tables": tables, **self.more}

    def _check_trigger(self) -> Iterator[Finding]:
        wanted = self.workflow.trigger
        if wanted.type == CALLED:
            return
        if self._trigger is None:
            known = [*self.around.registry.triggers, CALLED]
            yield _unknown(
                f"There is no trigger '{wanted.type}'.", wanted.type, known, "trigger.type"
            )
            return
        yield from self._check_connection(wanted.connection, self._trigger.connection, "trigger")
        try:
            self._trigger.form.check(wanted.config)
        except InputError as error:
            yield Finding.of(error, f"trigger.config.{error.field}".rstrip("."))

    def _check_connection(self, name: str, kind: str, place: str) -> Iterator[Finding]:
        known, where = self.around.connections, f"{place}.connection"
        if known is None or (not kind and not name):
            return
        if not name:
            yield Finding(where, f"It needs a connection of the kind {kind}.", "Choose one.")
        elif name not in known:
            yield _unknown(f"There is no connection '{name}'.", name, list(known), where)
        elif kind and known[name] != kind:
            title = f"The connection '{name}' is of the kind {known[name]}, not {kind}."
            yield Finding(where, title, "Choose another connection.")

    def check_block(self, block: Block) -> Iterator[Finding]:
        for index, step in enumerate(block.steps):
            place = f"{block.place}[{index}]"
            yield from self._check_step(step, place)
            for inner in step.blocks(place):
                yield from self._in(inner, self._item(step)).check_block(inner)
            self.outputs[step.id] = shapes.output_of(step, self._action_output(step))

    def _item(self, step: Step) -> Shape:
        if step.type != kinds.FOR_EACH:
            return ANYTHING
        return shapes.items_of(shape_of(step.config["items"], self._scope()))

    def _action(self, step: Step) -> Action | None:
        return self.around.registry.find_action(step.type)

    def _action_output(self, step: Step) -> Shape:
        action = self._action(step)
        form = step.config.get("resultForm", "normal")
        return action.output if action and form == "normal" else ANYTHING

    def _check_step(self, step: Step, place: str) -> Iterator[Finding]:
        scope, where = self._scope(), f"{place}.config"
        if step.is_action:
            yield from self._check_action(step, place)
            return
        if step.type == kinds.FOR_EACH:
            yield from check_value(step.config["items"], shapes.A_LIST, scope, f"{where}.items")
            inner = {**scope, "item": self._item(step)}
            yield from check_value(step.config["key"], {"type": "string"}, inner, f"{where}.key")
            return
        if step.type == kinds.HTTP:
            yield from self._check_request(step, place)
        for index, case in enumerate(step.cases):
            at = f"{place}.cases[{index}].when"
            yield from check_value(case.when, shapes.CONDITION, scope, at)
        yield from check_value(step.config, _SETTINGS.get(step.type, ANYTHING), scope, where)

    def _check_request(self, step: Step, place: str) -> Iterator[Finding]:
        if step.connection:
            yield from self._check_connection(step.connection, kinds.HTTP, place)
        elif step.config["url"].startswith("/"):
            title = "A path alone does not say which service is meant."
            yield Finding(f"{place}.config.url", title, "Choose a connection of the kind http.")

    def _check_action(self, step: Step, place: str) -> Iterator[Finding]:
        action = self._action(step)
        if action is None:
            known = [*self.around.registry.actions, *self.around.registry.actions_elsewhere]
            title = f"There is no action '{step.action_key}'."
            yield _unknown(title, step.action_key, known, f"{place}.type")
            return
        yield from self._check_connection(step.connection, action.component, place)
        yield from check_inputs(step.config, action.form.schema, self._scope(), f"{place}.config")

    def _check_calls(self) -> Iterator[Finding]:
        find = self.around.find
        if find is None:
            return
        for place, step in self.workflow.every_step():
            if step.type != kinds.CALL:
                continue
            name, where = step.config["workflow"], f"{place}.config.workflow"
            called = self.workflow if name == self.workflow.name else find(name)
            if called is None:
                yield Finding(
                    where, f"There is no published workflow '{name}'.", "Publish it first."
                )
            elif called.trigger.type != CALLED:
                title = f"'{name}' is started by {called.trigger.type} and cannot be called."
                yield Finding(where, title, f"Only workflows with the trigger {CALLED} can be.")
            elif chain := _cycle(self.workflow.name, name, find, (self.workflow.name,)):
                title = f"The workflows call each other in a circle: {' > '.join(chain)}."
                yield Finding(where, title, "Take one of the calls out.")


def _cycle(start: str, name: str, find: Find, chain: tuple[str, ...]) -> tuple[str, ...]:
    """Return the chain of calls that leads back to its start or is too deep; empty for none."""
    chain = (*chain, name)
    if name == start or len(chain) > DEEPEST_CALL + 1:
        return chain
    called = find(name)
    for _, step in called.every_step() if called else ():
        if step.type == kinds.CALL:
            found = _cycle(start, step.config["workflow"], find, chain)
            if found:
                return found
    return ()


def _unknown(title: str, name: str, known: list[str], where: str) -> Finding:
    close = difflib.get_close_matches(name, known, 1)
    listed = ", ".join(sorted(known)[:12]) or "none"
    advice = f"Did you mean {close[0]}?" if close else f"There is: {listed}."
    return Finding(where, title, advice)


_TEXT: dict[str, Any] = {"type": "string"}
_SETTINGS: Mapping[str, Shape] = {
    kinds.FILTER: {"properties": {"condition": shapes.CONDITION}},
    kinds.DELAY: {"properties": {"until": _TEXT}},
    kinds.APPROVAL: {"properties": {"title": _TEXT, "amount": _TEXT}},
    kinds.HTTP: {"properties": {"url": _TEXT, "body": _TEXT}},
}
