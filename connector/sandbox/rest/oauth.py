"""OAuth 2.0: the consent page, and the token and revocation endpoints."""

import hmac
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

import flask

from connector.sandbox.company import Company
from connector.sandbox.config import COMPANY_ID
from connector.sandbox.endpoint import Surroundings
from connector.sandbox.rest import grants
from connector.sandbox.rest.clients import CLIENTS, may_redirect
from connector.sandbox.rest.errors import RestError, gateway_error
from connector.sandbox.rest.grants import GrantRefused, Holder
from connector.sandbox.rest.http import API, error_reply
from connector.sandbox.rest.watching import watched
from connector.sandbox.users import first_user, is_password

ASKED = (
    "response_type", "client_id", "redirect_uri", "state", "scope", "code_challenge",
    "code_challenge_method",
)  # fmt: skip
ONCE = {
    "client_id": ("GW-0038", "Multiple Client IDs"),
    "username": ("GW-0039", "Multiple Usernames"),
}

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Sandbox: allow access</title></head><body>
<h1>Allow access to the sandbox company?</h1>
<p>The application <strong>{{ asked.client_id }}</strong> wants to read and write records
of the company {{ company }} in your name{% if "offline_access" in asked.scope %}, also while you
are away{% endif %}.</p>
{% if problem %}<p role="alert">{{ problem }}</p>{% endif %}
<form method="post">
{% for name, value in asked.items() %}<input type="hidden" name="{{ name }}" value="{{ value }}">
{% endfor %}<p><label>Company <input name="company" value="{{ company }}"></label></p>
<p><label>User <input name="user" value="{{ user }}"></label></p>
<p><label>Password <input name="password" type="password" autocomplete="off"></label></p>
<p><label>Entity (empty for the top level) <input name="entity"></label></p>
<p><button name="decision" value="allow">Allow</button>
<button name="decision" value="deny">Deny</button></p>
</form>
<p>This is a test company: the password of {{ user }} stands in its documentation.</p>
</body></html>
"""


def add_oauth(blueprint: flask.Blueprint, sandbox: Surroundings) -> None:
    """Add authorize, token, revoke and the discovery document to the blueprint."""
    company = sandbox.company

    @blueprint.get(f"{API}/oauth2/authorize")
    def ask() -> flask.Response:
        asked = _asked(flask.request.args)
        return _problem_of(company, asked) or _consent(company, asked)

    @blueprint.post(f"{API}/oauth2/authorize")
    def decide() -> flask.Response:
        asked = _asked(flask.request.form)
        return _problem_of(company, asked) or _decision(company, asked, flask.request.form)

    @blueprint.post(f"{API}/oauth2/token")
    def token() -> flask.Response:
        return watched(sandbox, lambda: _answered(company, _tokens))

    @blueprint.post(f"{API}/oauth2/revoke")
    def revoke() -> flask.Response:
        return watched(sandbox, lambda: _answered(company, _revoked))

    @blueprint.get("/.well-known/openid-configuration")
    def discovery() -> flask.Response:
        return flask.jsonify(_discovery(company.config.public_url.rstrip("/")))


def _asked(values: Any) -> dict[str, str]:
    return {name: values.get(name, "") for name in ASKED}


def _problem_of(company: Company, asked: dict[str, str]) -> flask.Response | None:
    """Return what to answer to a request that nobody should consent to, or None."""
    is_strict = company.policies.is_on("rest_redirect_needs_https")
    if asked["client_id"] not in CLIENTS:
        return error_reply(company, gateway_error(400, "GW-0011", "Invalid Request"))
    if not may_redirect(asked["redirect_uri"], needs_https=is_strict):
        # Never redirect there: the address itself is what is wrong.
        return _oauth_error("invalid_request", "The redirect_uri is not registered", 400)
    if asked["response_type"] != "code":
        return _back(asked, {"error": "unsupported_response_type"})
    if asked["code_challenge"] and asked["code_challenge_method"] != "S256":
        return _back(asked, {"error": "invalid_request"})
    return None


def _consent(
    company: Company, asked: dict[str, str], problem: str = "", status: int = 200
) -> flask.Response:
    text = flask.render_template_string(
        _PAGE, asked=asked, company=COMPANY_ID, user=first_user(company), problem=problem
    )
    response = flask.Response(text, status=status, content_type="text/html; charset=UTF-8")
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    return response


def _decision(company: Company, asked: dict[str, str], form: Any) -> flask.Response:
    if form.get("decision") != "allow":
        return _back(asked, {"error": "access_denied"})
    user, entity = form.get("user", ""), form.get("entity", "").strip()
    try:
        grants.check_user(company, user, form.get("company", ""), entity)
        is_right = is_password(company, user, form.get("password", ""))
    except GrantRefused:
        is_right = False
    if not is_right:
        return _consent(company, asked, "The company, user, password or entity is not right.", 403)
    holder = Holder(asked["client_id"], user, entity)
    code = grants.open_code(
        company, holder, asked["redirect_uri"], asked["code_challenge"], asked["scope"]
    )
    return _back(asked, {"code": code})


def _back(asked: dict[str, str], answer: dict[str, str]) -> flask.Response:
    if asked["state"]:
        answer["state"] = asked["state"]
    address = asked["redirect_uri"]
    sign = "&" if urlsplit(address).query else "?"
    response = flask.Response(status=302)
    response.headers["Location"] = address + sign + urlencode(answer)
    return response


def _answered(company: Company, work: Callable[[Company], flask.Response]) -> flask.Response:
    try:
        response = work(company)
    except RestError as refused:
        return error_reply(company, refused)
    except GrantRefused as refused:
        return _oauth_error(refused.error, str(refused), refused.status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _oauth_error(error: str, description: str, status: int) -> flask.Response:
    response = flask.jsonify(error=error, error_description=description)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response


def _tokens(company: Company) -> flask.Response:
    given = _fields()
    client = _client(given)
    grant = given.get("grant_type", "")
    if grant == "authorization_code":
        code, address = given.get("code", ""), given.get("redirect_uri", "")
        verifier = given.get("code_verifier", "")
        return flask.jsonify(grants.spend_code(company, client, code, address, verifier))
    if grant == "refresh_token":
        token, entity = given.get("refresh_token", ""), given.get("entity_id")
        return flask.jsonify(grants.refresh_grant(company, client, token, entity))
    if grant == "client_credentials":
        holder = Holder(client, *_user(company, given))
        # Recorded: this grant comes with a refresh token too.
        tokens = grants.open_grant(company, holder, is_offline=True, is_authorization=False)
        return flask.jsonify(tokens)
    raise gateway_error(400, "GW-0032", "Invalid Token Payload")


def _user(company: Company, given: dict[str, str]) -> tuple[str, str]:
    username = given.get("username", "").strip()
    if not username:
        raise gateway_error(400, "GW-0036", "Missing User Name")
    user, company_id, entity = grants.user_and_entity(username)
    if not company_id:
        raise gateway_error(400, "GW-0012", "Missing Tenant Data")
    if company_id != COMPANY_ID:
        raise gateway_error(400, "GW-0011", "Invalid Request")
    grants.check_user(company, user, company_id, entity)
    return user, entity


def _revoked(company: Company) -> flask.Response:
    given = _fields()
    client = _client(given)
    if not given.get("token"):
        raise gateway_error(400, "GW-0015", "Missing token Attribute")
    grants.revoke(company, client, given["token"])
    return flask.jsonify({})


def _fields() -> dict[str, str]:
    """Return the fields of the body, form-encoded or JSON; raises RestError for doubled ones."""
    request = flask.request
    if not request.get_data(cache=True):
        raise gateway_error(400, "GW-0035", "Missing Token Payload")
    if request.is_json:
        body = request.get_json(silent=True)
        if not isinstance(body, dict):
            raise gateway_error(400, "GW-0032", "Invalid Token Payload")
        return {str(name): str(value) for name, value in body.items() if value is not None}
    for name, (code, message) in ONCE.items():
        if len(request.form.getlist(name)) > 1:
            raise gateway_error(400, code, message)
    return dict(request.form.items())


def _client(given: dict[str, str]) -> str:
    """Return the client of a request, proved by its secret in the body or in the header."""
    client, secret = given.get("client_id", ""), given.get("client_secret", "")
    basic = flask.request.authorization
    if basic is not None and basic.type == "basic" and not client:
        client, secret = basic.username or "", basic.password or ""
    if not client:
        raise gateway_error(400, "GW-0037", "Missing Client ID")
    if client not in CLIENTS:
        raise gateway_error(400, "GW-0011", "Invalid Request")
    if not hmac.compare_digest(CLIENTS[client].encode(), secret.encode()):
        raise GrantRefused("invalid_client", "The client credentials are invalid", 401)
    return client


def _discovery(address: str) -> dict[str, Any]:
    return {
        "issuer": grants.ISSUER,
        "authorization_endpoint": f"{address}{API}/oauth2/authorize",
        "token_endpoint": f"{address}{API}/oauth2/token",
        "revocation_endpoint": f"{address}{API}/oauth2/revoke",
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "client_credentials", "refresh_token"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": ["offline_access"],
    }
