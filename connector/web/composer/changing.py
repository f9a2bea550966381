"""What a posted form of the composer does to the document; every button saves the form first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from connector.errors import InputError
from connector.runtime.services import Services
from connector.surfaces import form_data
from connector.web.composer import filled, trigger_view
from connector.web.composer.anchors import AFTER, Anchors
from connector.web.composer.filled import Case, Filled
from connector.web.composer.step_view import StepForms
from connector.web.composer.trigger_view import SETTINGS, TRIGGER
from connector.web.composer.values import Mapped, Shown
from connector.workbench import editing
from connector.workbench.drafts import Draft
from connector.workbench.places import every_step

# Buttons that change the form and nothing that is kept yet.
UNSAVED = frozenset({"line", "unline", "each", "rows", "case", "uncase", "find", "total"})


@dataclass(frozen=True)
class Change:
    """What is to be kept, and what is shown then.

    Args:
        document: The new document.
        renamed: Old to new ids of steps.
        shows: The query of the page that follows.
        skipped: The steps to leave out in tests from now on; None where that stays.
    """

    document: Any
    renamed: Mapping[str, str] = field(default_factory=dict)
    shows: dict[str, str] = field(default_factory=dict)
    skipped: list[str] | None = None


def saved_form(services: Services, draft: Draft, fields: Mapping[str, str]) -> Change:
    """Return the document with what the open form holds.

    Raises:
        InputError: A step's new id is not possible or taken, or there are too many lines.
    """
    document, opened = draft.document, fields.get("step_at", "")
    if opened == TRIGGER:
        return Change(trigger_view.applied(services, document, fields)[0], shows={"at": TRIGGER})
    if opened == SETTINGS:
        return Change(trigger_view.with_settings(document, fields), shows={"at": SETTINGS})
    anchors = Anchors(document)
    step = anchors.step(opened)
    if step is None:
        return Change(document)
    held = StepForms(services, draft, anchors).posted(step, fields)
    edited = filled.applied(document, step, held)
    return Change(edited.document, edited.renamed, {"at": edited.renamed.get(step.id, opened)})


def edited_form(held: Filled, verb: str, target: str) -> Filled:
    """Return a form after a button that adds or takes a line, or maps lines from a list.

    Args:
        held: The form as it was posted.
        verb: One of ``UNSAVED``.
        target: The field or the line.
    """
    config = held.config
    values, mapped = dict(config.values), dict(config.mapped)
    cases = held.cases
    if verb == "line":
        form_data.add_line(config.schema, values, target)
    elif verb == "unline":
        form_data.remove_line(config.schema, values, target)
    elif verb == "each":
        mapped[target] = Mapped()
        _one_line(config.schema, values, target)
    elif verb == "rows":
        mapped.pop(target, None)
    elif verb == "case":
        cases = (*cases, Case())
    elif verb == "uncase" and target.isdecimal():
        cases = tuple(case for number, case in enumerate(cases) if number != int(target[:6]))
    return Filled(
        id=held.id,
        name=held.name,
        connection=held.connection,
        config=Shown(config.schema, values, mapped),
        on_error=held.on_error,
        cases=cases,
        covers=held.covers,
    )


def _one_line(schema: Mapping[str, Any], values: dict[str, Any], target: str) -> None:
    """Leave the one line that stands for all items; the others cannot be kept."""
    if not values.get(target) and "." not in target:
        form_data.add_line(schema, values, target)
    while isinstance(values.get(target), list) and len(values[target]) > 1:
        form_data.remove_line(schema, values, f"{target}.{len(values[target]) - 1}")


class Buttons:
    """What the buttons of the list do, on a document that holds the open form already."""

    def __init__(self, services: Services, before: Change, draft: Draft) -> None:
        self._services = services
        self._before = before
        self._draft = draft
        self._anchors = Anchors(before.document)

    def press(self, verb: str, target: str, fields: Mapping[str, str]) -> Change:
        """Return what a button does; one that is not known does nothing more than save.

        Raises:
            InputError: It cannot be done; the reason is told.
        """
        pressed = getattr(self, f"_{verb}", None) if verb in _BUTTONS else None
        if pressed is None:
            return self._before
        found: Change = pressed(self._before.renamed.get(target, target), fields)
        return found

    def _edited(self, result: editing.Edited, *, shows: dict[str, str] | None = None) -> Change:
        return Change(result.document, self._before.renamed, shows or self._before.shows)

    def _place(self, anchor: str) -> str:
        step = self._anchors.step(anchor)
        if step is None:
            raise InputError("This step is gone.", advice="Somebody has removed or renamed it.")
        return step.place

    def _open(self, target: str, _fields: Mapping[str, str]) -> Change:
        return Change(self._before.document, self._before.renamed, {"at": target} if target else {})

    def _add(self, target: str, _fields: Mapping[str, str]) -> Change:
        block, _, after = target.partition(AFTER)
        shows = {"add": block, "after": after}
        return Change(self._before.document, self._before.renamed, shows)

    def _insert(self, kind: str, fields: Mapping[str, str]) -> Change:
        block = self._anchors.block(fields.get("add_block", "steps"))
        index = self._anchors.index_after(block, fields.get("add_after", ""))
        connection = self._usual_connection(kind)
        result = editing.add_step(self._before.document, kind, block, index, connection)
        return self._edited(result, shows={"at": self._anchor_in(result)})

    def _usual_connection(self, kind: str) -> str:
        """Return the connection that the other steps use, else the only one there is."""
        component = kind.partition(".")[0]
        used = [
            step.step.get("connection")
            for step in every_step(self._before.document)
            if str(step.step.get("type", "")).startswith(f"{component}.")
        ]
        names = [row.name for row in self._services.connections.list() if row.kind == component]
        fitting = [name for name in used if name in names] or (names if len(names) == 1 else [])
        return str(fitting[-1]) if fitting else ""

    def _anchor_in(self, result: editing.Edited) -> str:
        anchors = Anchors(result.document)
        step = anchors.step(result.place)
        return anchors.of(step) if step else ""

    def _up(self, target: str, _fields: Mapping[str, str]) -> Change:
        return self._moved(target, -1)

    def _down(self, target: str, _fields: Mapping[str, str]) -> Change:
        return self._moved(target, 1)

    def _moved(self, target: str, by: int) -> Change:
        step = self._anchors.step(self._place(target))
        if step is None or step.index + by < 0:
            return self._before
        document = self._before.document
        return self._edited(editing.move_step(document, step.place, step.block, step.index + by))

    def _move(self, target: str, fields: Mapping[str, str]) -> Change:
        block_name, _, after = fields.get("move_to", "").partition(AFTER)
        if not block_name:
            raise InputError("Choose where the step is to go.", field="move_to")
        place, block = self._place(target), self._anchors.block(block_name)
        index = self._anchors.index_after(block, after)
        step = self._anchors.step(place)
        if index is not None and step and step.block == block and step.index < index:
            index -= 1  # it leaves a gap before that place
        return self._edited(editing.move_step(self._before.document, place, block, index))

    def _copy(self, target: str, _fields: Mapping[str, str]) -> Change:
        result = editing.duplicate_step(self._before.document, self._place(target))
        return self._edited(result, shows={"at": self._anchor_in(result)})

    def _remove(self, target: str, _fields: Mapping[str, str]) -> Change:
        return Change(self._before.document, self._before.renamed, {"remove": target})

    def _delete(self, target: str, _fields: Mapping[str, str]) -> Change:
        place = self._place(target)
        result = editing.remove_step(self._before.document, place, despite_references=True)
        return self._edited(result, shows={"gone": "1"})

    def _skip(self, target: str, _fields: Mapping[str, str]) -> Change:
        step = self._anchors.step(self._place(target))
        name = step.id if step else ""
        skipped = {self._before.renamed.get(each, each) for each in self._draft.skipped}
        changed = skipped ^ {name} if name else skipped
        before = self._before
        return Change(before.document, before.renamed, before.shows, sorted(changed))


_BUTTONS = frozenset(
    {"open", "add", "insert", "up", "down", "move", "copy", "remove", "delete", "skip"}
)
