"""The list of workflows, and the beginnings of new ones."""

from __future__ import annotations

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from connector.accounts import Right
from connector.errors import ConnectorError, InputError, NotFound
from connector.runtime.services import Services
from connector.web.access import current, needs
from connector.web.composer import overview
from connector.workbench import drafts, states, templates
from connector.workbench.templates import Template

_LONGEST_NAME = 200
_CONNECTION, _SETTING = "connection.", "setting."


def blueprint(services: Services) -> Blueprint:
    """Return the pages ``/workflows`` and ``/workflows/new``, and the switch of each workflow."""
    routes = Blueprint("workflows", __name__)
    pages = _Pages(services)
    routes.get("/workflows")(pages.everything)
    routes.get("/workflows/new")(pages.beginnings)
    routes.post("/workflows/new")(pages.begin)
    routes.get("/workflows/new/<key>")(pages.template)
    routes.post("/workflows/new/<key>")(pages.begin_from)
    routes.post("/workflows/<workflow_id>/enable")(pages.enable)
    routes.post("/workflows/<workflow_id>/disable")(pages.disable)
    return routes


class _Pages:
    def __init__(self, services: Services) -> None:
        self._services = services

    @needs(Right.VIEW)
    def everything(self) -> str:
        text = request.args.get("q", "")
        rows = self._services.database.read(lambda c: overview.rows(c, text))
        return render_template("composer/list.html", rows=rows, text=text.strip())

    @needs(Right.BUILD)
    def beginnings(self) -> str:
        found = templates.every()
        return render_template("composer/new.html", problem=None, name="", templates=found)

    @needs(Right.BUILD)
    def begin(self) -> Response:
        name = request.form.get("name", "").strip()
        if not name or len(name) > _LONGEST_NAME:
            problem = InputError("A workflow needs a name of 200 characters at most.", field="name")
            found = templates.every()
            page = render_template("composer/new.html", problem=problem, name=name, templates=found)
            return make_response(page, 422)
        document = {"name": name, "trigger": {}, "steps": []}
        draft = drafts.begin_new(self._services.database, document, actor=current().login)
        address = url_for("composer.compose", workflow_id=draft.workflow_id, at="trigger", new="1")
        return redirect(address, code=303)

    @needs(Right.BUILD)
    def template(self, key: str) -> Response:
        return self._template_page(_template(key))

    @needs(Right.BUILD)
    def begin_from(self, key: str) -> Response:
        found, fields = _template(key), request.form.to_dict()
        try:
            draft = templates.begin(
                self._services,
                key,
                actor=current().login,
                name=fields.get("name", ""),
                connections=_below(fields, _CONNECTION),
                settings=_below(fields, _SETTING),
            )
        except ConnectorError as error:
            return self._template_page(found, error)
        address = url_for("composer.compose", workflow_id=draft.workflow_id)
        return redirect(address, code=303)

    def _template_page(self, found: Template, problem: ConnectorError | None = None) -> Response:
        rows = self._services.connections.list()
        choices = {
            need.name: [row.name for row in rows if row.kind == need.kind] for need in found.needs
        }
        page = render_template(
            "composer/template.html",
            template=found,
            choices=choices,
            given=request.form,
            problem=problem,
        )
        return make_response(page, 422 if problem else 200)

    @needs(Right.BUILD)
    def enable(self, workflow_id: str) -> Response:
        states.enable(self._services.database, workflow_id, actor=current().login)
        return redirect(url_for("workflows.everything"))

    @needs(Right.BUILD)
    def disable(self, workflow_id: str) -> Response:
        states.disable(self._services.database, workflow_id, actor=current().login)
        return redirect(url_for("workflows.everything"))


def _template(key: str) -> Template:
    try:
        return templates.template(key)
    except NotFound:
        abort(404)


def _below(fields: dict[str, str], start: str) -> dict[str, str]:
    return {
        name.removeprefix(start): text for name, text in fields.items() if name.startswith(start)
    }
