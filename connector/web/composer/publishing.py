"""The page that publishes a draft: what was checked, what it changes, and who was faster."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from connector.accounts import Right
from connector.errors import ConnectorError, InputError
from connector.runtime import workflows
from connector.runtime.services import Services
from connector.web.access import current, needs
from connector.web.composer import asked, frame
from connector.web.composer.frame import CONFLICT, Workspace
from connector.workbench import drafts, history, places, states
from connector.workbench.difference import Change, difference
from connector.workbench.drafts import EditConflict
from connector.workbench.problems import ERROR, Problem, problems
from connector.workflow import model
from connector.workflow.cost import cost_of
from connector.workflow.model import Workflow

_WRONG = 422


def blueprint(services: Services) -> Blueprint:
    """Return the page ``/workflows/<id>/publish``."""
    routes = Blueprint("publishing", __name__)
    pages = _Pages(services)
    routes.get("/workflows/<workflow_id>/publish")(pages.shown)
    routes.post("/workflows/<workflow_id>/publish")(pages.publish)
    return routes


@dataclass(frozen=True)
class _Checks:
    """What is known of a draft before it is published.

    Args:
        errors: What keeps it from being published.
        warnings: What its author should think about.
        definition: The workflow; None where it is not finished.
    """

    errors: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    definition: Workflow | None

    @property
    def seen(self) -> str:
        """A short name of exactly these warnings, which whoever has read them sends back."""
        text = "\n".join(f"{each.place}: {each.sentence}" for each in self.warnings)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def fingerprint(self) -> str:
        """The content's own name; empty where it is not finished."""
        return self.definition.fingerprint() if self.definition else ""


class _Pages:
    def __init__(self, services: Services) -> None:
        self._services = services

    @needs(Right.VIEW)
    def shown(self, workflow_id: str) -> Response:
        return self._page(frame.workspace_of(self._services, workflow_id))

    @needs(Right.BUILD)
    def publish(self, workflow_id: str) -> Response:
        workspace = frame.workspace_of(self._services, workflow_id)
        if self._was_mine(workspace):
            return _to_history(workflow_id)
        try:
            revision = frame.posted_revision()
            self._check_warnings(workspace)
            found = drafts.publish(
                self._services,
                workflow_id,
                revision=revision,
                actor=current().login,
                note=request.form.get("note", "").strip(),
                replaces=asked.number(request.form.get("replaces")) or None,
            )
        except EditConflict as error:
            fresh = frame.workspace_of(self._services, workflow_id)
            return self._page(fresh, error, status=CONFLICT)
        except InputError as error:
            return self._page(workspace, error, status=_WRONG)
        return _to_history(found.workflow_id)

    def _was_mine(self, workspace: Workspace) -> bool:
        """Say whether this very form has published already, such as by a double click."""
        if workspace.draft is not None or workspace.line is None:
            return False
        newest = history.version(self._services.database, workspace.id)
        is_same = newest.fingerprint == request.form.get("fingerprint")
        return is_same and newest.author == current().login

    def _check_warnings(self, workspace: Workspace) -> None:
        found = self._checked(workspace)
        if found.warnings and request.form.get("warnings_read") != found.seen:
            raise InputError(
                "Nothing was published: say that you have read the warnings.",
                advice="They are listed below. Tick the box under them, then publish.",
                field="warnings_read",
            )

    def _checked(self, workspace: Workspace) -> _Checks:
        around = workflows.surroundings(self._services)
        found = problems(workspace.document, around)
        errors = tuple(each for each in found if each.severity == ERROR)
        warnings = tuple(each for each in found if each.severity != ERROR)
        try:
            return _Checks(errors, warnings, model.parse(workspace.document))
        except InputError:
            return _Checks(errors, warnings, None)

    def _changes(self, workspace: Workspace) -> list[Change]:
        """Return what differs from the newest version."""
        if workspace.line is None:
            return []
        before = history.version(self._services.database, workspace.id)
        return difference(before.document, workspace.document)

    def _callers(self, workspace: Workspace) -> list[str]:
        line = workspace.line
        if line is None:
            return []
        return self._services.database.read(lambda c: states.callers(c, line.name))

    def _page(
        self, workspace: Workspace, problem: ConnectorError | None = None, *, status: int = 200
    ) -> Response:
        found = self._checked(workspace) if workspace.draft else None
        definition = found.definition if found else None
        cost = cost_of(definition, self._services.registry) if definition else None
        page = render_template(
            "composer/publish.html",
            workspace=workspace,
            tab=frame.PUBLISH,
            problem=problem,
            conflict=problem if isinstance(problem, EditConflict) else None,
            replaces=self._replaces(workspace, problem),
            checks=found,
            spots=_spots(workspace.document, found) if found else {},
            changes=self._changes(workspace) if workspace.draft else [],
            callers=self._callers(workspace),
            cost=cost.sentence if cost else "",
            note=request.form.get("note", ""),
        )
        return make_response(page, status)

    def _replaces(self, workspace: Workspace, problem: ConnectorError | None) -> int:
        """Return the newest version that this page shows the draft against; 0 for the draft's own.

        Only a conflict that was shown lets somebody publish over a version made meanwhile.
        """
        is_newer = isinstance(problem, EditConflict) and workspace.draft is not None
        posted = request.form.get("revision", "")
        if is_newer and workspace.line and posted == str(workspace.revision):
            return workspace.line.newest
        return 0


def _spots(document: Any, found: _Checks) -> dict[str, tuple[str, str]]:
    """Return for each place with a problem what people call it, and where it is composed."""
    steps = list(places.every_step(document))
    spots = {}
    for problem in (*found.errors, *found.warnings):
        around = [step for step in steps if _is_around(step.place, problem.place)]
        if around:
            spots[problem.place] = (around[-1].label, around[-1].place)  # the innermost one
        elif _is_around("trigger", problem.place):
            spots[problem.place] = ("Trigger", "trigger")
        else:
            spots[problem.place] = ("The workflow", "")
    return spots


def _is_around(outer: str, place: str) -> bool:
    return place == outer or place.startswith(f"{outer}.")


def _to_history(workflow_id: str) -> Response:
    return redirect(url_for("workflow_history.versions", workflow_id=workflow_id, done="published"))
