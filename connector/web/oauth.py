"""Connecting to Intacct by OAuth: asking an administrator in the browser, and what comes back."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from flask import Blueprint, Response, abort, jsonify, make_response, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from connector.accounts import ApiKey, ApiKeys, Right
from connector.connections import oauth
from connector.connections.rows import ConnectionRow
from connector.connections.warnings import warnings_of
from connector.errors import ConnectorError, InputError
from connector.runtime.consents import BROWSER, LINK, QUESTION_MS, Consents, Question
from connector.runtime.services import INTACCT, Services
from connector.web.access import current, needs, open_page, open_to_all

API_KEY_HEADER = "X-API-Key"
_COOKIE = "consent"
_COOKIE_BYTES = 32


def blueprint(services: Services) -> Blueprint:
    """Return the routes below ``/oauth``.

    - ``GET`` and ``POST /oauth/connections/<name>``: an administrator connects here.
    - ``POST /oauth/start``: a program with an API key of the role admin gets a link for a person.
    - ``GET /oauth/begin/<state>``: that link; the first browser that opens it owns the question.
    - ``GET /oauth/callback``: where Intacct sends the browser back to.
    """
    routes = Blueprint("oauth", __name__, url_prefix="/oauth")
    pages = _Pages(services)
    routes.get("/connections/<name>")(pages.show)
    routes.post("/connections/<name>")(pages.ask)
    routes.post("/start")(pages.start)
    routes.get("/begin/<state>")(pages.take_up)
    routes.get("/callback")(pages.finish)
    return routes


class _Pages:
    def __init__(self, services: Services) -> None:
        self._services = services
        self._consents = Consents(services)
        self._keys = ApiKeys(services.database)
        self._is_secure = services.settings.public_url.startswith("https:")

    @needs(Right.ADMINISTER)
    def show(self, name: str) -> str:
        """Show whether a connection is connected, until when, and a button."""
        row = self._named(name)
        everyone = self._services.connections.list()
        grants = {one.id: self._services.grants.view(one.id) for one in everyone}
        return render_template(
            "oauth_connection.html",
            connection=row,
            grant=grants[row.id],
            warnings=warnings_of(row, everyone, grants),
        )

    @needs(Right.ADMINISTER)
    def ask(self, name: str) -> BaseResponse:
        """Begin a question bound to this browser and lead it to Intacct.

        By a page that goes on by itself: a form may not lead to other hosts.
        """
        binding = self._binding()
        question = self._consents.begin(
            self._named(name), caller=BROWSER, actor=current().login, binding=binding
        )
        response = make_response(render_template("oauth_leave.html", url=question.url))
        response.headers["Refresh"] = f"0; url={question.url}"
        return self._bound(response, binding)

    @open_to_all
    def start(self) -> tuple[Response, int]:
        """Hand out a link at which a person allows the access, to a program with an API key."""
        key = self._caller()
        if key is None:
            return jsonify(title="The API key is missing, unknown, or not an administrator's."), 401
        body = request.get_json(silent=True)
        name = body.get("connection") if isinstance(body, dict) else None
        row = self._services.connections.by_name(name) if isinstance(name, str) else None
        if row is None:
            return jsonify(title="There is no connection of that name."), 404
        try:
            question = self._consents.begin(row, caller=LINK, actor=f"api-key/{key.name}")
        except ConnectorError as error:
            return jsonify(error.describe()), 400
        return jsonify(self._link(row, question)), 201

    @open_page
    def take_up(self, state: str) -> BaseResponse:
        """Bind a handed-out link to this browser and lead it to Intacct."""
        binding = self._binding()
        url = self._consents.take_up(state, binding)
        response = Response(status=302, headers={"Location": url})
        return self._bound(response, binding)

    @open_page
    def finish(self) -> BaseResponse:
        """Keep what Intacct gives for the code; show an answer for a terminal instead."""
        given = request.args.to_dict()
        if self._consents.is_for_terminal(given.get("state", "")):
            answer = request.query_string.decode("ascii", "replace")
            return make_response(render_template("oauth_copy.html", answer=answer))
        answered = oauth.answer_of(given)
        binding = request.cookies.get(self._cookie_name, "")
        if not answered.state or not binding:
            raise InputError(
                "This browser did not ask for the access.",
                advice="Begin again in the browser in which you allow it.",
            )
        done = self._consents.finish(answered, caller=BROWSER, binding=binding)
        page = render_template("oauth_done.html", connection=done.connection, grant=done.grant)
        return make_response(page)

    def _named(self, name: str) -> ConnectionRow:
        row = self._services.connections.by_name(name)
        if row is None or row.kind != INTACCT:
            abort(404)
        return row

    def _caller(self) -> ApiKey | None:
        key = self._keys.find(request.headers.get(API_KEY_HEADER, ""))
        return key if key is not None and Right.ADMINISTER in key.role.rights else None

    def _link(self, row: ConnectionRow, question: Question) -> dict[str, str]:
        base = self._services.settings.public_url
        ends = datetime.fromtimestamp(question.expires_at / 1000, UTC)
        return {
            "connection": row.name,
            "authorizationUrl": f"{base}/oauth/begin/{question.state}",
            "expiresAt": ends.isoformat(timespec="seconds").replace("+00:00", "Z"),
        }

    def _binding(self) -> str:
        """Return this browser's secret; the one it has, so that two questions may be open."""
        kept = request.cookies.get(self._cookie_name, "")
        return kept or secrets.token_urlsafe(_COOKIE_BYTES)

    def _bound(self, response: BaseResponse, binding: str) -> BaseResponse:
        # Lax: the browser comes back from Intacct's page by a plain address.
        response.set_cookie(
            self._cookie_name,
            binding,
            max_age=QUESTION_MS // 1000,
            path="/",
            secure=self._is_secure,
            httponly=True,
            samesite="Lax",
        )
        return response

    @property
    def _cookie_name(self) -> str:
        return f"__Host-{_COOKIE}" if self._is_secure else _COOKIE
