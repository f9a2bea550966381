"""The catalogue's pages: the list, one action with its try-it form, one trigger, picklists."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from flask import Blueprint, abort, make_response, render_template, request
from werkzeug.wrappers import Response

import schemas
from connector.accounts import Right
from connector.component import Action, Search
from connector.component.inputs import InputForm
from connector.component.polling import TimedTrigger
from connector.connections.store import ConnectionRow
from connector.errors import ConnectorError, InputError
from connector.runtime import schedules, workflows
from connector.runtime.picklists import offered
from connector.runtime.services import INTACCT, Services
from connector.settings import Settings
from connector.store import clock
from connector.surfaces import form, form_data
from connector.surfaces.company_forms import objects_of
from connector.surfaces.lines import line_schema
from connector.surfaces.needs import needs_of
from connector.web import catalogue, trying
from connector.web.access import current, needs
from connector.web.company import company_of
from connector.web.composer import company as company_fields
from connector.web.trying import Outcome, Trial
from connector.web.words import APIS, EFFECTS, object_words

PREVIEW, SEND, FIELDS = "preview", "send", "fields"
_LONGEST_TEXT = 200


def blueprint(services: Services) -> Blueprint:
    """Return the pages below ``/catalogue`` and the picklists of their forms."""
    routes = Blueprint("catalogue", __name__)
    pages = _Pages(services)
    routes.get("/catalogue")(pages.everything)
    routes.get("/catalogue/triggers/<key>")(pages.trigger)
    routes.get("/catalogue/<key>")(pages.action)
    routes.post("/catalogue/<key>")(pages.attempt)
    routes.get("/picklists/<key>")(pages.picklist)
    return routes


class _Pages:
    def __init__(self, services: Services) -> None:
        self._services = services

    @needs(Right.VIEW)
    def everything(self) -> str:
        asked = catalogue.Asked.of(request.args.get("q", ""), request.args.get("sort", ""))
        registry = self._services.registry
        return render_template(
            "catalogue.html",
            asked=asked,
            groups=catalogue.actions_by_object(registry, asked),
            triggers=catalogue.triggers(registry, asked),
            effects=EFFECTS,
            apis=APIS,
            count=len(registry.actions),
        )

    @needs(Right.VIEW)
    def trigger(self, key: str) -> str:
        found = self._services.registry.triggers.get(key)
        if found is None:
            abort(404)
        fields = form.groups(found.form.schema, {})
        return render_template(
            "trigger.html",
            trigger=found,
            groups=fields,
            event=schemas.resolve(found.event),
            firings=_firings(self._services, found) if isinstance(found, TimedTrigger) else None,
        )

    @needs(Right.VIEW)
    def action(self, key: str) -> Response:
        action = self._action(key)
        return self._page(action, _first_values(action), str(uuid.uuid4()))

    @needs(Right.BUILD)
    def attempt(self, key: str) -> Response:
        action = self._action(key)
        row = self._row(request.form.get("connection", ""))
        schema = company_fields.schema_of(self._services, action, row)
        once = request.form.get("once") or str(uuid.uuid4())
        try:
            filled = form_data.read_as_filled(schema, request.form)
            inputs = form_data.read(schema, request.form)
        except InputError as error:
            return self._page(action, {}, once, error=error)
        verb, _, place = request.form.get("do", "").partition(":")
        if verb in {"add", "remove", "total"}:
            return self._page(action, _edited(schema, filled, verb, place), once)
        if row is None:
            missing = InputError("Choose a connection first.", field="connection")
            return self._page(action, filled, once, error=missing)
        if verb == FIELDS:
            return self._with_company_fields(action, row, filled, once)
        try:
            InputForm(schema).check(inputs)
        except InputError as error:
            return self._page(action, filled, once, error=error)
        trial = Trial(action, row, inputs, once, current().login)
        return self._tried(trial, filled, is_sent=verb == SEND)

    def _with_company_fields(
        self, action: Action, row: ConnectionRow, filled: dict[str, Any], once: str
    ) -> Response:
        """Ask the company for its own fields, which the form then shows."""
        try:
            company_fields.read_fields(self._services, action, row)
        except ConnectorError as error:
            return self._page(action, filled, once, error=error)
        return self._page(action, filled, once)

    def _tried(self, trial: Trial, filled: dict[str, Any], *, is_sent: bool) -> Response:
        is_write = trying.is_write(trial.action)
        if is_write and is_sent:
            stale = _refused_confirmation(trial, company_of(trial.connection, self._settings).id)
            if stale:
                return self._page(trial.action, filled, trial.once, error=stale)
            outcome = trying.send(self._services, trial)
        else:
            outcome = trying.preview(self._services, trial)
        problem = outcome.problem if isinstance(outcome.problem, InputError) else None
        return self._page(
            trial.action, filled, trial.once, error=problem, outcome=outcome, trial=trial
        )

    @needs(Right.BUILD)
    def picklist(self, key: str) -> str:
        source = self._services.registry.data_sources.get(key)
        row = self._row(request.args.get("connection", ""))
        field = request.args.get("field", "")[:_LONGEST_TEXT]
        if source is None or row is None:
            return render_template("options.html", found=None, field=field)
        asked = Search(
            text=request.args.get(field, "").strip()[:_LONGEST_TEXT],
            return_id=request.args.get("return_id") == "1",
            given={name: request.args.get(name, "") for name in source.needs},
        )
        found = offered(self._services, key, row.name, asked)
        return render_template("options.html", found=found, field=field)

    def _page(
        self,
        action: Action,
        values: dict[str, Any],
        once: str,
        *,
        error: ConnectorError | None = None,
        outcome: Outcome | None = None,
        trial: Trial | None = None,
    ) -> Response:
        services = self._services
        rows = [row for row in services.connections.list() if row.kind == INTACCT]
        asked = request.form.get("connection") or request.args.get("connection", "")
        chosen = next((row for row in rows if row.id == asked), rows[0] if rows else None)
        schema = company_fields.schema_of(services, action, chosen)
        problem = form.Problem(error.field, error.title) if error else form.NO_PROBLEM
        page = render_template(
            "action.html",
            action=action,
            object_name=object_words(action.object_name),
            effect=EFFECTS[action.effect],
            is_write=trying.is_write(action),
            apis=[APIS[api] for api in action.apis],
            needs=needs_of(action),
            groups=form.groups(schema, values, problem),
            has_company_fields=bool(objects_of(action)),
            shows_company_fields=schema is not action.form.schema,
            connections=[(row, company_of(row, self._settings)) for row in rows],
            chosen=chosen.id if chosen else "",
            sources=services.registry.data_sources,
            once=once,
            problem=error or (outcome.problem if outcome else None),
            outcome=outcome,
            trial=trial,
            company=company_of(trial.connection, self._settings) if trial else None,
            posted=request.form,
        )
        is_wrong = error is not None or (outcome is not None and outcome.problem is not None)
        # htmx shows what a status of success brings; a form with a mistake in it is shown too.
        return make_response(page, 422 if is_wrong else 200)

    @property
    def _settings(self) -> Settings:
        return self._services.settings

    def _action(self, key: str) -> Action:
        found = self._services.registry.actions.get(key)
        if found is None:
            abort(404)
        return found

    def _row(self, row_id: str) -> ConnectionRow | None:
        rows = self._services.connections.list()
        return next((row for row in rows if row.id == row_id and row.kind == INTACCT), None)


def _firings(services: Services, trigger: TimedTrigger) -> list[tuple[str, list[str]]]:
    """Return the next five moments of each published workflow that such a schedule starts."""
    now, published = services.database.read(lambda c: (clock.now_ms(c), workflows.published(c)))
    found = []
    for version in published:
        with suppress(ConnectorError):  # one that cannot be read is told by its own page
            wanted = version.definition.trigger
            if wanted.type == trigger.key:
                moments = schedules.next_firings(trigger, wanted.config, now)
                found.append((version.definition.name, moments))
    return sorted(found)


def _first_values(action: Action) -> dict[str, Any]:
    """Return an empty form: one blank line wherever lines are needed."""
    schema = action.form.schema
    return {
        key: [{}]
        for key in schema.get("required", ())
        if line_schema(schema["properties"][key]).get("properties")
    }


def _edited(
    schema: Mapping[str, Any], values: dict[str, Any], verb: str, place: str
) -> dict[str, Any]:
    """Return the values with a line more or less; ``place`` is ``lines`` or ``lines.2``."""
    if verb == "add":
        form_data.add_line(schema, values, place)
    elif verb == "remove":
        form_data.remove_line(schema, values, place)
    return values


def _refused_confirmation(trial: Trial, company_id: str) -> InputError | None:
    if request.form.get("seal") != trial.seal:
        return InputError(
            "Something has changed since the preview, so nothing was sent.",
            advice="Look at the preview again, then confirm.",
        )
    if not company_id or request.form.get("confirm") != company_id:
        return InputError(
            f"Nothing was sent: say that you mean the company {company_id}.",
            advice="Look at the preview again and tick the box.",
        )
    return None
