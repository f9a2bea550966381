"""The first steps."""

from __future__ import annotations

from flask import Blueprint, render_template

from connector.accounts import Right
from connector.runtime import history
from connector.runtime.services import INTACCT, Services
from connector.web.access import needs
from connector.web.company import company_of


def blueprint(services: Services) -> Blueprint:
    """Return the page ``/welcome``."""
    routes = Blueprint("pages", __name__)

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
