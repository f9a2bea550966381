"""The page with a workflow's sample data: kept, typed, listened for, taken from a past run."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from connector.accounts import Right
from connector.connections.store import ConnectionRow
from connector.errors import ConnectorError, InputError, NotFound
from connector.runtime import listening
from connector.runtime.services import Services
from connector.web.access import current, needs
from connector.web.composer import events, frame
from connector.web.composer.frame import Workspace
from connector.workbench import filled_event, places
from connector.workbench import samples as kept_samples
from connector.workbench.samples import INPUT

_LONGEST_NAME = 100
_WRONG = 422


def blueprint(services: Services) -> Blueprint:
    """Return the pages below ``/workflows/<id>/samples``."""
    routes = Blueprint("samples", __name__)
    pages = _Pages(services)
    base = "/workflows/<workflow_id>/samples"
    routes.get(base)(pages.everything)
    routes.get(f"{base}/came")(pages.came)
    routes.post(f"{base}/typed")(pages.add_typed)
    routes.post(f"{base}/listen")(pages.listen)
    routes.post(f"{base}/came")(pages.add_delivery)
    routes.post(f"{base}/run")(pages.add_run)
    routes.post(f"{base}/<sample_id>/pin")(pages.pin)
    routes.post(f"{base}/<sample_id>/unpin")(pages.unpin)
    routes.post(f"{base}/<sample_id>/remove")(pages.remove)
    return routes


class _Pages:
    def __init__(self, services: Services) -> None:
        self._services = services

    @needs(Right.VIEW)
    def everything(self, workflow_id: str) -> str:
        return self._page(self._workspace(workflow_id))

    @needs(Right.VIEW, use=False)
    def came(self, workflow_id: str) -> Response:
        """Show what has come; nothing at all while that is what the page shows already.

        Otherwise what somebody has just opened to read would close every few seconds.
        """
        workspace = self._workspace(workflow_id)
        heard = self._heard(self._source(workspace))
        newest = heard["came"][0].id if heard["came"] else ""
        if heard["is_listening"] and request.args.get("seen") == newest:
            return Response(status=HTTPStatus.NO_CONTENT)
        return make_response(self._page(workspace))

    @needs(Right.BUILD)
    def listen(self, workflow_id: str) -> Response | tuple[str, int]:
        workspace = self._workspace(workflow_id)
        source = self._source(workspace)
        if source is None:
            wrong = InputError(
                "Nothing can be listened for: the trigger has no connection that takes events.",
                advice="Choose the trigger and its connection first.",
            )
            return self._page(workspace, wrong), _WRONG
        listening.listen(self._services, source)
        return redirect(f"{url_for('samples.everything', workflow_id=workflow_id)}#listen")

    @needs(Right.BUILD)
    def add_delivery(self, workflow_id: str) -> Response | tuple[str, int]:
        workspace = self._workspace(workflow_id)
        try:
            self._keep_delivery(workspace, request.form.get("event", ""))
        except ConnectorError as error:
            return self._page(workspace, error), _WRONG
        return _back(workflow_id)

    def _keep_delivery(self, workspace: Workspace, event_id: str) -> None:
        source = self._source(workspace)
        found = listening.samples(self._services, source) if source else []
        event = next((each for each in found if each.id == event_id), None)
        if source is None or event is None:
            raise NotFound("This event is gone.", advice="Listen again, and let it be sent again.")
        trigger = workspace.document.get("trigger")
        document = filled_event.filled(
            self._services, trigger, source, event, actor=current().login
        )
        kept_samples.add(
            self._services.database,
            workspace.id,
            INPUT,
            document,
            actor=current().login,
            name=event.type,
            source=kept_samples.DELIVERY,
            origin=event.id,
        )

    @needs(Right.BUILD)
    def add_typed(self, workflow_id: str) -> Response | tuple[str, int]:
        workspace = self._workspace(workflow_id)
        place = request.form.get("place", INPUT)
        try:
            _check_place(workspace, place)
            document = kept_samples.read_typed(request.form.get("document", ""))
            sample = kept_samples.add(
                self._services.database,
                workflow_id,
                place,
                document,
                actor=current().login,
                name=request.form.get("name", "")[:_LONGEST_NAME],
            )
        except InputError as error:
            return self._page(workspace, error), _WRONG
        if request.form.get("pin"):
            kept_samples.pin(self._services.database, sample.id, actor=current().login)
        return _back(workflow_id)

    @needs(Right.BUILD)
    def add_run(self, workflow_id: str) -> Response | tuple[str, int]:
        workspace = self._workspace(workflow_id)
        run_id = request.form.get("run", "").strip()
        place = request.form.get("place", INPUT)
        try:
            kept_samples.add_run(
                self._services.database, workflow_id, run_id, place, actor=current().login
            )
        except ConnectorError as error:
            return self._page(workspace, error), _WRONG
        return _back(workflow_id)

    @needs(Right.BUILD)
    def pin(self, workflow_id: str, sample_id: str) -> Response:
        self._own(workflow_id, sample_id)
        kept_samples.pin(self._services.database, sample_id, actor=current().login)
        return _back(workflow_id)

    @needs(Right.BUILD)
    def unpin(self, workflow_id: str, sample_id: str) -> Response:
        self._own(workflow_id, sample_id)
        kept_samples.pin(self._services.database, sample_id, actor=current().login, is_pinned=False)
        return _back(workflow_id)

    @needs(Right.BUILD)
    def remove(self, workflow_id: str, sample_id: str) -> Response:
        # Removing it twice is the same as once.
        if any(each.id == sample_id for each in self._kept(workflow_id)):
            kept_samples.remove(self._services.database, sample_id, actor=current().login)
        return _back(workflow_id)

    def _own(self, workflow_id: str, sample_id: str) -> None:
        if not any(each.id == sample_id for each in self._kept(workflow_id)):
            raise NotFound("This sample is gone.", advice="Load the page anew.")

    def _kept(self, workflow_id: str) -> list[kept_samples.Sample]:
        return kept_samples.samples_of(self._services.database, workflow_id)

    def _workspace(self, workflow_id: str) -> Workspace:
        return frame.workspace_of(self._services, workflow_id)

    def _source(self, workspace: Workspace) -> ConnectionRow | None:
        """Return the connection whose deliveries start the workflow; None where none does."""
        document = workspace.document if isinstance(workspace.document, dict) else {}
        wanted = document.get("trigger")
        name = wanted.get("connection") if isinstance(wanted, dict) else ""
        trigger = self._services.registry.triggers.get(events.trigger_type(document))
        if trigger is None or not trigger.takes_deliveries or not isinstance(name, str):
            return None
        return self._services.connections.by_name(name)

    def _page(self, workspace: Workspace, problem: ConnectorError | None = None) -> str:
        source = self._source(workspace)
        kept = self._kept(workspace.id)
        titles = dict(_places(workspace))
        example = events.example_of(self._services, workspace)
        copied = self._copied(example, kept)
        return render_template(
            "composer/samples.html",
            workspace=workspace,
            tab=frame.TEST,
            problem=problem,
            kinds=list(titles.items()),
            place=copied[0] if copied else request.values.get("place", INPUT),
            copied=copied[1] if copied else None,
            example=example,
            given=request.form,
            groups=_grouped(kept, titles),
            sources=events.SOURCES,
            runs=events.past_runs(self._services, workspace),
            source=source,
            **self._heard(source),
        )

    def _copied(
        self, example: events.Event | None, kept: list[kept_samples.Sample]
    ) -> tuple[str, Any] | None:
        """Return the place and the document of what somebody wants to change in a copy."""
        wanted = request.args.get("copy", "")
        if example is not None and wanted == example.id:
            return INPUT, example.document
        return next(((each.place, each.document) for each in kept if each.id == wanted), None)

    def _heard(self, source: ConnectionRow | None) -> dict[str, Any]:
        services = self._services
        if source is None:
            return {"address": "", "is_listening": False, "came": []}
        return {
            "address": listening.address(services, source, is_test=True),
            "is_listening": listening.is_listening(services, source),
            "came": listening.samples(services, source),
        }


def _places(workspace: Workspace) -> list[tuple[str, str]]:
    """Return where a sample can belong: the event, and every step that has an id."""
    steps = places.every_step(workspace.document)
    named = [(step.id, f"Result of {step.label}") for step in steps if step.id]
    return [(INPUT, "The event"), *named]


def _check_place(workspace: Workspace, place: str) -> None:
    if place not in dict(_places(workspace)):
        raise InputError("There is no such step.", advice="Choose one.", field="place")


def _grouped(
    kept: list[kept_samples.Sample], titles: dict[str, str]
) -> list[tuple[str, str, list[kept_samples.Sample]]]:
    """Return samples by their place, in the order of the workflow, those of lost steps last."""
    order = [*titles, *sorted({each.place for each in kept} - set(titles))]
    groups = []
    for place in order:
        mine = [each for each in kept if each.place == place]
        if mine:
            groups.append((place, titles.get(place, f"Of '{place}', which is no step now"), mine))
    return groups


def _back(workflow_id: str) -> Response:
    return redirect(f"{url_for('samples.everything', workflow_id=workflow_id)}#kept")
