"""Who may use the console: accounts, one's own sessions and password, API keys."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from connector.accounts import Accounts, ApiKeys, Right, Role, SecondFactors, WebSessions
from connector.errors import ConnectorError, InputError
from connector.runtime.services import Services
from connector.web.access import current, needs
from connector.web.cookies import Cookies


def blueprint(services: Services) -> Blueprint:
    """Return ``/people`` for administrators and ``/account`` for everybody."""
    routes = Blueprint("people", __name__)
    people = _People(services)
    routes.get("/people")(people.everybody)
    routes.post("/people")(people.add)
    routes.post("/people/<account_id>")(people.change)
    routes.post("/people/<account_id>/password")(people.give_password)
    routes.post("/api-keys")(people.add_key)
    routes.post("/api-keys/<key_id>/revoke")(people.revoke_key)
    own = _Own(services)
    routes.get("/account")(own.account)
    routes.post("/account/password")(own.change_password)
    routes.post("/account/sessions/<session_id>/end")(own.end_session)
    return routes


class _People:
    """What administrators do."""

    def __init__(self, services: Services) -> None:
        self._accounts = Accounts(services.database)
        self._keys = ApiKeys(services.database)
        self._factors = SecondFactors(services.database, services.box)

    @needs(Right.ADMINISTER)
    def everybody(self) -> Response:
        return self._page()

    @needs(Right.ADMINISTER, fresh=True)
    def add(self) -> Response:
        form = request.form
        try:
            self._accounts.add(
                form.get("login", ""),
                form.get("name", ""),
                form.get("password", ""),
                Role.named(form.get("role", "")),
                actor=current().login,
            )
        except InputError as error:
            return self._page(error)
        return _to_everybody()

    @needs(Right.ADMINISTER, fresh=True)
    def change(self, account_id: str) -> Response:
        form = request.form
        try:
            self._accounts.change(
                account_id,
                role=Role.named(form.get("role", "")),
                is_active=form.get("is_active") == "1",
                actor=current().login,
            )
        except InputError as error:
            return self._page(error)
        return _to_everybody()

    @needs(Right.ADMINISTER, fresh=True)
    def give_password(self, account_id: str) -> Response:
        password = request.form.get("password", "")
        try:
            self._accounts.set_password(account_id, password, actor=current().login)
        except InputError as error:
            return self._page(error)
        return _to_everybody()

    @needs(Right.ADMINISTER, fresh=True)
    def add_key(self) -> Response:
        form = request.form
        try:
            role = Role.named(form.get("role", ""))
            _, secret = self._keys.add(form.get("key_name", ""), role, actor=current().login)
        except InputError as error:
            return self._page(error)
        return self._page(secret=secret)

    @needs(Right.ADMINISTER)
    def revoke_key(self, key_id: str) -> Response:
        self._keys.revoke(key_id, actor=current().login)
        return _to_everybody()

    def _page(self, problem: ConnectorError | None = None, secret: str = "") -> Response:
        page = render_template(
            "people.html",
            accounts=self._accounts.list(),
            keys=self._keys.list(),
            roles=list(Role),
            holders=self._factors.holders(),
            required=self._factors.required(),
            given=request.form if problem else {},
            problem=problem,
            secret=secret,
        )
        return make_response(page, 400 if problem else 200)


class _Own:
    """What everybody does with their own account."""

    def __init__(self, services: Services) -> None:
        self._accounts = Accounts(services.database)
        self._sessions = WebSessions(services.database)
        self._factors = SecondFactors(services.database, services.box)
        self._cookies = Cookies.of(services.settings)

    @needs(Right.VIEW)
    def account(self) -> Response:
        return self._page()

    @needs(Right.VIEW)
    def change_password(self) -> Response:
        visit, form = current(), request.form
        try:
            # Always asked for here, however fresh the session is.
            given = form.get("current_password", "")
            self._accounts.sign_in(visit.login, given, request.remote_addr or "")
            self._accounts.set_password(visit.account_id, typed_twice(), actor=visit.login)
        except ConnectorError as error:
            return self._page(error)
        response = redirect(url_for("signing_in.sign_in"), 303)
        self._cookies.forget_session(response)
        return response

    @needs(Right.VIEW)
    def end_session(self, session_id: str) -> Response:
        self._sessions.end(session_id, current().account_id)
        return redirect(url_for("people.account"), 303)

    def _page(self, problem: ConnectorError | None = None) -> Response:
        mine = current().account_id
        page = render_template(
            "account.html",
            sessions=self._sessions.of(mine),
            has_factor=self._factors.is_on(mine),
            problem=problem,
        )
        return make_response(page, 400 if problem else 200)


def typed_twice() -> str:
    """Return the new password of a form that asks for it twice.

    Raises:
        InputError: The two differ.
    """
    password = request.form.get("password", "")
    if password != request.form.get("again"):
        raise InputError("The two passwords are not the same.", field="again")
    return password


def _to_everybody() -> Response:
    return redirect(url_for("people.everybody"), 303)
