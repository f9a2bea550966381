"""The Test page: a dry run of the whole workflow, what it would send, and the way to a plan."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from connector.accounts import Right
from connector.errors import ConnectorError, InputError
from connector.runtime.services import Services
from connector.web.access import needs
from connector.web.composer import events, frame
from connector.web.composer.frame import Workspace
from connector.workbench import comparison, places, plan_list
from connector.workbench.comparison import Comparison
from connector.workbench.rehearsal import rehearse
from connector.workbench.report import Rehearsal

PLANS = 10
NO_RUN = "none"
_WRONG = 422

Answer = str | Response | tuple[str, int]


def blueprint(services: Services) -> Blueprint:
    """Return the page ``/workflows/<id>/test``."""
    routes = Blueprint("testing", __name__)
    pages = _Pages(services)
    routes.get("/workflows/<workflow_id>/test")(pages.overview)
    routes.post("/workflows/<workflow_id>/test")(pages.dry_run)
    return routes


class _Pages:
    def __init__(self, services: Services) -> None:
        self._services = services

    @needs(Right.VIEW)
    def overview(self, workflow_id: str) -> str:
        return self._page(frame.workspace_of(self._services, workflow_id))

    @needs(Right.BUILD)
    def dry_run(self, workflow_id: str) -> Answer:
        workspace = frame.workspace_of(self._services, workflow_id)
        try:
            rehearsal = self._rehearsed(workspace)
            compared = self._compared(rehearsal)
        except ConnectorError as error:
            return self._page(workspace, problem=error), _WRONG
        return self._page(workspace, rehearsal=rehearsal, compared=compared)

    def _rehearsed(self, workspace: Workspace) -> Rehearsal:
        found = events.events_of(self._services, workspace)
        event = events.chosen(found, request.form.get("event", ""))
        return rehearse(
            self._services,
            events.definition_of(workspace),
            event.document,
            workflow_id=workspace.id,
            samples=events.pinned_results(self._services, workspace),
        )

    def _compared(self, rehearsal: Rehearsal) -> Comparison | None:
        wanted = request.form.get("compare", "")
        if wanted == NO_RUN:
            return None
        run_id = wanted or comparison.past_run(self._services, rehearsal)
        return comparison.compare(self._services, rehearsal, run_id) if run_id else None

    def _page(
        self,
        workspace: Workspace,
        *,
        problem: ConnectorError | None = None,
        rehearsal: Rehearsal | None = None,
        compared: Comparison | None = None,
    ) -> str:
        found = events.events_of(self._services, workspace)
        wanted = request.form.get("event", "")
        return render_template(
            "composer/test.html",
            workspace=workspace,
            tab=frame.TEST,
            events=found,
            chosen=_shown(found, wanted),
            runs=events.past_runs(self._services, workspace),
            compare=request.form.get("compare", ""),
            steps=list(places.every_step(workspace.document)),
            left_out=events.left_out(workspace),
            plans=self._plans(workspace),
            problem=problem,
            rehearsal=rehearsal.to_document() if rehearsal else None,
            compared=compared,
        )

    def _plans(self, workspace: Workspace) -> list[plan_list.PlanLine]:
        return self._services.database.read(
            lambda connection: plan_list.lines(connection, workspace.id, limit=PLANS)
        )


def _shown(found: list[events.Event], wanted: str) -> events.Event | None:
    try:
        return events.chosen(found, wanted)
    except InputError:
        return None
