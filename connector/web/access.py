"""Who may see the pages: whoever holds the console key that the data folder keeps.

A first lock, in place of users and roles: webhooks come from the whole world to the same server,
so pages with invoices must not stand open beside them.
"""

from __future__ import annotations

import contextlib
import hmac
import os
import secrets
from pathlib import Path

from flask import Flask, Response, abort, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from connector.errors import SetupError
from connector.runtime.services import Services

COOKIE = "intacct_console"
OPEN_PATHS = ("/hooks/", "/health", "/static/")
FOURTEEN_DAYS = 14 * 24 * 3600
_KEY_BYTES = 24


def console_key(data_dir: Path) -> str:
    """Return the key of this installation's console, made on first use, readable by its owner.

    Raises:
        SetupError: The file holds no whole key.
    """
    path = data_dir / "console.key"
    if not path.exists():
        draft = data_dir / f"console.key.{os.getpid()}.new"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(_KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        # Whole at once: a key read half-written would be an easy one, an empty one none at all.
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(draft)
        draft.unlink()
    key = path.read_text(encoding="ascii").strip()
    if len(key) < _KEY_BYTES:
        raise SetupError(
            f"The console's key in {path} is missing or cut short.",
            advice="Delete the file and start again; a new key is made.",
        )
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
