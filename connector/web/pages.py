"""Pages that show what happened: the list of runs, one run step by step, the first steps."""

from __future__ import annotations

from flask import Blueprint, abort, render_template

from connector.accounts import Right
from connector.runtime import history
from connector.runtime.services import INTACCT, Services
from connector.web.access import needs
from connector.web.company import company_of

NEWEST = 100


def blueprint(services: Services) -> Blueprint:
    """Return the pages ``/``, ``/runs/<id>`` and ``/welcome``."""
    routes = Blueprint("pages", __name__)

    @routes.get("/")
    @needs(Right.VIEW)
    def home() -> str:
        runs = services.database.read(lambda connection: history.newest(connection, NEWEST))
        return render_template("home.html", runs=runs, newest=NEWEST)

    @routes.get("/runs/<run_id>")
    @needs(Right.VIEW)
    def run(run_id: str) -> str:
        found = services.database.read(lambda connection: history.run_of(connection, run_id))
        if found is None:
            abort(404)
        return render_template("run.html", run=found)

    @routes.get("/welcome")
    @needs(Right.VIEW)
    def welcome() -> str:
        rows = [row for row in services.connections.list() if row.kind == INTACCT]
        companies = [(row, company_of(row, services.settings)) for row in rows]
        has_runs = bool(services.database.read(lambda connection: history.newest(connection, 1)))
        return render_template(
            "welcome.html",
            trial=next((row for row, company in companies if company.is_trial), None),
            has_own=any(not company.is_trial for _, company in companies),
            has_runs=has_runs,
        )

    return routes
