"""The first page: what needs you now, and what has run today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, render_template

from connector.accounts import Right
from connector.connections.rows import READY, ConnectionRow
from connector.operations import overview as operations
from connector.operations.overview import Overview
from connector.runtime import budgets, history
from connector.runtime.services import Services
from connector.web.access import needs

NEWEST = 6


@dataclass(frozen=True)
class Tile:
    """One figure of today.

    Args:
        words: What is counted.
        count: How many.
        shown_as: The state whose colour it has.
        runs: How the list of runs calls it.
    """

    words: str
    count: int
    shown_as: str
    runs: str


def blueprint(services: Services) -> Blueprint:
    """Return the page ``/``."""
    routes = Blueprint("today", __name__)

    @routes.get("/")
    @needs(Right.VIEW)
    def today() -> str:
        found = services.database.read(operations.overview)
        rows = services.connections.list()
        shut = [row for row in rows if row.state != READY]
        ending = _ending(services, rows)
        warnings = _budget_warnings(services, rows)
        return render_template(
            "operations/today.html",
            view=found,
            date=datetime.fromtimestamp(found.now / 1000, UTC).date().isoformat(),
            tiles=_tiles(found),
            shut=shut,
            ending=ending,
            warnings=warnings,
            newest=services.database.read(lambda c: history.newest(c, NEWEST)),
            has_need=bool(
                found.issues
                or found.approvals
                or found.paused
                or found.parked
                or shut
                or ending
                or warnings
            ),
        )

    return routes


def _tiles(found: Overview) -> list[Tile]:
    def count(states: tuple[str, ...]) -> int:
        return sum(found.runs_today.get(state, 0) for state in states)

    return [
        Tile("done", count(operations.GOOD), "succeeded", "done"),
        Tile("under way", count(operations.GOING), "running", "under-way"),
        Tile("need you", count(operations.BAD), "failed", "needs-you"),
    ]


def _ending(services: Services, rows: tuple[ConnectionRow, ...]) -> list[tuple[ConnectionRow, int]]:
    """Return the connections whose access ends within two weeks, with the days left."""
    grants = [(row, services.grants.view(row.id)) for row in rows if row.settings.get("clientId")]
    return [(row, grant.days_left) for row, grant in grants if grant.ends_soon]


def _budget_warnings(services: Services, rows: tuple[ConnectionRow, ...]) -> list[str]:
    found = services.database.read(lambda c: [budgets.standing(c, row) for row in rows])
    return [standing.warning for standing in found if standing is not None and standing.warning]
