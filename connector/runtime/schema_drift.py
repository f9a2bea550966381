"""Finds published workflows that a change in a company's own fields has broken, before they run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from connector.component import Action, Effect
from connector.connections.store import ConnectionRow
from connector.errors import ConnectorError, InputError
from connector.intacct.dialects.object_schema import (
    ADDITIONAL_FIELDS,
    CUSTOM_FIELDS,
    ObjectSchema,
)
from connector.intacct.model import DIMENSION_PREFIX, LiveField, LiveObject
from connector.registry import Registry
from connector.runtime import workflows
from connector.runtime.live_schema import company_objects
from connector.runtime.services import INTACCT, Services
from connector.workflow.expressions import is_mapping_form
from connector.workflow.model import Step, Workflow
from connector.workflow.source import OPEN


@dataclass(frozen=True)
class Break:
    """One thing a workflow uses that its company no longer takes as it is.

    Args:
        workflow: The workflow's name.
        step: The step's label.
        field: Where it stands in the step's inputs, such as ``customFields.REGION``.
        title: What is wrong, a sentence.
        advice: What to do, a sentence.
        is_passing: Only the company could not be asked this time; nothing is known to be broken.
    """

    workflow: str
    step: str
    field: str
    title: str
    advice: str
    is_passing: bool = False

    def describe(self) -> dict[str, str]:
        """Return it as JSON data, without the workflow's name."""
        return {name: getattr(self, name) for name in ("step", "field", "title", "advice")}


@dataclass(frozen=True)
class _Part:
    """The company's own fields as one record or line of a step fills them in.

    Args:
        path: Where they stand in the step's inputs.
        wire: Intacct's name of the object.
        values: What is given to which.
        given: Every name that is filled in, in upper case.
        is_open: An expression decides which fields there are.
    """

    path: str
    wire: str
    values: Mapping[str, Any]
    given: frozenset[str]
    is_open: bool


def breaks(
    workflow: Workflow, registry: Registry, live: Mapping[str, Mapping[str, LiveObject]]
) -> Iterator[Break]:
    """Yield what a workflow uses and its company does not offer, in the order of its steps.

    Looked at are custom fields and user-defined dimensions: whether they still exist, can be
    written, take the value that is given in so many words, and whether one that a new record
    has to fill in is missing. What an expression will yield is not known here.

    Args:
        workflow: The definition.
        registry: What is installed; steps of other kinds are passed over.
        live: Descriptions by connection name and by Intacct's name; unknown ones are passed over.
    """
    for _, step in workflow.every_step():
        action = registry.actions.get(step.action_key)
        if action is None:
            continue
        for part in _parts(action, step.config):
            described = live.get(step.connection, {}).get(part.wire)
            if described is not None:
                is_new = action.effect is Effect.CREATE
                yield from _part_breaks(workflow, step, part, described, is_new=is_new)


def objects_used(workflow: Workflow, registry: Registry) -> dict[str, list[str]]:
    """Return by connection name which objects' own fields a workflow's steps may fill in."""
    found: dict[str, dict[str, None]] = {}
    for _, step in workflow.every_step():
        action = registry.actions.get(step.action_key)
        for part in _parts(action, step.config) if action else ():
            found.setdefault(step.connection, {})[part.wire] = None
    return {connection: list(names) for connection, names in found.items()}


def examine(services: Services, *, fresh: bool = True) -> Iterator[Break]:
    """Yield every break of every published workflow; it costs a call for each object in use.

    A company that cannot be asked is one break of each workflow that works on it.

    Args:
        services: The process's own.
        fresh: Ask the companies anew, which is what a daily check is for.
    """
    found = [one.definition for one in services.database.read(workflows.published)]
    used: dict[str, set[str]] = {}
    for workflow in found:
        for connection, names in objects_used(workflow, services.registry).items():
            used.setdefault(connection, set()).update(names)
    live: dict[str, Mapping[str, LiveObject]] = {}
    silent: dict[str, ConnectorError] = {}
    for connection, wanted in sorted(used.items()):
        source = services.connections.by_name(connection)
        try:
            live[connection] = _described(services, source, wanted, fresh=fresh)
        except ConnectorError as error:
            silent[connection] = error
    for workflow in found:
        for connection in objects_used(workflow, services.registry).keys() & silent.keys():
            yield _unasked(workflow, connection, silent[connection])
        yield from breaks(workflow, services.registry, live)


def _described(
    services: Services, source: ConnectionRow | None, names: set[str], *, fresh: bool
) -> dict[str, LiveObject]:
    if source is None:
        raise InputError("There is no such connection any more.", advice="Choose another one.")
    if source.kind != INTACCT:
        return {}
    return company_objects(services, source, sorted(names), fresh=fresh)


