"""Who is told of troubles and events: people by mail, programs at web addresses."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from connector.accounts import Right
from connector.errors import ConnectorError, InputError, SetupError
from connector.operations import alerts, deliveries, event_types, sending, subscribers
from connector.operations.mail import MailSettings
from connector.operations.outbound import DEAD
from connector.runtime import workflows
from connector.runtime.services import Services
from connector.store.outbox import ACTIVE
from connector.web.access import current, needs

TROUBLES, SOME = "troubles", "some"
_NEWEST = 20
_MOST_GIVEN_UP = 50


def blueprint(services: Services) -> Blueprint:
    """Return the page ``/administration/notifications`` and what its forms do."""
    routes = Blueprint("notifications", __name__, url_prefix="/administration/notifications")
    pages = _Pages(services)
    routes.get("")(pages.show)
    routes.post("")(pages.add)
    routes.post("/test")(pages.test)
    routes.post("/stop")(pages.stop)
    routes.post("/resume")(pages.resume)
    routes.post("/remove")(pages.remove)
    routes.post("/secret")(pages.renew_secret)
    routes.post("/secret/forget")(pages.forget_secret)
    routes.post("/again")(pages.send_again)
    return routes


class _Pages:
    """Subscribers are named in the forms: their names are unique, and may hold any letter."""

    def __init__(self, services: Services) -> None:
        self._services = services

    @needs(Right.ADMINISTER)
    def show(self) -> Response:
        return self._page()

    @needs(Right.ADMINISTER, fresh=True)
    def add(self) -> Response:
        form = request.form
        try:
            secret = subscribers.add(
                self._services,
                form.get("name", ""),
                form.get("target", ""),
                types=_types(form.get("what", ""), form.get("types", "")),
                workflows=[name for name in form.getlist("workflow") if name],
                actor=current().login,
            )
        except InputError as error:
            return self._page(problem=error, given=form)
        return self._page(secret=secret) if secret else _back()

    @needs(Right.ADMINISTER)
    def test(self) -> Response:
        name = request.form.get("name", "")
        try:
            attempt = sending.try_out(self._services, name)
        except ConnectorError as error:
            return self._page(problem=error)
        if attempt.is_delivered:
            return self._page(done=f"{name} has the test event.")
        return self._page(problem=ConnectorError(attempt.note, advice=self._remedy(name)))

    def _remedy(self, name: str) -> str:
        row = self._services.database.read(lambda c: subscribers.named(c, name))
        if row.kind == subscribers.MAIL:
            return "Check the address, and the mail server on the page Settings."
        return "Correct the address or the receiver, then try it again."

    @needs(Right.ADMINISTER)
    def stop(self) -> Response:
        return self._set_state(subscribers.STOPPED)

    @needs(Right.ADMINISTER)
    def resume(self) -> Response:
        return self._set_state(ACTIVE)

    @needs(Right.ADMINISTER)
    def remove(self) -> Response:
        name = request.form.get("name", "")
        subscribers.remove(self._services, name, actor=current().login)
        return _back()

    @needs(Right.ADMINISTER, fresh=True)
    def renew_secret(self) -> Response:
        name = request.form.get("name", "")
        try:
            secret = subscribers.renew_secret(self._services, name, actor=current().login)
        except InputError as error:
            return self._page(problem=error)
        return self._page(secret=secret)

    @needs(Right.ADMINISTER)
    def forget_secret(self) -> Response:
        name = request.form.get("name", "")
        subscribers.forget_previous_secret(self._services, name, actor=current().login)
        return _back()

    @needs(Right.ADMINISTER)
    def send_again(self) -> Response:
        event_id = request.form.get("event", "")
        deliveries.send_again(self._services, event_id, actor=current().login)
        return _back()

    def _set_state(self, state: str) -> Response:
        name = request.form.get("name", "")
        subscribers.set_state(self._services, name, state, actor=current().login)
        return _back()

    def _page(
        self,
        *,
        problem: ConnectorError | None = None,
        given: Any = None,
        secret: str = "",
        done: str = "",
    ) -> Response:
        database = self._services.database
        page = render_template(
            "administration/notifications.html",
            told=database.read(subscribers.listed),
            newest=database.read(lambda c: deliveries.listed(c, limit=_NEWEST)),
            given_up=database.read(
                lambda c: deliveries.listed(c, state=DEAD, limit=_MOST_GIVEN_UP)
            ),
            types=event_types.TYPES,
            troubles=list(alerts.TYPES),
            workflows=sorted(database.read(workflows.names)),
            has_mail=_has_mail(),
            problem=problem,
            given=given or {},
            secret=secret,
            done=done,
        )
        return make_response(page, 400 if problem else 200)


def _types(what: str, text: str) -> list[str]:
    """Return the types that a form asks for: troubles alone, everything, or those it lists."""
    if what == TROUBLES:
        return list(alerts.TYPES)
    if what != SOME:
        return []
    found = text.replace(",", " ").split()
    if not found:
        raise InputError("Name at least one type, or choose everything.", field="types")
    return found


def _has_mail() -> bool:
    try:
        return bool(MailSettings.read().host)
    except SetupError:
        return False


def _back() -> Response:
    return redirect(url_for("notifications.show"), 303)
