"""The console's cookies, and the tokens that tie a form to the browser it was shown in."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from flask import g, request
from werkzeug.wrappers import Response

from connector.accounts.sessions import WHOLE_MS
from connector.settings import Settings

FIELD = "form_token"
_TOKEN_BYTES = 32
_SET_UP_SECONDS = 3600


@dataclass(frozen=True)
class Cookies:
    """Reads and writes them, with flags that follow the scheme of the public address.

    ``__Host-`` binds a cookie to this host and https; browsers refuse it without https.
    """

    is_secure: bool

    @classmethod
    def of(cls, settings: Settings) -> Cookies:
        """Return the cookies of an installation."""
        return cls(is_secure=settings.public_url.startswith("https:"))

    @property
    def session(self) -> str:
        """The secret of the browser's session; empty where it has none."""
        return request.cookies.get(self._name("session"), "")

    @property
    def set_up(self) -> str:
        """The one-time key that this browser came with."""
        return request.cookies.get(self._name("set-up"), "")

    def keep_session(self, response: Response, token: str) -> None:
        """Let the browser keep a session until it is closed, twelve hours at most."""
        self._set(response, "session", token, WHOLE_MS // 1000)

    def forget_session(self, response: Response) -> None:
        """Let the browser forget its session."""
        self._set(response, "session", "", 0)

    def keep_set_up(self, response: Response, key: str) -> None:
        """Keep the one-time key, so that it need not stand in an address."""
        self._set(response, "set-up", key, _SET_UP_SECONDS)

    def forget_set_up(self, response: Response) -> None:
        """Forget the one-time key."""
        self._set(response, "set-up", "", 0)

    def form_token(self) -> str:
        """Return what a form posted from this browser must hold.

        Without a session it hangs on a cookie of its own, which ``keep_form`` sets.
        """
        kept = self.session or request.cookies.get(self._name("form"), "")
        if not kept:
            kept = g.setdefault("new_form_cookie", secrets.token_urlsafe(_TOKEN_BYTES))
        return hmac.new(kept.encode(), b"form", hashlib.sha256).hexdigest()

    def is_own_form(self) -> bool:
        """Say whether what was posted comes from a form that this browser was shown."""
        if not (self.session or request.cookies.get(self._name("form"))):
            return False
        given = request.form.get(FIELD, "")
        return hmac.compare_digest(given.encode(), self.form_token().encode())

    def keep_form(self, response: Response) -> None:
        """Set the cookie that a form of this answer hangs on, if it has one."""
        made = g.get("new_form_cookie")
        if made:
            self._set(response, "form", made, None)

    def _name(self, name: str) -> str:
        return f"__Host-{name}" if self.is_secure else name

    def _set(self, response: Response, name: str, value: str, seconds: int | None) -> None:
        response.set_cookie(
            self._name(name),
            value,
            max_age=seconds,
            path="/",
            secure=self.is_secure,
            httponly=True,
            samesite="Lax",
        )
