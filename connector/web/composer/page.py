"""The composer: one workflow as a vertical list of steps, one of them open."""

from __future__ import annotations

import urllib.parse
from dataclasses import replace

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from connector.accounts import Right
from connector.errors import ConnectorError, InputError
from connector.runtime.services import Services
from connector.web.access import current, needs
from connector.web.composer import changing, company, filled, frame, trigger_view
from connector.web.composer.anchors import Anchors
from connector.web.composer.changing import Buttons, Change
from connector.web.composer.frame import Workspace
from connector.web.composer.insertions import Told
from connector.web.composer.step_view import StepForms
from connector.web.composer.trigger_view import TRIGGER
from connector.web.composer.view import Asked, Held, view_of
from connector.workbench import drafts
from connector.workbench.drafts import Draft, EditConflict

_LONGEST = 200
# After these buttons the keyboard goes to what they have opened.
_OPENING = frozenset({"open", "add", "insert", "copy", "remove"})


def blueprint(services: Services) -> Blueprint:
    """Return the page ``/workflows/<id>`` and what is posted from it."""
    routes = Blueprint("composer", __name__)
    pages = _Pages(services)
    routes.get("/workflows/<workflow_id>")(pages.compose)
    routes.post("/workflows/<workflow_id>")(pages.change)
    routes.post("/workflows/<workflow_id>/preview")(pages.preview)
    routes.post("/workflows/<workflow_id>/draft")(pages.begin)
    routes.post("/workflows/<workflow_id>/discard")(pages.discard)
    return routes


