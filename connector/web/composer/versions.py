"""The History page: versions, what differs, restoring one, and whether the workflow works."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from connector.accounts import Right
from connector.errors import ConnectorError, InputError, NotFound
from connector.runtime.services import Services
from connector.web.access import current, needs
from connector.web.composer import asked, frame
from connector.web.composer.frame import Workspace
from connector.workbench import drafts, history, states
from connector.workbench.difference import difference
from connector.workbench.drafts import EditConflict

DRAFT = "draft"
_WRONG = 422
_DONE = {
    "published": "It is published: from now on events start this version.",
    "restored": "The draft now says what that version said. Publish it to let it run.",
    "unpublished": "It is taken back: nothing starts it any more.",
}


def blueprint(services: Services) -> Blueprint:
    """Return the pages below ``/workflows/<id>/history``, and what ends a workflow."""
    routes = Blueprint("workflow_history", __name__)
    pages = _Pages(services)
    base = "/workflows/<workflow_id>"
    routes.get(f"{base}/history")(pages.versions)
    routes.get(f"{base}/history/compare")(pages.compare)
    routes.post(f"{base}/history/<version>/restore")(pages.restore)
    routes.post(f"{base}/unpublish")(pages.unpublish)
    routes.post(f"{base}/delete")(pages.delete)
    return routes


class _Pages:
    def __init__(self, services: Services) -> None:
        self._services = services

    @needs(Right.VIEW)
    def versions(self, workflow_id: str) -> Response:
        return self._page(frame.workspace_of(self._services, workflow_id))

    @needs(Right.VIEW)
    def compare(self, workflow_id: str) -> str:
        workspace = frame.workspace_of(self._services, workflow_id)
        old, new = request.args.get("old", ""), request.args.get("new", "")
        changes = difference(self._document(workspace, old), self._document(workspace, new))
        return render_template(
            "composer/compare.html",
            workspace=workspace,
            tab=frame.HISTORY,
            old=_named(old),
            new=_named(new),
            changes=changes,
        )

    def _document(self, workspace: Workspace, wanted: str) -> Any:
        if wanted == DRAFT and workspace.draft is not None:
            return workspace.draft.document
        number = asked.number(wanted)
        if number is None:
            abort(404)
        try:
            return history.version(self._services.database, workspace.id, number).document
        except NotFound:
            abort(404)

    @needs(Right.BUILD)
    def restore(self, workflow_id: str, version: str) -> Response:
        workspace = frame.workspace_of(self._services, workflow_id)
        document = self._document(workspace, version)
        revision = frame.posted_revision() or None
        try:
            if workspace.draft is None or workspace.draft.document != document:
                history.restore(
                    self._services.database,
                    workflow_id,
                    int(version),
                    actor=current().login,
                    revision=revision,
                )
        except EditConflict as error:
            fresh = frame.workspace_of(self._services, workflow_id)
            return frame.conflict_page(fresh, error, again=request.form.to_dict())
        return _back(workflow_id, "restored")

    @needs(Right.BUILD)
    def unpublish(self, workflow_id: str) -> Response:
        workspace = frame.workspace_of(self._services, workflow_id)
        is_over = workspace.line is not None and workspace.line.state == states.UNPUBLISHED
        try:
            if not is_over:
                states.unpublish(self._services.database, workflow_id, actor=current().login)
        except ConnectorError as error:
            return self._page(workspace, error)
        return _back(workflow_id, "unpublished")

    @needs(Right.BUILD)
    def delete(self, workflow_id: str) -> Response:
        workspace = frame.workspace_of(self._services, workflow_id)
        try:
            if request.form.get("confirm") != workspace.id:
                raise InputError(
                    "Nothing was deleted: tick the box that says you mean it.",
                    advice="It stands under 'Delete'.",
                )
            self._delete(workspace)
        except ConnectorError as error:
            return self._page(workspace, error)
        return redirect(url_for("workflows.everything"))

    def _delete(self, workspace: Workspace) -> None:
        database, actor = self._services.database, current().login
        if workspace.line is not None:
            states.delete(database, workspace.id, actor=actor)
        elif workspace.draft is not None:
            drafts.discard(database, workspace.id, revision=workspace.revision, actor=actor)

    def _page(self, workspace: Workspace, problem: ConnectorError | None = None) -> Response:
        services, line = self._services, workspace.line
        found = history.versions(services.database, workspace.id) if line else []
        callers = services.database.read(lambda c: states.callers(c, line.name)) if line else []
        page = render_template(
            "composer/history.html",
            workspace=workspace,
            tab=frame.HISTORY,
            versions=found,
            callers=callers,
            problem=problem,
            done=_DONE.get(request.args.get("done", "")),
        )
        return make_response(page, _WRONG if problem else 200)


def _named(wanted: str) -> str:
    return "the draft" if wanted == DRAFT else f"version {wanted}"


def _back(workflow_id: str, done: str) -> Response:
    return redirect(url_for("workflow_history.versions", workflow_id=workflow_id, done=done))
