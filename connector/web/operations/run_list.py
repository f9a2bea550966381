"""The list of runs: filtered, searched by what people know of them, page by page."""

from __future__ import annotations

import dataclasses
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response

from connector.accounts import Right
from connector.errors import ConnectorError, InputError
from connector.operations import search
from connector.operations.search import Page, Wanted
from connector.runtime import children, history, runs, workflows
from connector.runtime.history import RunLine
from connector.runtime.services import Services
from connector.web.access import needs
from connector.web.words import STATES

LONGEST_TEXT = 200
DAY_MS = 86_400_000
PER_PAGE = 50

NEEDS_YOU = "needs-you"
# What the filter offers, and the states behind it.
GROUPS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    NEEDS_YOU: ("Needs somebody", (runs.FAILED, runs.PARKED)),
    "failed": ("Failed", (runs.FAILED,)),
    "parked": ("Needs a decision", (runs.PARKED,)),
    "looked-up": ("Being looked up", (runs.UNCERTAIN,)),
    "under-way": ("Under way", children.OPEN),
    "done": ("Done", (runs.SUCCEEDED, runs.PARTIAL, runs.SKIPPED, runs.DUPLICATE)),
    "cancelled": ("Cancelled", (runs.CANCELLED,)),
}


@dataclass(frozen=True)
class Asked:
    """What somebody wants to see, as they typed it.

    Args:
        state: A key of ``GROUPS``, or a run's state.
        workflow: A workflow's name.
        since: The first day (UTC), as ``2026-03-31``.
        until: The last day.
        q: An invoice number, a deal, a customer, a control id, an event.
    """

    state: str = ""
    workflow: str = ""
    since: str = ""
    until: str = ""
    q: str = ""

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Asked:
        """Return what an address or a form asks for."""
        names = [one.name for one in dataclasses.fields(cls)]
        return cls(**{name: given.get(name, "").strip()[:LONGEST_TEXT] for name in names})

    @property
    def fields(self) -> dict[str, str]:
        """What is filled in, by field."""
        return {name: text for name, text in dataclasses.asdict(self).items() if text}

    @property
    def states(self) -> tuple[str, ...]:
        """The states that fit; empty for all."""
        if self.state in GROUPS:
            return GROUPS[self.state][1]
        return (self.state,) if self.state else ()

    @property
    def state_words(self) -> str:
        """What people call these states."""
        if self.state in GROUPS:
            return GROUPS[self.state][0]
        return STATES.get(self.state, self.state)

    def wanted(self) -> Wanted:
        """Return the search.

        Raises:
            InputError: A day is none; ``field`` says which.
        """
        last = _milliseconds(_day(self.until, "until"))
        return Wanted(
            states=self.states,
            workflow=self.workflow,
            since_ms=_milliseconds(_day(self.since, "since")),
            until_ms=None if last is None else last + DAY_MS,
            anything=self.q,
        )

    def address(self, **more: str) -> str:
        """Return the address of this list."""
        given = {**self.fields, **more}
        return f"/runs?{urllib.parse.urlencode(given)}" if given else "/runs"


def blueprint(services: Services) -> Blueprint:
    """Return the page ``/runs``."""
    routes = Blueprint("runs", __name__)

    @routes.get("/runs")
    @needs(Right.VIEW)
    def everything() -> Response:
        asked = Asked.of(request.args)
        problem: ConnectorError | None = None
        found = _Found(Page([]))
        try:
            wanted, after = asked.wanted(), request.args.get("after", "")
            found = services.database.read(lambda c: _found(c, wanted, after))
        except ConnectorError as error:
            problem = error
        page = render_template(
            "operations/runs.html",
            asked=asked,
            problem=problem,
            runs=found.page.lines,
            more=asked.address(after=found.page.next) if found.page.next else "",
            is_first="after" not in request.args,
            workflows=services.database.read(_names),
            latest=found.latest,
            groups=GROUPS,
        )
        return make_response(page, 422 if problem else 200)

    return routes


@dataclass(frozen=True)
class _Found:
    """What the page shows.

    Args:
        page: The runs.
        latest: The newest run of all; None where nothing has run yet.
    """

    page: Page
    latest: RunLine | None = None


def _found(connection: sa.Connection, wanted: Wanted, after: str) -> _Found:
    page = search.find(connection, wanted, limit=PER_PAGE, after=after)
    latest = history.newest(connection, 1)
    return _Found(page, latest[0] if latest else None)


def _names(connection: sa.Connection) -> list[str]:
    return sorted(workflows.names(connection), key=str.casefold)


def _day(text: str, field: str) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise InputError(
            f"'{text}' is no day.", advice="Write it as 2026-03-31.", field=field
        ) from None


def _milliseconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp() * 1000)
