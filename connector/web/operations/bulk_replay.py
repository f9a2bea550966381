"""Many runs again: a plan that says what would come of each, and the button that starts it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from connector.accounts import Right
from connector.errors import ConnectorError, InputError, NotFound
from connector.operations import bulk, forecasts, issues, replays, search
from connector.operations.forecasts import RETRY, STARTED
from connector.operations.replays import Plan
from connector.runtime import children, decisions
from connector.runtime.services import Services
from connector.web.access import current, needs
from connector.web.operations.run_list import Asked

PER_PAGE = 100

FORECASTS = {
    forecasts.CREATE: "Will write",
    forecasts.EXISTS: "Written before: goes on without writing",
    forecasts.READS: "Writes nothing",
    forecasts.UNCERTAIN: "Left out: a write without an outcome",
    forecasts.CANNOT: "Left out: cannot be tried again",
}
_ITEM_STATES = {"left": "left out", "refused": "not started", "planned": "waits its turn"}


@dataclass(frozen=True)
class _Progress:
    """How far a plan is.

    Args:
        wanted: How many runs it starts.
        begun: How many of them have been started, or turned out to have changed.
        ended: How many have ended.
    """

    wanted: int
    begun: int
    ended: int


def blueprint(services: Services) -> Blueprint:
    """Return the pages below ``/runs/plans``."""
    routes = Blueprint("bulk_replay", __name__)
    pages = _Pages(services)
    routes.post("/runs/plans")(pages.make)
    routes.get("/runs/plans/<plan_id>")(pages.show)
    routes.get("/runs/plans/<plan_id>/now")(pages.now)
    routes.post("/runs/plans/<plan_id>")(pages.execute)
    return routes


class _Pages:
    def __init__(self, services: Services) -> None:
        self._services = services

    @needs(Right.OPERATE)
    def make(self) -> Response:
        action = request.form.get("action", "")
        try:
            wanted = self._wanted(action)
            made = replays.plan(self._services, action, wanted, actor=current().login)
        except ConnectorError as error:
            back = Asked.of(request.form).address()
            page = render_template("operations/run_plan_refused.html", problem=error, back=back)
            return make_response(page, 422)
        return _to(made.id)

    @needs(Right.VIEW)
    def show(self, plan_id: str) -> Response:
        return self._page(plan_id)

    @needs(Right.VIEW, use=False)
    def now(self, plan_id: str) -> Response:
        return self._page(plan_id, "operations/run_plan_now.html")

    @needs(Right.OPERATE)
    def execute(self, plan_id: str) -> Response:
        try:
            bulk.execute(self._services, plan_id, actor=current().login)
        except NotFound:
            abort(404)
        except InputError as error:
            if self._plan(plan_id).state != replays.PLANNED:
                return _to(plan_id)  # somebody was first: this is how far it is
            return self._page(plan_id, problem=error)
        return _to(plan_id)

    def _page(
        self,
        plan_id: str,
        template: str = "operations/run_plan.html",
        problem: ConnectorError | None = None,
    ) -> Response:
        plan = self._plan(plan_id)
        try:
            start = max(0, int(request.args.get("from", "0")[:6]))
        except ValueError:
            start = 0
        page = render_template(
            template,
            plan=plan,
            items=plan.items[start : start + PER_PAGE],
            start=start,
            next=start + PER_PAGE if len(plan.items) > start + PER_PAGE else 0,
            progress=_progress(plan),
            words=FORECASTS,
            item_states=_ITEM_STATES,
            is_retry=plan.action == RETRY,
            problem=problem,
        )
        return make_response(page, 422 if problem else 200)

    def _plan(self, plan_id: str) -> Plan:
        try:
            return self._services.database.read(partial(replays.one, plan_id=plan_id))
        except NotFound:
            abort(404)

    def _wanted(self, action: str) -> list[str]:
        """Return the runs that a form means: an issue's, the ticked ones, or all it searched."""
        services, issue = self._services, request.form.get("issue", "")
        if issue:
            can_retry = action == RETRY
            read = partial(issues.runs_of, issue_id=issue, can_retry=can_retry)
            return services.database.read(read)
        ticked = request.form.getlist("run")
        if ticked:
            return ticked
        return self._searched(Asked.of(request.form), action)

    def _searched(self, asked: Asked, action: str) -> list[str]:
        """Return all runs of a search, oldest first; a retry takes those that can be retried."""
        wanted = asked.wanted()
        found: list[str] = []
        after = ""
        while True:
            read = partial(search.find, wanted=wanted, limit=search.MOST, after=after)
            page = self._services.database.read(read)
            found += [
                line.id for line in page.lines if action != RETRY or line.state in decisions.RETRIED
            ]
            after = page.next
            if not after or len(found) > replays.MOST_RUNS:
                return found[::-1]


def _progress(plan: Plan) -> _Progress:
    wanted = [item for item in plan.items if item.forecast in STARTED]
    begun = [item for item in wanted if item.state != replays.PLANNED]
    ended = [item for item in begun if item.outcome not in children.OPEN]
    return _Progress(len(wanted), len(begun), len(ended))


def _to(plan_id: str) -> Response:
    return redirect(url_for("bulk_replay.show", plan_id=plan_id), 303)
