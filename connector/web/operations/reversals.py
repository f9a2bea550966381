"""Taking a run back: choose the day, see what becomes of each write, then start exactly that."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from connector.accounts import Right
from connector.errors import ConnectorError, InputError, NotFound
from connector.operations import reversal, reversals
from connector.operations.inverses import Verdict
from connector.operations.reversals import Plan
from connector.runtime import children, history
from connector.runtime.services import Services
from connector.web.access import current, needs

_LONGEST_DAY = 40


def blueprint(services: Services) -> Blueprint:
    """Return the pages that take a run back."""
    routes = Blueprint("reversals", __name__)
    pages = _Pages(services)
    routes.get("/runs/<run_id>/reverse")(pages.begin)
    routes.post("/runs/<run_id>/reverse")(pages.propose)
    routes.get("/runs/reversals/<plan_id>")(pages.show)
    routes.get("/runs/reversals/<plan_id>/now")(pages.now)
    routes.post("/runs/reversals/<plan_id>")(pages.execute)
    return routes


class _Pages:
    def __init__(self, services: Services) -> None:
        self._services = services

    @needs(Right.OPERATE)
    def begin(self, run_id: str) -> Response:
        return self._form(run_id, self._today())

    @needs(Right.OPERATE)
    def propose(self, run_id: str) -> Response:
        day = request.form.get("day", "").strip()[:_LONGEST_DAY]
        try:
            plan = reversal.propose(self._services, run_id, day=day, actor=current().login)
        except NotFound:
            abort(404)
        except ConnectorError as error:
            return self._form(run_id, day, error)
        return _to(plan.id)

    @needs(Right.VIEW)
    def show(self, plan_id: str) -> Response:
        return self._page(plan_id)

    @needs(Right.VIEW, use=False)
    def now(self, plan_id: str) -> Response:
        return self._page(plan_id, "operations/run_reversal_now.html")

    @needs(Right.OPERATE)
    def execute(self, plan_id: str) -> Response:
        try:
            given = request.form.get("confirm", "")
            reversal.execute(self._services, plan_id, actor=current().login, confirm=given)
        except NotFound:
            abort(404)
        except InputError as error:
            if self._plan(plan_id).state != reversals.PLANNED:
                return _to(plan_id)  # started already: this is how far it is
            return self._page(plan_id, problem=error)
        except ConnectorError as error:
            return self._page(plan_id, problem=error)
        return _to(plan_id)

    def _form(self, run_id: str, day: str, problem: ConnectorError | None = None) -> Response:
        run = self._services.database.read(partial(history.run_of, run_id=run_id))
        if run is None:
            abort(404)
        page = render_template(
            "operations/run_reverse.html", run=run.line, day=day, problem=problem
        )
        return make_response(page, 422 if problem else 200)

    def _page(
        self,
        plan_id: str,
        template: str = "operations/run_reversal.html",
        problem: ConnectorError | None = None,
    ) -> Response:
        plan = self._plan(plan_id)
        wanted = sum(line.verdict == Verdict.UNDO for line in plan.lines)
        page = render_template(
            template,
            plan=plan,
            wanted=wanted,
            ended=sum(
                count for state, count in plan.outcomes.items() if state not in children.OPEN
            ),
            is_going=plan.outcome in children.OPEN,
            problem=problem,
        )
        return make_response(page, 422 if problem else 200)

    def _plan(self, plan_id: str) -> Plan:
        try:
            return self._services.database.read(partial(reversals.one, plan_id=plan_id))
        except NotFound:
            abort(404)

    def _today(self) -> str:
        moment = datetime.fromtimestamp(self._services.wall_clock.now_ms() / 1000, UTC)
        return moment.date().isoformat()


def _to(plan_id: str) -> Response:
    return redirect(url_for("reversals.show", plan_id=plan_id), 303)
