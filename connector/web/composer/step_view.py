"""The form of the step that is open: its fields, their problems, previews and the data around."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connector.component import Effect
from connector.connections.store import ConnectionRow
from connector.registry import Registry
from connector.runtime.services import INTACCT, Services
from connector.surfaces import form as forms
from connector.surfaces.company_forms import objects_of
from connector.surfaces.lines import Total, line_schema
from connector.web.composer import company, filled, kinds, sums
from connector.web.composer.anchors import Anchors
from connector.web.composer.filled import CASES, Filled, kind_of
from connector.web.composer.findings import Findings, field_name, findings
from connector.web.composer.insertions import Data, Source, Told, is_expression, scope_of
from connector.web.composer.values import AS, EACH, WHERE, Mapped
from connector.web.words import EFFECTS
from connector.workbench.drafts import Draft
from connector.workbench.places import StepAt
from connector.workbench.problems import ERROR, Problem
from connector.workflow import steps as kinds_of_steps


@dataclass(frozen=True)
class Covered:
    """A later step that an approval can be about."""

    id: str
    label: str
    is_covered: bool


@dataclass(frozen=True)
class StepForm:
    """Everything that the page shows of the open step.

    Args:
        anchor: How forms call the step.
        kind: Its type.
        label: What its kind is called.
        help: What it does.
        badge: Whether it reads or writes.
        effect: The badge's class.
        takes_connection: Whether it has a connection.
        filled: What the form holds.
        connections: The connections it can use.
        row: The one that is chosen.
        groups: The fields of its settings.
        on_error: The fields of what happens when it fails.
        mapped: The fields whose lines come from a list.
        findings: What is wrong, by fields.
        others: What is wrong with it that belongs to no field.
        previews: What expressions give, by fields.
        totals: What lines add up to, by fields.
        sources: What expressions can name.
        covers: The steps an approval can be about.
        positions: Where it can be taken.
        table: The rows of its mapping table: target, source, transformation.
        can_map: Whether its lines can come from a list.
        has_company_fields: Whether the company can have fields of its own here.
        knows_company: Whether these are known.
    """

    anchor: str
    kind: str
    label: str
    help: str
    badge: str
    effect: str
    takes_connection: bool
    filled: Filled
    connections: tuple[str, ...]
    row: ConnectionRow | None
    groups: tuple[forms.Group, ...]
    on_error: tuple[forms.Field, ...]
    mapped: Mapping[str, Mapped]
    findings: Findings
    others: tuple[Problem, ...]
    previews: Mapping[str, Told]
    totals: Mapping[str, Sequence[Total]]
    sources: Sequence[Source]
    covers: tuple[Covered, ...]
    positions: Sequence[tuple[str, str]]
    table: Sequence[tuple[str, str, str]]
    can_map: bool
    has_company_fields: bool
    knows_company: bool


class StepForms:
    """Makes forms of the steps of one draft."""

    def __init__(self, services: Services, draft: Draft, anchors: Anchors) -> None:
        self._services = services
        self._registry: Registry = services.registry
        self._draft = draft
        self._anchors = anchors
        self._rows = services.connections.list()
        self._data = Data(services, draft)

    def schema(self, step: StepAt, connection: str | None = None) -> Mapping[str, Any]:
        """Return the schema of a step's settings, with the company's fields where they are kept."""
        action = self._registry.find_action(kind_of(step.step))
        if action is not None:
            name = step.step.get("connection") if connection is None else connection
            return company.schema_of(self._services, action, self._row(name))
        found = kinds.config_schema(self._registry, kind_of(step.step))
        return found if found is not None else {"properties": {}}

    def _row(self, name: Any) -> ConnectionRow | None:
        return next((row for row in self._rows if row.name == name), None)

    def shown(self, step: StepAt) -> Filled:
        """Return what the form of a step shows first: a blank line where lines are needed."""
        schema = self.schema(step)
        found = filled.of_document(schema, step)
        if not step.step.get("config"):
            for name in schema.get("required", ()):
                if line_schema(schema["properties"][name]).get("properties"):
                    found.config.values.setdefault(name, [{}])
        return found

    def posted(self, step: StepAt, fields: Mapping[str, str]) -> Filled:
        """Return what was posted from the form of a step.

        Raises:
            InputError: There are more lines than any record takes.
        """
        return filled.of_post(self.schema(step), step, fields)

    def form(self, step: StepAt, held: Filled, found: Sequence[Problem]) -> StepForm:
        """Return the form of a step that holds this."""
        kind = kind_of(step.step)
        action = self._registry.find_action(kind)
        wrong = self._findings(step, held, found)
        groups = forms.groups(held.config.schema, held.config.values, wrong)
        on_error = forms.groups(held.on_error.schema, held.on_error.values, wrong)
        row = self._row(held.connection)
        return StepForm(
            anchor=self._anchors.of(step),
            kind=kind,
            label=kinds.label_of(self._registry, kind),
            help=action.description if action else kinds.help_of(kind),
            badge=EFFECTS[action.effect] if action else "",
            effect=action.effect.value if action else "",
            takes_connection=bool(kinds.connection_kind(kind)),
            filled=held,
            connections=self._connections(kind),
            row=row,
            groups=groups,
            on_error=on_error[0].fields[0].fields if on_error else (),
            mapped=held.config.mapped,
            findings=wrong,
            others=self._others(step, found, wrong, held.config.mapped, [groups, on_error]),
            previews=dict(self._previews(step, held, groups)),
            totals=sums.totals_of(self._data, step.place, held.config),
            sources=self._data.sources(self._scopes(step, held)),
            covers=self._covers(step, held) if kind == kinds_of_steps.APPROVAL else (),
            positions=self._anchors.positions(step),
            table=_table(step),
            can_map=action is not None,
            has_company_fields=bool(action and row and row.kind == INTACCT and objects_of(action)),
            knows_company=bool(
                action
                and row
                and company.kept_objects(self._services, row, tuple(objects_of(action)))
            ),
        )

    def preview(self, step: StepAt, held: Filled, name: str) -> Told | None:
        """Return what one field of a form gives; None where it holds no expression."""
        groups = forms.groups(held.config.schema, held.config.values)
        return dict(self._previews(step, held, groups)).get(name)

    def _findings(self, step: StepAt, held: Filled, found: Sequence[Problem]) -> Findings:
        mine = [p for p in found if not _is_blank(step) or p.place.endswith(".connection")]
        return findings(self._draft.document, step.place, mine, held.config.mapped)

    def _connections(self, kind: str) -> tuple[str, ...]:
        wanted = kinds.connection_kind(kind)
        return tuple(row.name for row in self._rows if wanted and row.kind == wanted)

    def _others(
        self,
        step: StepAt,
        found: Sequence[Problem],
        wrong: Findings,
        mapped: Mapping[str, Mapped],
        groups: Sequence[Sequence[forms.Group]],
    ) -> tuple[Problem, ...]:
        """Return the problems that no field of the form shows."""
        if _is_blank(step):
            return ()
        names = {each.name for each in _every_field(groups)} | {"step_connection", "step_id"}
        names |= {f"{name}{mark}" for name in names for mark in (EACH, AS, WHERE)}
        shown = {name for name in wrong.by_name if name in names or name.startswith(CASES)}
        return tuple(
            problem
            for problem in found
            if problem.severity != ERROR
            or field_name(problem.place.removeprefix(f"{step.place}."), mapped) not in shown
        )

    def _previews(
        self, step: StepAt, held: Filled, groups: Sequence[forms.Group]
    ) -> Iterator[tuple[str, Told]]:
        mapped = held.config.mapped
        for each in _every_field([groups]):
            if is_expression(each.value):
                yield each.name, self._shown(step, each.name, each.value, mapped)
        for name, way in mapped.items():
            for mark, text in ((EACH, way.each), (WHERE, way.where)):
                if is_expression(text):
                    at = f"{name}{mark}"
                    yield at, self._shown(step, at, text, mapped)
        for number, case in enumerate(held.cases):
            if is_expression(case.when):
                scope = f"{step.place}.config"
                yield f"{CASES}.{number}.when", self._data.told(case.when, scope)

    def _shown(self, step: StepAt, name: str, text: str, mapped: Mapping[str, Mapped]) -> Told:
        return self._data.told(text, scope_of(step.place, name, mapped))

    def _scopes(self, step: StepAt, held: Filled) -> dict[str, str]:
        scopes = {"": f"{step.place}.config"}
        for name, way in held.config.mapped.items():
            scopes[way.name] = scope_of(step.place, f"{name}.0", held.config.mapped)
        if kind_of(step.step) == kinds_of_steps.FOR_EACH:
            scopes["item"] = f"{step.place}.config.key"
        return scopes

    def _covers(self, step: StepAt, held: Filled) -> tuple[Covered, ...]:
        later = [s for s in self._anchors.steps if s.block == step.block and s.index > step.index]
        writes = [s for s in later if s.id and self._may_write(s)]
        return tuple(Covered(s.id, s.label, s.id in held.covers) for s in writes)

    def _may_write(self, step: StepAt) -> bool:
        effect = kinds.effect_of(self._registry, kind_of(step.step))
        return effect not in {None, Effect.READ} or kind_of(step.step) == kinds_of_steps.HTTP


def _table(step: StepAt) -> list[tuple[str, str, str]]:
    rows = step.step.get("mapping")
    return [
        (str(row.get("target", "")), str(row.get("source", "")), str(row.get("transformation", "")))
        for row in (rows if isinstance(rows, list) else ())
        if isinstance(row, dict)
    ]


def _is_blank(step: StepAt) -> bool:
    """Say whether nobody has filled in anything yet, so that nothing is wrong with it either."""
    config = step.step.get("config")
    values = config.values() if isinstance(config, dict) else ()
    return "." in kind_of(step.step) and not any(values)


def _every_field(groups: Sequence[Sequence[forms.Group]]) -> Iterator[forms.Field]:
    for each in groups:
        for group in each:
            yield from _fields_in(group.fields)


def _fields_in(fields: Sequence[forms.Field]) -> Iterator[forms.Field]:
    for each in fields:
        yield each
        yield from _fields_in(each.fields)
        for row in each.rows:
            yield from _fields_in(row)
