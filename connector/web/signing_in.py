"""The pages before the console: set-up, log-in, log-out."""

from __future__ import annotations

import hmac
import re

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from connector.accounts import Account, Accounts, Right, SecondFactors, Visit, WebSessions
from connector.accounts.store import NotSignedIn, TooManyAttempts
from connector.errors import ConnectorError, InputError
from connector.runtime.services import Services
from connector.web.access import console_key, current, needs, open_page
from connector.web.cookies import Cookies
from connector.web.people import typed_twice

# A path of our own: no scheme, no host, no backslash that a browser reads as a slash.
_OWN_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20]*")


def own_path(text: str) -> str:
    """Return where to go next, if that is a page of this console, else the first page."""
    return text if _OWN_PATH.fullmatch(text) else "/"


def blueprint(services: Services) -> Blueprint:
    """Return ``/set-up``, ``/sign-in`` with its second step, and ``/sign-out``."""
    routes = Blueprint("signing_in", __name__)
    doors = _Doors(services)
    routes.get("/set-up")(doors.set_up)
    routes.post("/set-up")(doors.make_first_account)
    routes.get("/sign-in")(doors.sign_in)
    routes.post("/sign-in")(doors.enter)
    routes.get("/sign-in/code")(doors.ask_code)
    routes.post("/sign-in/code")(doors.take_code)
    routes.post("/sign-out")(doors.sign_out)
    return routes


class _Doors:
    def __init__(self, services: Services) -> None:
        self._accounts = Accounts(services.database)
        self._sessions = WebSessions(services.database)
        self._factors = SecondFactors(services.database, services.box)
        self._cookies = Cookies.of(services.settings)
        self._key = console_key(services.settings.data_dir)

    @open_page
    def set_up(self) -> Response:
        self._check_set_up()
        return _page("set_up.html")

    @open_page
    def make_first_account(self) -> Response:
        self._check_set_up()
        form = request.form
        try:
            account = self._accounts.set_up(
                form.get("login", ""), form.get("name", ""), typed_twice()
            )
        except InputError as error:
            return _page("set_up.html", error, 400)
        target = own_path(form.get("next", ""))
        response = self._begin(account, url_for("pages.welcome") if target == "/" else target)
        self._cookies.forget_set_up(response)
        return response

    @open_page
    def sign_in(self) -> Response:
        return _page("sign_in.html")

    @open_page
    def enter(self) -> Response:
        form = request.form
        try:
            found = self._accounts.sign_in(
                form.get("login", ""), form.get("password", ""), request.remote_addr or ""
            )
        except TooManyAttempts as error:
            return _too_many("sign_in.html", error)
        except NotSignedIn as error:
            return _page("sign_in.html", error, 401)
        target = own_path(form.get("next", ""))
        if self._factors.is_on(found.id):
            asked = url_for("signing_in.ask_code", next=target)
            return self._begin(found, asked, is_partial=True)
        return self._begin(found, target)

    @open_page
    def ask_code(self) -> Response:
        if self._waiting() is None:
            return redirect(url_for("signing_in.sign_in"))
        return _page("sign_in_code.html")

    @open_page
    def take_code(self) -> Response:
        waiting = self._waiting()
        if waiting is None:
            return redirect(url_for("signing_in.sign_in"), 303)
        account = self._accounts.by_id(waiting.account_id)
        try:
            self._factors.check(
                account.id,
                request.form.get("code", ""),
                actor=account.login,
                address=request.remote_addr or "",
            )
        except TooManyAttempts as error:
            return _too_many("sign_in_code.html", error)
        except InputError as error:
            return _page("sign_in_code.html", error, 401)
        self._sessions.end(waiting.id, account.id)
        return self._begin(account, own_path(request.form.get("next", "")))

    def _waiting(self) -> Visit | None:
        token = self._cookies.session
        return self._sessions.awaiting_code(token) if token else None

    @needs(Right.VIEW, before_factor=True)
    def sign_out(self) -> Response:
        visit = current()
        self._sessions.end(visit.id, visit.account_id)
        response = redirect(url_for("signing_in.sign_in"), 303)
        self._cookies.forget_session(response)
        return response

    def _check_set_up(self) -> None:
        if self._accounts.is_set_up():
            abort(404)
        if not hmac.compare_digest(self._cookies.set_up.encode(), self._key.encode()):
            abort(403)

    def _begin(self, account: Account, target: str, *, is_partial: bool = False) -> Response:
        """Begin a session under a new secret, whatever the browser came with."""
        old = self._cookies.session
        visit = self._sessions.find(old) if old else None
        if visit:
            self._sessions.end(visit.id, visit.account_id)
        token = self._sessions.begin(
            account.id,
            account.login,
            browser=request.headers.get("User-Agent", ""),
            address=request.remote_addr or "",
            is_partial=is_partial,
        )
        response = redirect(target, 303)
        self._cookies.keep_session(response, token)
        return response


def _too_many(name: str, error: TooManyAttempts) -> Response:
    response = _page(name, error, 429)
    response.headers["Retry-After"] = str(error.seconds)
    return response


def _page(name: str, problem: ConnectorError | None = None, status: int = 200) -> Response:
    target = request.form.get("next") or request.args.get("next", "")
    page = render_template(name, given=request.form, target=target, problem=problem)
    return make_response(page, status)
