"""Reconciliation: a day's events, runs, writes and amounts, and a look into Intacct on demand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from connector.accounts import Right
from connector.errors import InputError
from connector.operations import comparing, overview, reconciliation
from connector.operations.differences import Comparison
from connector.operations.reconciliation import Figures, Line
from connector.runtime.services import Services
from connector.web.access import needs
from connector.web.operations import plots
from connector.web.words import object_words

DAYS_SHOWN = 14
EARLIEST = date(2000, 1, 1)


@dataclass(frozen=True)
class Day:
    """A day in the list: how its runs stand."""

    date: str
    name: str
    events: int
    done: int
    bad: int
    going: int

    @classmethod
    def of(cls, line: Line) -> Day:
        """Return a line of figures as it is shown."""

        def count(states: tuple[str, ...]) -> int:
            return sum(line.runs.get(state, 0) for state in states)

        return cls(
            date=line.day.isoformat(),
            name=f"{line.day:%a} {line.day.day}",
            events=line.events,
            done=count(overview.GOOD),
            bad=count((*overview.BAD, "cancelled")),
            going=count(overview.GOING),
        )

    @property
    def column(self) -> plots.Column:
        """The day's bar."""
        parts = (("good", self.done), ("going", self.going), ("bad", self.bad))
        return plots.Column(self.name.split()[-1], parts)


def blueprint(services: Services) -> Blueprint:
    """Return the pages under ``/reconciliation``."""
    routes = Blueprint("reconciliation", __name__)
    database = services.database

    @routes.get("/reconciliation")
    @needs(Right.VIEW)
    def latest() -> BaseResponse:
        day = database.read(reconciliation.today)
        return redirect(url_for("reconciliation.one", day=day.isoformat()))

    @routes.get("/reconciliation/<day>")
    @needs(Right.VIEW)
    def one(day: str) -> str:
        return _page(services, _day(services, day))

    @routes.post("/reconciliation/<day>/compare")
    @needs(Right.OPERATE)
    def compare(day: str) -> str | tuple[str, int]:
        wanted = _day(services, day)
        try:
            return _page(services, wanted, comparing.compare(services, wanted))
        except InputError as error:
            return _page(services, wanted, problem=error), 422

    return routes


def _page(
    services: Services,
    day: date,
    comparison: Comparison | None = None,
    problem: InputError | None = None,
) -> str:
    most = None if request.args.get("amounts") == "all" else reconciliation.MOST_ADDED
    present, figures, lines, (records, reads) = services.database.read(
        lambda c: (
            reconciliation.today(c),
            reconciliation.figures(c, day, most=most),
            reconciliation.days(c, _last(reconciliation.today(c), day), DAYS_SHOWN),
            comparing.cost(c, day),
        )
    )
    shown = [Day.of(line) for line in lines]
    return render_template(
        "operations/reconciliation.html",
        day=day.isoformat(),
        words=f"{day:%A}, {day.day} {day:%B %Y}",
        figures=figures,
        writes=_writes(figures),
        sums=[(object_words(one.object_name), one) for one in figures.sums or []],
        days=shown,
        plot=plots.stacked([one.column for one in shown]),
        earlier=(day - timedelta(days=1)).isoformat(),
        later=(day + timedelta(days=1)).isoformat() if day < present else "",
        records=records,
        reads=reads,
        most_records=comparing.MOST_WRITES,
        comparison=comparison,
        object_words=object_words,
        problem=problem,
    )


def _writes(figures: Figures) -> list[tuple[str, list[tuple[str, int]]]]:
    return [(object_words(name), sorted(states.items())) for name, states in figures.writes.items()]


def _last(present: date, day: date) -> date:
    """Return the last day of the plot: so that the chosen one is in it, near its middle."""
    return min(present, day + timedelta(days=DAYS_SHOWN // 2))


def _day(services: Services, text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        abort(404)
    if not EARLIEST <= found <= services.database.read(reconciliation.today):
        abort(404)
    return found
