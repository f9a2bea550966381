"""The File page: the workflow as text, edited in place; and the file for another installation."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from connector.accounts import Right
from connector.errors import ConnectorError, InputError, NotFound
from connector.runtime import workflows
from connector.runtime.services import Services
from connector.web.access import current, needs
from connector.web.composer import asked, file_text, frame
from connector.web.composer.frame import Workspace
from connector.workbench import drafts, history, portable
from connector.workbench.drafts import EditConflict
from connector.workbench.problems import Problem, problems

_WRONG = 422
_TYPES = {portable.YAML: "application/yaml", portable.JSON: "application/json"}
_LINE = re.compile(r"line (\d{1,6})")


def blueprint(services: Services) -> Blueprint:
    """Return the pages ``/workflows/<id>/file`` and the file itself."""
    routes = Blueprint("workflow_file", __name__)
    pages = _Pages(services)
    routes.get("/workflows/<workflow_id>/file")(pages.shown)
    routes.post("/workflows/<workflow_id>/file")(pages.save)
    routes.get("/workflows/<workflow_id>/file/download")(pages.download)
    return routes


class _Pages:
    def __init__(self, services: Services) -> None:
        self._services = services

    @needs(Right.VIEW)
    def shown(self, workflow_id: str) -> Response:
        workspace = frame.workspace_of(self._services, workflow_id)
        return self._page(workspace, file_text.text_of(workspace.document))

    @needs(Right.BUILD)
    def save(self, workflow_id: str) -> Response:
        workspace = frame.workspace_of(self._services, workflow_id)
        text = request.form.get("text", "")
        try:
            revision = frame.posted_revision()
            document = _group(file_text.document_of(text))
            if document != workspace.document:
                self._save(workspace, document, revision)
        except EditConflict as error:
            fresh = frame.workspace_of(self._services, workflow_id)
            return frame.conflict_page(fresh, error, again={"text": text})
        except InputError as error:
            return self._page(workspace, text, error)
        return redirect(url_for("workflow_file.shown", workflow_id=workflow_id, done="saved"))

    def _save(self, workspace: Workspace, document: Any, revision: int) -> None:
        database, actor = self._services.database, current().login
        drafts.checked(document)
        if workspace.draft is None and revision == 0:
            revision = drafts.begin(database, workspace.id, actor=actor).revision
        drafts.save(database, workspace.id, document, revision=revision, actor=actor)

    @needs(Right.VIEW)
    def download(self, workflow_id: str) -> Response:
        workspace = frame.workspace_of(self._services, workflow_id)
        form = request.args.get("form", portable.YAML)
        if form not in _TYPES:
            abort(404)
        document = self._wanted(workspace, request.args.get("version", ""))
        response = make_response(portable.write(workflow_id, document, form=form))
        response.headers["Content-Type"] = f"{_TYPES[form]}; charset=utf-8"
        name = f"{_file_name(workspace.name)}.{form}"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def _wanted(self, workspace: Workspace, version: str) -> Any:
        if not version:
            return workspace.document
        number = asked.number(version)
        if number is None:
            abort(404)
        try:
            return history.version(self._services.database, workspace.id, number).document
        except NotFound:
            abort(404)

    def _page(
        self, workspace: Workspace, text: str, problem: ConnectorError | None = None
    ) -> Response:
        # Where the text itself cannot be read there is nothing to look for problems in.
        found = [] if problem else self._problems(workspace, text)
        broken = _LINE.search(problem.title) if problem else None
        page = render_template(
            "composer/file.html",
            workspace=workspace,
            tab=frame.FILE,
            text=text,
            rows=min(max(text.count("\n") + 2, 12), 40),
            problem=problem,
            broken_line=_around(text, int(broken[1])) if broken else [],
            findings=found,
            is_saved=request.args.get("done") == "saved",
            formats=list(_TYPES),
        )
        return make_response(page, _WRONG if problem else 200)

    def _problems(self, workspace: Workspace, text: str) -> list[tuple[int, Problem]]:
        found = problems(workspace.document, workflows.surroundings(self._services))
        lines = file_text.lines_of(text, workspace.document, [each.place for each in found])
        return sorted(((lines[each.place], each) for each in found), key=lambda pair: pair[0])


def _group(document: Any) -> dict[str, Any]:
    if not isinstance(document, dict):
        raise InputError(
            "The text is no workflow: it has to begin with names such as 'name:'.",
            advice="Download the workflow to see how one is written.",
        )
    return document


def _around(text: str, number: int) -> list[tuple[int, str]]:
    """Return the lines about a broken one, with their numbers."""
    lines = text.split("\n")
    first = max(number - 3, 0)
    return list(enumerate(lines[first : number + 2], first + 1))


def _file_name(name: str) -> str:
    """Return a name that every system takes as a file's name."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return plain[:60] or "workflow"