class _Pages:
    def __init__(self, services: Services) -> None:
        self._services = services

    @needs(Right.VIEW)
    def compose(self, workflow_id: str) -> Response:
        given = request.args
        asked = Asked(
            at=given.get("at", ""),
            add=given.get("add", ""),
            after=given.get("after", ""),
            remove=given.get("remove", ""),
            is_saved=given.get("saved") == "1",
            is_gone=given.get("gone") == "1",
            is_new=given.get("new") == "1",
        )
        return self._page(frame.workspace_of(self._services, workflow_id), asked)

    @needs(Right.BUILD)
    def begin(self, workflow_id: str) -> Response:
        frame.workspace_of(self._services, workflow_id)
        drafts.begin(self._services.database, workflow_id, actor=current().login)
        return redirect(url_for("composer.compose", workflow_id=workflow_id))

    @needs(Right.BUILD)
    def discard(self, workflow_id: str) -> Response:
        workspace = frame.workspace_of(self._services, workflow_id)
        revision, actor = frame.posted_revision(), current().login
        try:
            drafts.discard(self._services.database, workflow_id, revision=revision, actor=actor)
        except EditConflict as error:
            return frame.conflict_page(workspace, error)
        if workspace.line is None:
            return redirect(url_for("workflows.everything"))
        return redirect(url_for("composer.compose", workflow_id=workflow_id))

    @needs(Right.BUILD)
    def preview(self, workflow_id: str) -> str:
        """Show what one field of the open form gives; nothing is saved."""
        workspace = frame.workspace_of(self._services, workflow_id)
        name, found = request.form.get("show", "")[:_LONGEST], None
        if workspace.draft is not None and isinstance(workspace.document, dict):
            try:
                found = self._preview(workspace, name)
            except InputError:
                found = None  # the form says so when it is saved
        return render_template("composer/preview.html", found=found)

    def _preview(self, workspace: Workspace, name: str) -> Told | None:
        draft, fields = _draft(workspace), request.form.to_dict()
        if fields.get("step_at") == TRIGGER:
            return trigger_view.preview_of_once(self._services, draft, fields)
        anchors = Anchors(draft.document)
        step = anchors.step(fields.get("step_at", ""))
        if step is None:
            return None
        forms = StepForms(self._services, draft, anchors)
        held = forms.posted(step, fields)
        edited = filled.applied(draft.document, step, held)
        forms = StepForms(
            self._services, replace(draft, document=edited.document), Anchors(edited.document)
        )
        return forms.preview(step, held, name)

    @needs(Right.BUILD)
    def change(self, workflow_id: str) -> Response:
        workspace = frame.workspace_of(self._services, workflow_id)
        revision, fields = frame.posted_revision(), request.form.to_dict()
        verb, _, target = fields.get("do", "").partition(":")
        try:
            if workspace.revision != revision:
                self._refuse_stale(workspace, revision)
            if not isinstance(workspace.document, dict):
                raise InputError(
                    "This draft is no workflow yet.", advice="Put it right on the page File."
                )
            if verb in changing.UNSAVED:
                return self._unsaved(workspace, fields, verb, target)
            before = changing.saved_form(self._services, _draft(workspace), fields)
            pressed = Buttons(self._services, before, _draft(workspace)).press(verb, target, fields)
            self._keep(workspace, pressed, revision)
            if verb == "fields":
                self._read_fields(pressed)
        except EditConflict as error:
            return frame.conflict_page(workspace, error, again=fields)
        except ConnectorError as error:
            return self._refused(workspace, fields, error)
        mark = {"new": "1"} if verb in _OPENING else {"saved": "1"}
        query = urllib.parse.urlencode(pressed.shows | ({} if "gone" in pressed.shows else mark))
        return redirect(f"{url_for('composer.compose', workflow_id=workflow_id)}?{query}", code=303)

    def _refuse_stale(self, workspace: Workspace, revision: int) -> None:
        document, actor = workspace.document, current().login
        drafts.save(self._services.database, workspace.id, document, revision=revision, actor=actor)

    def _keep(self, workspace: Workspace, change: Change, revision: int) -> None:
        database, actor = self._services.database, current().login
        draft = _draft(workspace)
        if change.document != draft.document or change.renamed:
            draft = drafts.save(
                database,
                workspace.id,
                change.document,
                revision=revision,
                actor=actor,
                renamed=change.renamed,
            )
        if change.skipped is not None:
            drafts.skip_in_test(
                database, workspace.id, change.skipped, revision=draft.revision, actor=actor
            )

    def _read_fields(self, change: Change) -> None:
        step = Anchors(change.document).step(change.shows.get("at", ""))
        action = self._services.registry.find_action(filled.kind_of(step.step)) if step else None
        name = step.step.get("connection") if step else ""
        rows = self._services.connections.list()
        row = next((row for row in rows if row.name == name), None)
        if action is None or row is None:
            raise InputError("Choose a connection first.", field="connection")
        company.read_fields(self._services, action, row)

    def _unsaved(
        self, workspace: Workspace, fields: dict[str, str], verb: str, target: str
    ) -> Response:
        asked = Asked(
            at=fields.get("step_at", ""),
            add=fields.get("add_block", ""),
            after=fields.get("add_after", ""),
            text=fields.get("q", "")[:_LONGEST] if verb == "find" else "",
        )
        held = self._held(workspace, fields)
        if held.step is not None:
            held = Held(changing.edited_form(held.step, verb, target))
        return self._page(workspace, asked, held=held)

    def _held(self, workspace: Workspace, fields: dict[str, str]) -> Held:
        draft, opened = _draft(workspace), fields.get("step_at", "")
        if opened == TRIGGER:
            return Held(trigger=trigger_view.applied(self._services, draft.document, fields)[1])
        anchors = Anchors(draft.document)
        step = anchors.step(opened)
        return Held(
            StepForms(self._services, draft, anchors).posted(step, fields) if step else None
        )

    def _refused(
        self, workspace: Workspace, fields: dict[str, str], error: ConnectorError
    ) -> Response:
        """Show the form as it was posted, with the reason why nothing was done."""
        asked = Asked(at=fields.get("step_at", ""))
        held = None
        if workspace.draft is not None and isinstance(workspace.document, dict):
            try:
                held = self._held(workspace, fields)
            except InputError:
                held = None  # too much to show again; what is kept is shown
        return self._page(workspace, asked, held=held, problem=error)

    def _page(
        self,
        workspace: Workspace,
        asked: Asked,
        *,
        held: Held | None = None,
        problem: ConnectorError | None = None,
    ) -> Response:
        may_build = Right.BUILD in current().role.rights
        view = view_of(self._services, workspace, asked, may_build=may_build, held=held)
        page = render_template(
            "composer/page.html", workspace=workspace, tab=frame.COMPOSE, view=view, problem=problem
        )
        return make_response(page, 422 if problem else 200)


def _draft(workspace: Workspace) -> Draft:
    if workspace.draft is None:
        raise InputError("This draft is gone.", advice="Load the page anew.")
    return workspace.draft
