"""The events that a workflow can be tried on: its samples, and the one its trigger comes with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from connector.errors import InputError
from connector.operations import search
from connector.runtime.history import RunLine
from connector.runtime.services import Services
from connector.web.composer.frame import Workspace
from connector.workbench import places, samples
from connector.workbench.samples import EXAMPLE, INPUT
from connector.workbench.within_reach import Reach, reach_of
from connector.workflow import model
from connector.workflow.model import Workflow

PAST_RUNS = 10
SOURCES = {
    "example": "the example that the trigger comes with",
    "delivery": "a real event",
    "run": "a past run",
    "typed": "typed in",
    "nothing": "nothing yet",
}
RESULTS = {**SOURCES, "example": "the example that the action comes with", "typed": "a kept result"}


@dataclass(frozen=True)
class Event:
    """One event to choose.

    Args:
        id: The sample's id; ``example`` for what the trigger comes with.
        title: What people call it.
        document: The event.
        source: Where it is from, in words.
        is_pinned: A person chose it for all tests.
        created_at: When it was kept, in milliseconds since 1970; None for the example.
    """

    id: str
    title: str
    document: Any
    source: str
    is_pinned: bool = False
    created_at: int | None = None


def events_of(services: Services, workspace: Workspace) -> list[Event]:
    """Return the events to choose from, the one that is taken first: pinned, newest, example."""
    found = [
        Event(each.id, each.name, each.document, SOURCES[each.source], each.is_pinned,
              each.created_at)
        for each in samples.samples_of(services.database, workspace.id, INPUT)
    ]  # fmt: skip
    example = example_of(services, workspace)
    return [*found, example] if example else found


def example_of(services: Services, workspace: Workspace) -> Event | None:
    """Return the event that the workflow's trigger comes with, if it does."""
    trigger = services.registry.triggers.get(trigger_type(workspace.document))
    if trigger is None or not trigger.example:
        return None
    title = f"Example of {trigger.label}"
    return Event(EXAMPLE, title, dict(trigger.example), SOURCES[EXAMPLE])


def chosen(events: list[Event], wanted: str) -> Event:
    """Return the event of that id, else the one that is taken by default.

    Raises:
        InputError: There is none to take, or it is gone.
    """
    if not events:
        raise InputError(
            "There is no sample event yet.",
            advice="Keep one under 'Sample data': listen for a real one, or type it.",
            field="event",
        )
    if not wanted:
        return events[0]
    for event in events:
        if event.id == wanted:
            return event
    raise InputError("This sample is gone.", advice="Choose another one.", field="event")


def trigger_type(document: Any) -> str:
    """Return the type of a document's trigger; empty where it has none."""
    wanted = document.get("trigger") if isinstance(document, dict) else None
    found = wanted.get("type") if isinstance(wanted, dict) else ""
    return found if isinstance(found, str) else ""


def pinned_results(services: Services, workspace: Workspace) -> dict[str, Any]:
    """Return what people pinned as results of steps, by the step's id."""
    kept = samples.samples_of(services.database, workspace.id)
    return {each.place: each.document for each in kept if each.is_pinned and each.place != INPUT}


def reach_at(services: Services, workspace: Workspace, step_id: str, event: Event | None) -> Reach:
    """Return what a step is tried with: the event, results of earlier steps, and where from."""
    taken: dict[str, tuple[str, Any]] = {}
    for sample in samples.samples_of(services.database, workspace.id):
        taken.setdefault(sample.place, (sample.source, sample.document))
    if event is not None:
        taken[INPUT] = (_source(event), event.document)
    place = next((s.place for s in places.every_step(workspace.document) if s.id == step_id), "")
    return reach_of(
        workspace.document, services.registry, taken, f"{place}.config" if place else ""
    )


def _source(event: Event) -> str:
    return next(name for name, words in SOURCES.items() if words == event.source)


def definition_of(workspace: Workspace) -> Workflow:
    """Return the workflow without the steps that tests leave out, ready to be tried.

    Raises:
        InputError: It is not finished.
    """
    document = workspace.document
    for step_id in left_out(workspace):
        step = next((s for s in places.every_step(document) if s.id == step_id), None)
        if step is not None:  # it may stand inside one that went before
            document = places.without(document, step.place)
    return model.parse(document)


def left_out(workspace: Workspace) -> tuple[str, ...]:
    """Return the ids of the steps that tests leave out."""
    return workspace.draft.skipped if workspace.draft else ()


def past_runs(services: Services, workspace: Workspace) -> list[RunLine]:
    """Return the newest runs of a workflow, newest first."""
    if workspace.line is None:
        return []
    wanted = search.Wanted(workflow=workspace.line.name)
    return services.database.read(lambda c: search.find(c, wanted, limit=PAST_RUNS).lines)
