"""Pages that show what happened: the list of runs, and one run step by step."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
from flask import Blueprint, abort, render_template

from connector.runtime import history
from connector.runtime.services import Services

NEWEST = 100


def blueprint(services: Services) -> Blueprint:
    """Return the pages ``/`` and ``/runs/<id>``."""
    routes = Blueprint("pages", __name__)

    @routes.app_template_filter("moment")
    def moment(milliseconds: int | None) -> str:
        if milliseconds is None:
            return ""
        return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")

    @routes.app_template_filter("pretty")
    def pretty(value: Any) -> str:
        return orjson.dumps(value, default=str, option=orjson.OPT_INDENT_2).decode()

    @routes.get("/")
    def home() -> str:
        runs = services.database.read(lambda connection: history.newest(connection, NEWEST))
        return render_template("home.html", runs=runs)

    @routes.get("/runs/<run_id>")
    def run(run_id: str) -> str:
        found = services.database.read(lambda connection: history.run_of(connection, run_id))
        if found is None:
            abort(404)
        return render_template("run.html", run=found)

    return routes