def _unasked(workflow: Workflow, connection: str, error: ConnectorError) -> Break:
    title = f"The company behind {connection} cannot be asked for its fields: {error.title}"
    steps = [step.label for _, step in workflow.every_step() if step.connection == connection]
    is_passing = not isinstance(error, InputError)
    return Break(workflow.name, steps[0], "connection", title, error.advice, is_passing=is_passing)


def _part_breaks(
    workflow: Workflow, step: Step, part: _Part, described: LiveObject, *, is_new: bool
) -> Iterator[Break]:
    own = {field.name: field for field in described.fields.values() if field.is_own}
    for name, value in part.values.items():
        field = own.get(name.upper()) or described.fields.get(name.upper())
        found = _complaint(name, value, field, part.wire)
        if found:
            yield Break(workflow.name, step.label, f"{part.path}.{name}", *found)
    if not is_new or part.is_open:
        return
    for field in own.values():
        if field.is_required and not field.is_read_only and field.name not in part.given:
            yield Break(
                workflow.name,
                step.label,
                f"{part.path}.{field.name}",
                f"The company now demands {_named(field)} and the step does not give it.",
                "Open the step and fill it in.",
            )


def _complaint(name: str, value: Any, field: LiveField | None, wire: str) -> tuple[str, str] | None:
    if field is None:
        return (
            f"{wire} has no field {name} in this company any more.",
            "Remove it from the step, or name the field that has taken its place.",
        )
    if field.is_read_only:
        return (
            f"{_named(field)} can no longer be written in this company.",
            "Remove it from the step.",
        )
    is_literal = isinstance(value, str) and value and OPEN not in value
    if field.choices and is_literal and value not in field.choices:
        return (
            f"{_named(field)} does not take {value} in this company any more.",
            "Choose one of: " + ", ".join(field.choices[:20]) + ".",
        )
    return None


def _named(field: LiveField) -> str:
    return f"{field.label} ({field.name})" if field.label else field.name


def _parts(action: Action, config: Mapping[str, Any]) -> Iterator[_Part]:
    properties = action.form.schema["properties"]
    if not action.object_name:
        return
    schema = ObjectSchema.find(action.object_name)
    if CUSTOM_FIELDS in properties:
        yield _part("", schema.wire, properties, config)
    for name, value in _by_own_names(properties, config).items():
        field = schema.fields.find(name) if name in properties else None
        if field and field.items and field.path:
            inner = properties[name].get("items", {}).get("properties", {})
            for path, line in _lines(name, value):
                yield _part(path, field.path[-1].upper(), inner, line)


def _by_own_names(
    properties: Mapping[str, Mapping[str, Any]], config: Mapping[str, Any]
) -> dict[str, Any]:
    aliases = {
        alias: name
        for name, stanza in properties.items()
        for alias in stanza.get("x-intacct", {}).get("aliases", ())
    }
    return {aliases.get(name, name): value for name, value in config.items()}


def _lines(name: str, value: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield each line that is written out, and the pattern of lines that are mapped."""
    if isinstance(value, Mapping) and is_mapping_form(value):
        value = [value["value"]]
    for place, line in enumerate(value if isinstance(value, list) else [value]):
        if isinstance(line, Mapping):
            yield f"{name}[{place}]", line


def _part(path: str, wire: str, properties: Mapping[str, Any], record: Mapping[str, Any]) -> _Part:
    named = _by_own_names(properties, record)
    groups = [named.get(CUSTOM_FIELDS), named.get(ADDITIONAL_FIELDS)]
    custom, further = (_named_values(group) for group in groups)
    dimensions = {n: v for n, v in further.items() if n.upper().startswith(DIMENSION_PREFIX)}
    return _Part(
        path=f"{path}.{CUSTOM_FIELDS}" if path else CUSTOM_FIELDS,
        wire=wire,
        values={**dimensions, **custom},
        given=frozenset(name.upper() for name in (*custom, *further)),
        is_open=any(map(_is_open, groups)),
    )


def _is_open(group: Any) -> bool:
    if isinstance(group, Mapping):
        return is_mapping_form(group)
    return isinstance(group, str) and bool(group.strip())


def _named_values(group: Any) -> dict[str, Any]:
    if isinstance(group, Mapping):
        return {} if is_mapping_form(group) else dict(group)
    pairs = group if isinstance(group, list) else []
    is_pair = 2
    return {str(p[0]): p[1] for p in pairs if isinstance(p, list) and len(p) == is_pair}
