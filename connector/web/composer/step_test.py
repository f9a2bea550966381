"""The page that tests one step: reads run, writes are shown and sent once they are meant."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, render_template, request

from connector.accounts import Right
from connector.errors import ConnectorError, InputError
from connector.runtime.services import Services
from connector.store.json_text import to_json
from connector.web.access import current, needs
from connector.web.company import CompanyView, company_of
from connector.web.composer import events, frame
from connector.web.composer.frame import Workspace
from connector.workbench import places, trial
from connector.workbench.places import StepAt
from connector.workbench.trial import Sending, StepTrial
from connector.workflow.model import Workflow

SEND = "send"
_WRONG = 422
_AROUND = ("item", "failure")

Answer = str | tuple[str, int]


def blueprint(services: Services) -> Blueprint:
    """Return the pages ``/workflows/<id>/test/<step>``."""
    routes = Blueprint("step_test", __name__)
    pages = _Pages(services)
    routes.get("/workflows/<workflow_id>/test/<step_id>")(pages.shown)
    routes.post("/workflows/<workflow_id>/test/<step_id>")(pages.tried)
    return routes


@dataclass(frozen=True)
class _Attempt:
    """What is tried, and on what.

    Args:
        definition: The workflow.
        step: The step.
        event: What its expressions call ``input``.
        results: Results of earlier steps.
        more: An item or a failure, where the step stands in a loop or after one.
        once: Names the sending; the same one never writes twice.
        changed_at: When the step's connection was changed last.
    """

    definition: Workflow
    step: StepAt
    event: Any
    results: Mapping[str, Any]
    more: Mapping[str, Any]
    once: str
    changed_at: int

    @property
    def seal(self) -> str:
        """A short name of all of it, which whoever confirms a preview sends back."""
        content = {
            "workflow": self.definition.fingerprint(),
            "step": self.step.id,
            "event": self.event,
            "results": dict(self.results),
            "more": dict(self.more),
            "once": self.once,
            "changedAt": self.changed_at,
        }
        return hashlib.sha256(to_json(content).encode()).hexdigest()


class _Pages:
    def __init__(self, services: Services) -> None:
        self._services = services

    @needs(Right.BUILD)
    def shown(self, workflow_id: str, step_id: str) -> str:
        workspace, step = self._found(workflow_id, step_id)
        return self._page(workspace, step)

    @needs(Right.BUILD)
    def tried(self, workflow_id: str, step_id: str) -> Answer:
        workspace, step = self._found(workflow_id, step_id)
        try:
            attempt = self._attempt(workspace, step)
            done = self._done(attempt)
        except ConnectorError as error:
            return self._page(workspace, step, problem=error), _WRONG
        return self._page(workspace, step, attempt=attempt, done=done)

    def _found(self, workflow_id: str, step_id: str) -> tuple[Workspace, StepAt]:
        workspace = frame.workspace_of(self._services, workflow_id)
        steps = places.every_step(workspace.document)
        step = next((each for each in steps if each.id == step_id), None)
        if step is None:
            abort(404)
        return workspace, step

    def _attempt(self, workspace: Workspace, step: StepAt) -> _Attempt:
        found = events.events_of(self._services, workspace)
        event = events.chosen(found, request.form.get("event", ""))
        roots = events.reach_at(self._services, workspace, step.id, event).roots
        row = self._connection(step)
        return _Attempt(
            definition=events.definition_of(workspace),
            step=step,
            event=event.document,
            results=roots.get("steps", {}),
            more={name: roots[name] for name in _AROUND if name in roots},
            once=request.form.get("once") or str(uuid.uuid4()),
            changed_at=row.changed_at if row else 0,
        )

    def _done(self, attempt: _Attempt) -> StepTrial:
        sending = None
        if request.form.get("do") == SEND:
            if request.form.get("seal") != attempt.seal:
                raise InputError(
                    "Something has changed since the preview, so nothing was sent.",
                    advice="Look at the preview again, then confirm.",
                )
            sending = Sending(request.form.get("confirm", ""), current().login, attempt.once)
        return trial.try_step(
            self._services,
            attempt.definition,
            attempt.step.id,
            attempt.event,
            attempt.results,
            more=attempt.more,
            sending=sending,
        )

    def _connection(self, step: StepAt) -> Any:
        name = step.step.get("connection")
        return self._services.connections.by_name(name) if isinstance(name, str) else None

    def _company(self, step: StepAt) -> CompanyView | None:
        row = self._connection(step)
        return company_of(row, self._services.settings) if row else None

    def _page(
        self,
        workspace: Workspace,
        step: StepAt,
        *,
        problem: ConnectorError | None = None,
        attempt: _Attempt | None = None,
        done: StepTrial | None = None,
    ) -> str:
        found = events.events_of(self._services, workspace)
        wanted = request.form.get("event", "")
        event = next((each for each in found if each.id == wanted), found[0] if found else None)
        reach = events.reach_at(self._services, workspace, step.id, event)
        report = done.report.to_document() if done else None
        output = report["output"] if report else None
        return render_template(
            "composer/step_test.html",
            workspace=workspace,
            tab=frame.TEST,
            step=step,
            events=found,
            chosen=event,
            results=[(name, events.RESULTS[source]) for name, source in reach.sources.items()
                     if name != "input"],
            around=[(name, reach.roots[name]) for name in _AROUND if name in reach.roots],
            company=self._company(step),
            problem=problem,
            attempt=attempt,
            done=done,
            report=report,
            output_text=to_json(output) if output is not None else "",
        )  # fmt: skip
