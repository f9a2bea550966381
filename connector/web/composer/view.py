"""Everything that the composer's page shows of one workflow at one moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connector.component import DataSource
from connector.runtime import workflows
from connector.runtime.services import Services
from connector.web.composer import kinds, trigger_view
from connector.web.composer.anchors import Anchors
from connector.web.composer.filled import Filled
from connector.web.composer.frame import Workspace
from connector.web.composer.kinds import Choice
from connector.web.composer.outline import Block, Outline, nearest
from connector.web.composer.step_view import StepForm, StepForms
from connector.web.composer.trigger_view import SETTINGS, TRIGGER, TriggerForm
from connector.web.composer.values import Shown
from connector.workbench.drafts import Draft
from connector.workbench.places import StepAt
from connector.workbench.problems import ERROR, Problem, problems
from connector.workbench.step_references import references_to
from connector.workflow import cost, model
from connector.workflow.steps import Case, Step


@dataclass(frozen=True)
class Asked:
    """What the page is asked to show.

    Args:
        at: The step that is open, or ``trigger`` or ``workflow``.
        add: The block that something is added to.
        after: The step it comes after.
        remove: The step that is to be removed.
        text: What is looked for among the things that can be added.
        is_saved: Something was saved just now.
        is_gone: A step was removed just now.
        is_new: It was opened just now, so the keyboard goes there.
    """

    at: str = ""
    add: str = ""
    after: str = ""
    remove: str = ""
    text: str = ""
    is_saved: bool = False
    is_gone: bool = False
    is_new: bool = False


@dataclass(frozen=True)
class Held:
    """The open form as somebody has filled it in and not saved it."""

    step: Filled | None = None
    trigger: Shown | None = None


@dataclass(frozen=True)
class Removal:
    """What removing a step means.

    Args:
        anchor: How forms call the step.
        inside: How many steps are inside it.
        users: What names it.
    """

    anchor: str
    inside: int
    users: tuple[str, ...]


@dataclass(frozen=True)
class Warned:
    """A warning with the step it is about; empty for the workflow as a whole."""

    label: str
    problem: Problem


@dataclass(frozen=True)
class View:
    """The page."""

    revision: int
    is_editable: bool
    name: str
    description: str
    opened: str
    adding: str
    after: str
    asked: str
    choices: Sequence[tuple[str, Sequence[Choice]]]
    removing: Removal | None
    is_saved: bool
    is_gone: bool
    is_fresh: bool
    cost: str
    errors: Sequence[Problem]
    warnings: Sequence[Warned]
    loose: Sequence[Problem]
    trigger_label: str
    trigger_connection: str
    trigger_errors: int
    trigger: TriggerForm | None
    block: Block
    failure: Block
    form: StepForm | None
    data_sources: Mapping[str, DataSource]


def view_of(
    services: Services,
    workspace: Workspace,
    asked: Asked,
    *,
    may_build: bool,
    held: Held | None = None,
) -> View:
    """Return what the page shows.

    Args:
        services: Of this process.
        workspace: The workflow.
        asked: What is open.
        may_build: Whether who looks may change it.
        held: The open form where it is not saved.
    """
    draft = workspace.draft or _as_draft(workspace)
    document = draft.document if isinstance(draft.document, dict) else {}
    found = problems(document, workflows.surroundings(services))
    anchors = Anchors(document)
    outline = Outline(anchors, services.registry, found, draft.skipped)
    is_editable = may_build and workspace.draft is not None
    opened = anchors.step(asked.at)
    is_open = opened is not None or asked.at in {TRIGGER, SETTINGS}
    trigger_type = trigger_view.kind_of(document)
    forms = StepForms(services, draft, anchors)
    return View(
        revision=draft.revision,
        is_editable=is_editable,
        name=_text(document, "name"),
        description=_text(document, "description"),
        opened=(anchors.of(opened) if opened else asked.at) if is_open else "",
        adding=asked.add if is_editable else "",
        after=asked.after,
        asked=asked.text,
        choices=kinds.choices(services.registry, asked.text) if asked.add else (),
        removing=_removal(anchors, asked.remove) if is_editable else None,
        is_saved=asked.is_saved,
        is_gone=asked.is_gone,
        is_fresh=asked.is_new,
        cost=cost.cost_of(_sketch(anchors), services.registry).sentence,
        errors=[each for each in found if each.severity == ERROR],
        warnings=[_warned(anchors, each) for each in found if each.severity != ERROR],
        loose=[each for each in found if _is_loose(anchors, each)],
        trigger_label=kinds.trigger_label(services.registry, trigger_type),
        trigger_connection=trigger_view.connection_of(document),
        trigger_errors=sum(e.place.startswith((TRIGGER, "once")) and _is_error(e) for e in found),
        trigger=_trigger_form(services, draft, found, held) if asked.at == TRIGGER else None,
        block=outline.block("steps"),
        failure=outline.block("onFailure", prefix="F"),
        form=_form(forms, anchors, opened, found, held) if opened else None,
        data_sources=services.registry.data_sources,
    )


def _trigger_form(
    services: Services, draft: Draft, found: Sequence[Problem], held: Held | None
) -> TriggerForm:
    shown = held.trigger if held and held.trigger else None
    config = shown or trigger_view.config_of(services, draft.document)
    return trigger_view.form_of(services, draft, config, found)


def _form(
    forms: StepForms,
    anchors: Anchors,
    opened: StepAt,
    found: Sequence[Problem],
    held: Held | None,
) -> StepForm:
    mine = [p for p in found if nearest(anchors.steps, p.place) == opened.place]
    filled = held.step if held and held.step else forms.shown(opened)
    return forms.form(opened, filled, mine)


def _as_draft(workspace: Workspace) -> Draft:
    """Return the newest version as a draft that nobody has begun, to look at it."""
    line = workspace.line
    author, at = (line.changed_by, line.changed_at) if line else ("", 0)
    return Draft(
        workflow_id=workspace.id,
        document=workspace.document,
        revision=0,
        base_version=line.newest if line else 0,
        skipped=(),
        author=author,
        changed_by=author,
        created_at=at,
        changed_at=at,
    )


def _removal(anchors: Anchors, anchor: str) -> Removal | None:
    step = anchors.step(anchor)
    if step is None:
        return None
    inside = [each for each in anchors.steps if each.place.startswith(f"{step.place}.")]
    own = (f"{step.place}.", f"{step.place}[")
    users = [
        reference.title
        for step_id in dict.fromkeys([step.id, *(each.id for each in inside)])
        if step_id
        for reference in references_to(anchors.document, step_id)
        if not reference.place.startswith(own)
    ]
    return Removal(anchors.of(step), len(inside), tuple(dict.fromkeys(users)))


def _warned(anchors: Anchors, problem: Problem) -> Warned:
    place = nearest(anchors.steps, problem.place)
    label = next((step.label for step in anchors.steps if step.place == place), "")
    return Warned(label, problem)


def _is_error(problem: Problem) -> bool:
    return problem.severity == ERROR


def _is_loose(anchors: Anchors, problem: Problem) -> bool:
    """Say whether a problem belongs to no card of the page."""
    known = problem.place.startswith((TRIGGER, "once", "steps", "onFailure"))
    return _is_error(problem) and not known and not nearest(anchors.steps, problem.place)


def _sketch(anchors: Anchors) -> model.Workflow:
    """Return the steps as far as they are known, to reckon what they cost."""
    steps = tuple(_sketched(step.step) for step in anchors.steps if step.block == "steps")
    return model.Workflow(name="", trigger=model.Trigger(""), steps=steps)


def _sketched(step: dict[str, Any]) -> Step:
    return Step(
        id=_text(step, "id"),
        type=_text(step, "type"),
        cases=tuple(Case("", _sketched_all(case, "steps")) for case in _dicts(step, "cases")),
        otherwise=_sketched_all(step, "otherwise"),
        steps=_sketched_all(step, "steps"),
    )


def _sketched_all(holder: dict[str, Any], name: str) -> tuple[Step, ...]:
    return tuple(_sketched(step) for step in _dicts(holder, name))


def _dicts(holder: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found = holder.get(name)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _text(holder: dict[str, Any], name: str) -> str:
    found = holder.get(name)
    return found if isinstance(found, str) else ""
