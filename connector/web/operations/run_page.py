"""One run: a timeline of its steps with all they read, wrote and cost, and what comes next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from flask import Blueprint, abort, make_response, render_template, request
from werkzeug.wrappers import Response

from connector.accounts import Right
from connector.connections.store import ConnectionRow
from connector.errors import ConnectorError
from connector.intacct.ports import EffectState
from connector.operations import inner_runs, reversals, timeline
from connector.operations.timeline import StepLine, Timeline
from connector.operations.writes import Write
from connector.runtime import children, history
from connector.runtime.decisions import RETRIED
from connector.runtime.intents import OTHER_SERVICES
from connector.runtime.services import Services
from connector.web.access import needs
from connector.web.company import company_of
from connector.web.operations import run_words
from connector.web.words import object_words

# What a page says after somebody has done something on it; an address can say nothing else.
SAID = {
    "retried": "It goes on where it stopped. What was written is not written again.",
    "replayed": "This run repeats the same event on the latest version. What was written before "
    "is found and not written again.",
    "cancelled": "It is cancelled. What it had written to Intacct stays there.",
    "cancelling": "It will stop after this call: a write that is under way gets its true outcome "
    "first.",
    "there": "Noted: it stands in Intacct, and the run goes on with that record.",
    "sent-again": "Noted: it is sent anew, and the run goes on.",
    "another": "The step writes another record. The audit trail says that you asked for it.",
    "late": "Nothing more was done: the run had gone on since that page was shown. This is how "
    "it stands now.",
}
_STATES = tuple(sorted({*children.OPEN, *history.TROUBLED, "succeeded", "skipped", "duplicate"}))


@dataclass(frozen=True)
class Place:
    """Where a write goes, in words.

    Args:
        name: The company's id, or the other service.
        place: Where in the company, and whether these are the real books.
        connection: The connection's name.
    """

    name: str
    place: str
    connection: str


def blueprint(services: Services) -> Blueprint:
    """Return the pages below ``/runs/<run_id>`` that only show."""
    routes = Blueprint("run", __name__)
    pages = RunPages(services)
    routes.get("/runs/<run_id>")(pages.one)
    routes.get("/runs/<run_id>/now")(pages.now)
    routes.get("/runs/<run_id>/items")(pages.items)
    return routes


class RunPages:
    """Renders run pages; what repairs one shows the same page when it is refused."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._masked: dict[str, int] = {}

    @needs(Right.VIEW)
    def one(self, run_id: str) -> Response:
        """Show a run."""
        return self.page(run_id)

    @needs(Right.VIEW, use=False)
    def now(self, run_id: str) -> Response:
        """Show what is new about a run that is under way; nothing where nothing is."""
        found = self.found(run_id)
        if request.args.get("mark") == found.mark:
            return Response(status=204)
        return make_response(render_template("operations/run_now.html", **self._shown(found)))

    @needs(Right.VIEW)
    def items(self, run_id: str) -> Response:
        """Show the runs of one step's items."""
        found = self.found(run_id)
        step = request.args.get("step", "")
        line = next((one for one in found.steps if one.path == step and one.inside), None)
        if line is None:
            abort(404)
        state = request.args.get("state", "")
        state = state if state in _STATES else ""
        after = request.args.get("after", "")
        place = int(after) if after.isascii() and after.isdigit() and len(after) < 10 else -1  # noqa: PLR2004 - what an int column holds
        read = partial(inner_runs.items, run_id=run_id, block=step, state=state, after=place)
        page = render_template(
            "operations/run_items.html",
            run=found,
            line=line,
            page=self._services.database.read(read),
            state_now=state,
            name=run_words.step_name(line),
        )
        return make_response(page)

    def page(self, run_id: str, problem: ConnectorError | None = None, at: str = "") -> Response:
        """Return a run's page, with what is wrong with what somebody asked for there.

        Args:
            run_id: The run.
            problem: Why nothing was done.
            at: The write it is about.
        """
        found = self.found(run_id)
        said = SAID.get(request.args.get("said", ""), "") if problem is None else ""
        page = render_template(
            "operations/run.html",
            said=said,
            problem=problem,
            problem_at=at,
            posted=request.form,
            **self._shown(found),
        )
        return make_response(page, 422 if problem else 200)

    def places(self, found: Timeline) -> dict[str, Place]:
        """Return where a run's writes go, by connection."""
        rows = {row.id: row for row in self._services.connections.list()}
        wanted = {write.connection_id: write.function for write in found.writes}
        return {of: self._place(rows.get(of), of, function) for of, function in wanted.items()}

    def _place(self, row: ConnectionRow | None, of: str, function: str) -> Place:
        if of == OTHER_SERVICES:
            return Place(function.partition(" ")[2], "another service", "")
        if row is None:
            return Place("the company", "over a connection that was removed", "")
        company = company_of(row, self._services.settings)
        if not company.id:
            return Place(row.name, "", row.name)
        return Place(company.id, f"{company.place}, {company.sort}", row.name)

    def found(self, run_id: str) -> Timeline:
        """Return a run; an unknown one is the end of the request."""
        self._know_secrets()
        services = self._services
        read = partial(timeline.of_run, run_id=run_id, patience=services.patience)
        found = services.database.read(read)
        if found is None:
            abort(404)
        return found

    def _know_secrets(self) -> None:
        """Open every connection once, so that its secrets are masked wherever they turn up."""
        for row in self._services.connections.list():
            if self._masked.get(row.id) == row.changed_at:
                continue
            try:
                self._services.connections.open(row)
            except ConnectorError:
                continue  # it cannot be opened, so none of its secrets is known here
            self._masked[row.id] = row.changed_at

    def _write(self, write: Write, line: StepLine) -> Mapping[str, object]:
        return {
            "write": write,
            "address": run_words.record_address(write, line),
            "object": object_words(write.object_name) if write.object_name else "",
            "verdict": _verdict(write),
        }

    @staticmethod
    def _has_written(found: Timeline) -> bool:
        is_done = any(write.state == EffectState.SUCCEEDED for write in found.writes)
        return is_done or any(line.inside for line in found.steps)

    def _shown(self, found: Timeline) -> Mapping[str, object]:
        links = self._services.database.read(partial(reversals.links, run_id=found.line.id))
        is_whole = not found.is_open and not found.around and found.pruned_at is None
        can_retry = found.line.state in RETRIED and found.pruned_at is None
        lines = [
            {
                "line": line,
                "name": run_words.step_name(line),
                "kind": run_words.kind_words(line, self._services.registry),
                "took": run_words.lasting(line.started_at, line.finished_at),
                "writes": [self._write(write, line) for write in line.writes],
            }
            for line in found.steps
        ]
        return {
            "run": found,
            "steps": lines,
            "targets": self.places(found),
            "took": run_words.lasting(found.line.created_at, found.line.finished_at),
            "waits_for_decision": any(write.state == EffectState.PARKED for write in found.writes),
            "can_retry": can_retry,
            "can_replay": is_whole and not links.reverses,
            "can_reverse": is_whole and not links.reverses and self._has_written(found),
            "links": links,
        }


def _verdict(write: Write) -> str:
    """Return the verdict as a sentence; its mark alone says enough where all is well."""
    if write.state == EffectState.SUCCEEDED:
        return ""
    return f"{write.words[:1].upper()}{write.words[1:]}."
