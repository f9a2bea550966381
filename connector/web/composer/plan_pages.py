"""Plans: what a dry run of the published version showed, approved by somebody and then done."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from connector.accounts import Right
from connector.errors import ConnectorError, InputError, NotFound
from connector.runtime import workflows
from connector.runtime.services import Services
from connector.web.access import current, needs
from connector.web.composer import events, frame
from connector.workbench import plan_list, plans

_WRONG = 422

Answer = Response | tuple[str, int]


def blueprint(services: Services) -> Blueprint:
    """Return the pages from ``/workflows/plans`` on, and the form that makes a plan."""
    routes = Blueprint("plans", __name__)
    pages = _Pages(services)
    routes.post("/workflows/<workflow_id>/plans")(pages.propose)
    routes.get("/workflows/plans")(pages.everything)
    routes.get("/workflows/plans/<plan_id>")(pages.one)
    routes.post("/workflows/plans/<plan_id>/approve")(pages.approve)
    routes.post("/workflows/plans/<plan_id>/execute")(pages.execute)
    return routes


class _Pages:
    def __init__(self, services: Services) -> None:
        self._services = services

    @needs(Right.VIEW)
    def everything(self) -> str:
        found = self._services.database.read(plan_list.lines)
        return render_template("composer/plans.html", plans=found)

    @needs(Right.BUILD)
    def propose(self, workflow_id: str) -> Response:
        workspace = frame.workspace_of(self._services, workflow_id)
        published = self._services.database.read(lambda c: workflows.newest(c, workflow_id))
        if published is None:
            raise InputError(
                "Only a published workflow can be planned.", advice="Publish it first."
            )
        found = events.events_of(self._services, workspace)
        event = events.chosen(found, request.form.get("event", ""))
        plan = plans.propose(
            self._services, published.definition.name, event.document, author=current().login
        )
        return redirect(url_for("plans.one", plan_id=plan.id))

    @needs(Right.VIEW)
    def one(self, plan_id: str) -> Answer | str:
        try:
            return self._page(plan_id)
        except NotFound as error:
            return render_template("problem.html", problem=error.describe()), 404

    @needs(Right.APPROVE)
    def approve(self, plan_id: str) -> Answer:
        try:
            plans.approve(
                self._services,
                plan_id,
                approver=current().login,
                seen=request.form.get("hash", ""),
            )
        except InputError as error:
            return self._page(plan_id, error), _WRONG
        return redirect(url_for("plans.one", plan_id=plan_id))

    @needs(Right.OPERATE)
    def execute(self, plan_id: str) -> Answer:
        plan = plans.one(self._services, plan_id)
        if plan.state == "executed":  # by the same click, perhaps: the run is what was wanted
            return redirect(f"/runs/{plan.run_id}")
        try:
            run_id = plans.execute(self._services, plan_id, actor=current().login)
        except InputError as error:
            return self._page(plan_id, error), _WRONG
        return redirect(f"/runs/{run_id}")

    def _page(self, plan_id: str, problem: ConnectorError | None = None) -> str:
        plan = plans.one(self._services, plan_id)
        return render_template(
            "composer/plan.html",
            plan=plan,
            problem=problem,
            workflow_id=self._workflow_id(plan.workflow),
        )

    def _workflow_id(self, name: str) -> str:
        published = self._services.database.read(lambda c: workflows.published_named(c, name))
        return published.workflow_id if published else ""
