"""The HTTP face of the REST API: who calls, which version, limits, and faults on request."""

import flask

from connector.sandbox.endpoint import Surroundings
from connector.sandbox.events.deliveries import http_post
from connector.sandbox.rest import grants
from connector.sandbox.rest.errors import RestError, gateway_error, invalid
from connector.sandbox.rest.exchange import LARGEST_BODY, Request
from connector.sandbox.rest.http import API, error_reply, reply
from connector.sandbox.rest.limits import counted
from connector.sandbox.rest.oauth import add_oauth
from connector.sandbox.rest.resources import METHODS, method_not_allowed
from connector.sandbox.rest.routes import handle
from connector.sandbox.rest.state import Post, RestState
from connector.sandbox.rest.watching import watched
from connector.sandbox.rest.webhooks import add_webhooks

_ANY = ["GET", "POST", "PATCH", "DELETE", "PUT"]


def create_rest(sandbox: Surroundings, post: Post | None = None) -> flask.Blueprint:
    """Return the blueprint of the REST API and its OAuth endpoints.

    `post` sends the replies of asynchronous requests, over the network when not given.
    """
    blueprint = flask.Blueprint("rest", __name__)
    company, state = sandbox.company, RestState(post or http_post())
    company.forgetting.append(state.clear)
    oauth = flask.Blueprint("oauth", __name__)
    add_oauth(oauth, sandbox)
    blueprint.register_blueprint(oauth)

    @blueprint.route(f"{API}/<path:path>", methods=_ANY)
    def answer(path: str) -> flask.Response:
        return watched(sandbox, lambda: _answered(sandbox, state, f"/{path}"))

    @blueprint.route("/ia/api/<version>/<path:_path>", methods=_ANY)
    def other_version(version: str, _path: str) -> flask.Response:
        refused = invalid("Version is not supported.")
        refused.placeholders = {"VERSION": version}
        return error_reply(company, refused)

    add_webhooks(blueprint, company)

    @blueprint.post("/_sandbox/tokens/expire")
    def expire() -> flask.Response:
        return flask.jsonify(expired=grants.end_access(company))

    return blueprint


def _answered(sandbox: Surroundings, state: RestState, path: str) -> flask.Response:
    try:
        headers = counted(sandbox.company, state)
        request = _request(sandbox, state, path)
    except RestError as refused:
        return error_reply(sandbox.company, refused)
    made = handle(request)
    return reply(made.body, made.status, {**headers, **made.headers})


def _request(sandbox: Surroundings, state: RestState, path: str) -> Request:
    asked = flask.request
    if path.startswith("/oauth2/"):
        raise gateway_error(404, "GW-0033", "Invalid Token Endpoint")
    if asked.method not in METHODS:
        raise method_not_allowed(asked.method)
    scope = grants.caller(sandbox.company, asked.headers.get("Authorization", ""))
    if "xml" in asked.mimetype:
        raise gateway_error(400, "GW-0014", "Invalid Content Type")
    is_form = asked.mimetype == "multipart/form-data"
    body = b"" if is_form else asked.get_data()
    if len(body) > LARGEST_BODY:
        raise RestError(413, "invalidRequest", "The request body is larger than 1 MB")
    file = next(iter(asked.files.values()), None) if is_form else None
    return Request(
        sandbox.company,
        scope,
        asked.method,
        path,
        parameters=dict(asked.args.items()),
        headers={name.lower(): value for name, value in asked.headers.items()},
        body=body,
        form=dict(asked.form.items()) if is_form else {},
        file=file.read() if file else None,
        state=state,
    )
