"""Who may see the pages: whoever holds the console key that the data folder keeps.

A first lock, in place of users and roles: webhooks come from the whole world to the same server,
so pages with invoices must not stand open beside them.
"""

from __future__ import annotations

import hmac
import secrets
from pathlib import Path

from flask import Flask, Response, abort, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from connector.runtime.services import Services

COOKIE = "intacct_console"
OPEN_PATHS = ("/hooks/", "/health", "/static/")
FOURTEEN_DAYS = 14 * 24 * 3600


def console_key(data_dir: Path) -> str:
    """Return the key of this installation's console, made on first use, readable by its owner."""
    path = data_dir / "console.key"
    try:
        descriptor = path.open("x", encoding="ascii")
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with descriptor as file:
        path.chmod(0o600)
        key = secrets.token_urlsafe(24)
        file.write(key)
    return key


def guard(app: Flask, services: Services) -> None:
    """Let pages be seen only with the key, given once in the address and then kept in a cookie."""
    key = console_key(services.settings.data_dir)
    is_secure = services.settings.public_url.startswith("https:")

    @app.before_request
    def check() -> BaseResponse | None:
        if request.path.startswith(OPEN_PATHS):
            return None
        given = request.args.get("key")
        if given is not None and hmac.compare_digest(given.encode(), key.encode()):
            return _remember(redirect(request.path), key, is_secure=is_secure)
        kept = request.cookies.get(COOKIE, "")
        if not hmac.compare_digest(kept.encode(), key.encode()):
            abort(Response("Open the console with the address that 'intacct run' printed.", 403))
        return None


def _remember(response: BaseResponse, key: str, *, is_secure: bool) -> BaseResponse:
    response.set_cookie(
        COOKIE, key, max_age=FOURTEEN_DAYS, httponly=True, samesite="Lax", secure=is_secure
    )
    return response
