"""Connections: seen, added, changed, tested and removed; their secrets are never shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from connector.accounts import Right
from connector.connections.kinds import kind_named
from connector.connections.layers import Examination
from connector.connections.store import ConnectionRow
from connector.errors import ConnectionProblem, ConnectorError, InputError, NotFound
from connector.runtime import checks
from connector.runtime.services import HUBSPOT, INTACCT, Services
from connector.surfaces import form, form_data
from connector.surfaces.catalog import KINDS
from connector.web import connection_figures as figures
from connector.web.access import current, needs
from connector.web.company import company_of
from connector.web.connection_secrets import SecretView, secrets_of

TESTED = (INTACCT, HUBSPOT)  # the others wait to be called


def blueprint(services: Services) -> Blueprint:
    """Return the pages below ``/connections``."""
    routes = Blueprint("connections", __name__)
    pages = _Pages(services)
    routes.get("/connections")(pages.everything)
    routes.get("/connections/new/<kind>")(pages.new)
    routes.post("/connections/new/<kind>")(pages.add)
    routes.get("/connections/<row_id>")(pages.one)
    routes.get("/connections/<row_id>/limiter")(pages.limiter)
    routes.get("/connections/<row_id>/test")(pages.one)
    routes.post("/connections/<row_id>/test")(pages.test)
    routes.get("/connections/<row_id>/edit")(pages.edit)
    routes.post("/connections/<row_id>/edit")(pages.change)
    routes.post("/connections/<row_id>/delete")(pages.delete)
    return routes


class _Pages:
    def __init__(self, services: Services) -> None:
        self._services = services

    @needs(Right.VIEW)
    def everything(self) -> str:
        rows = self._services.connections.list()
        return render_template(
            "connections.html",
            rows=[(row, company_of(row, self._services.settings)) for row in rows],
            used_by=figures.used_by(self._services),
            kinds=[(kind, _title(kind)) for kind in KINDS],
        )

    @needs(Right.ADMINISTER)
    def new(self, kind: str) -> Response:
        return self._form(_known(kind), None, {})

    @needs(Right.ADMINISTER, fresh=True)
    def add(self, kind: str) -> Response:
        values = form_data.read(kind_named(_known(kind)).form.schema, request.form)
        try:
            row = self._services.connections.add(
                kind, request.form.get("name", ""), values, actor=current().login
            )
        except InputError as error:
            return self._form(kind, None, values, error)
        return _to_test(row)

    @needs(Right.VIEW)
    def one(self, row_id: str) -> str:
        return self._page(self._row(row_id))

    @needs(Right.VIEW, use=False)
    def limiter(self, row_id: str) -> str:
        row = self._row(row_id)
        if row.kind != INTACCT:
            abort(404)
        view = figures.limiter_of(self._services, row)
        return render_template("limiter.html", row=row, view=view)

    @needs(Right.OPERATE)
    def test(self, row_id: str) -> str:
        row = self._row(row_id)
        result: dict[str, Any] = {}
        if row.kind == INTACCT:
            result["examinations"] = checks.examine(self._services, row)
            self._note_problem(row, result["examinations"])
        elif row.kind not in TESTED:
            abort(404)
        else:
            try:
                result["sentence"] = checks.check_hubspot(self._services, row)
            except ConnectorError as error:
                result["problem"] = error
        return self._page(self._row(row_id), result)

    def _note_problem(self, row: ConnectionRow, found: Sequence[Examination]) -> None:
        """Let everybody see that a connection does not work, before a workflow finds out.

        What only an outage refused says nothing about the connection.
        """
        for each in found:
            if type(each.problem) is ConnectionProblem:
                self._services.connections.needs_attention(row.id, each.problem, api=each.api)

    @needs(Right.ADMINISTER)
    def edit(self, row_id: str) -> Response:
        row = self._row(row_id)
        return self._form(row.kind, row, row.settings)

    @needs(Right.ADMINISTER, fresh=True)
    def change(self, row_id: str) -> Response:
        row = self._row(row_id)
        values = form_data.read(kind_named(row.kind).form.schema, request.form)
        try:
            if request.form.get("changed_at") != str(row.changed_at):
                raise _changed_meanwhile()
            self._services.connections.update(
                row.id, values, name=request.form.get("name", ""), actor=current().login
            )
        except InputError as error:
            return self._form(row.kind, row, values, error)
        return _to_test(row)

    @needs(Right.ADMINISTER, fresh=True)
    def delete(self, row_id: str) -> Response | tuple[str, int]:
        row = self._row(row_id)
        users = figures.used_by(self._services).get(row.name, [])
        if users:
            problem = InputError(
                f"Published workflows use this connection: {', '.join(users)}.",
                advice="Give them another connection first.",
            )
            return self._page(row, {"problem": problem}), 400
        self._services.connections.delete(row.id, actor=current().login)
        return redirect(url_for("connections.everything"), 303)

    def _row(self, row_id: str) -> ConnectionRow:
        try:
            return self._services.connections.by_id(row_id)
        except NotFound:
            abort(404)

    def _page(self, row: ConnectionRow, result: dict[str, Any] | None = None) -> str:
        services = self._services
        return render_template(
            "connection.html",
            row=row,
            kind=_title(row.kind),
            company=company_of(row, services.settings),
            used_by=figures.used_by(services).get(row.name, []),
            usage=figures.usage_of(services, row),
            grant=services.grants.view(row.id),
            has_limiter=row.kind == INTACCT,
            can_be_tested=row.kind in TESTED,
            settings=_shown_settings(row),
            hook=f"{services.settings.public_url}/hooks/{row.hook_token}",
            takes_hooks=row.kind != INTACCT and bool(services.registry.triggers_of(row.kind)),
            secrets=self._secrets(row),
            weaknesses=_weaknesses(services, row),
            result=result,
        )

    def _secrets(self, row: ConnectionRow) -> list[SecretView]:
        """Return what administrators may see of the secrets; others see that there are some."""
        may_see = Right.ADMINISTER in current().role.rights
        return secrets_of(self._services, row) if may_see else []

    def _form(
        self,
        kind: str,
        row: ConnectionRow | None,
        values: dict[str, Any],
        error: InputError | None = None,
    ) -> Response:
        described = kind_named(kind)
        schema = described.form.schema
        problem = form.Problem(error.field, error.title) if error else form.NO_PROBLEM
        words = schema.get("x-form", {})
        listed = words.get("groups") or [
            {"title": _title(kind), "fields": list(schema["properties"])}
        ]
        page = render_template(
            "connection_form.html",
            kind=kind,
            title=_title(kind),
            row=row,
            name=request.form.get("name", row.name if row else ""),
            groups=[(g, form.fields_of(schema, g["fields"], values, problem)) for g in listed],
            schema=schema,
            words=words,
            problem=error,
            address=self._services.settings.public_url,
        )
        return make_response(page, 400 if error else 200)


def _to_test(row: ConnectionRow) -> Response:
    """Lead to the connection; where it can be tested, to its test.

    The browser posts once more then: whoever saves wants to know whether it works.
    """
    if row.kind in TESTED:
        return redirect(url_for("connections.test", row_id=row.id), 307)
    return redirect(url_for("connections.one", row_id=row.id), 303)


def _known(kind: str) -> str:
    if kind not in KINDS:
        abort(404)
    return kind


def _title(kind: str) -> str:
    return str(kind_named(kind).form.schema.get("title", kind)).removesuffix(" Connection")


def _shown_settings(row: ConnectionRow) -> list[tuple[str, str]]:
    """Return what a connection holds that is no secret, under the labels of its form."""
    properties: dict[str, Any] = kind_named(row.kind).form.schema["properties"]
    return [
        (str(properties[key]["title"]), str(value))
        for key, value in row.settings.items()
        if key in properties
    ]


def _weaknesses(services: Services, row: ConnectionRow) -> list[str]:
    """Return why deliveries of this connection prove little, if they do."""
    values = services.connections.open(row)
    said = (each.weakness(values) for each in services.registry.triggers_of(row.kind))
    return sorted({sentence for sentence in said if sentence})


def _changed_meanwhile() -> InputError:
    return InputError(
        "Somebody has changed this connection since you opened the form.",
        advice="Your entries are below. Open the connection in another tab, compare, and save "
        "again from there.",
    )
