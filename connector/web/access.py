"""Who may see and do what: every view says which right it needs, and is refused if it does not.

Webhooks come from the whole world to the same server, so nothing stands open by accident.
"""

from __future__ import annotations

import contextlib
import hmac
import logging
import os
import secrets
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from flask import (
    Flask,
    Response,
    abort,
    current_app,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as BaseResponse

from connector.accounts import Accounts, Right, Visit, WebSessions
from connector.accounts.store import NotSignedIn, TooManyAttempts
from connector.errors import SetupError
from connector.runtime.services import Services
from connector.store import audit
from connector.web.cookies import Cookies
from connector.web.navigation import places

LOG = logging.getLogger(__name__)

View = TypeVar("View", bound=Callable[..., Any])

OPEN_BLUEPRINTS = {"hooks", "health"}  # they check their senders themselves, or tell no secrets
PASSWORD_FIELD = "current_password"  # noqa: S105 - the name of a form's field
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
_MARK = "console_access"
_KEY_BYTES = 24


@dataclass(frozen=True)
class Access:
    """What a view needs.

    Args:
        right: None for pages that are seen without an account.
        is_fresh: Whether a post needs a password given within the last ten minutes.
        has_forms: Whether posts must come from one of our own forms.
        is_use: Whether it shows that somebody is there; a page that renews itself does not.
        is_before_factor: Whether it is for those, too, who have yet to set up the second factor
            that their role needs.
    """

    right: Right | None
    is_fresh: bool = False
    has_forms: bool = True
    is_use: bool = True
    is_before_factor: bool = False


def needs(
    right: Right, *, fresh: bool = False, use: bool = True, before_factor: bool = False
) -> Callable[[View], View]:
    """Let only those use a view who have this right.

    Args:
        right: The right.
        fresh: Ask for the password again where it was not given lately.
        use: Whether it keeps the session from ending for want of use.
        before_factor: Whether it is for setting up a second factor that the role needs, too.
    """
    return _marked(
        Access(right, is_fresh=fresh, is_use=use, is_before_factor=before_factor),
    )


def open_page(view: View) -> View:
    """Let everybody see a page, such as the log-in; its forms are still checked."""
    return _marked(Access(None))(view)


def open_to_all(view: View) -> View:
    """Let programs call a view that checks them itself, such as by an API key."""
    return _marked(Access(None, has_forms=False))(view)


def access_of(view: Callable[..., Any]) -> Access | None:
    """Return what a view needs, None where it does not say."""
    found: Access | None = getattr(view, _MARK, None)
    return found


def current() -> Visit:
    """Return who is here."""
    visit: Visit | None = g.get("visit")
    if visit is None:
        abort(403)
    return visit


def console_key(data_dir: Path) -> str:
    """Return the key of this installation's first start, made on first use, for its owner's eyes.

    Once there is an account it opens nothing any more.

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
    """Check every request before its view is called."""
    watch = _Guard(services)
    app.before_request(watch.check)
    app.after_request(watch.finish)
    app.context_processor(watch.words)


class _Guard:
    def __init__(self, services: Services) -> None:
        self._services = services
        self._accounts = Accounts(services.database)
        self._sessions = WebSessions(services.database)
        self._key = console_key(services.settings.data_dir)
        address = urllib.parse.urlsplit(services.settings.public_url)
        self._origin = f"{address.scheme}://{address.netloc}"
        self._cookies = Cookies.of(services.settings)
        self._is_set_up = False

    def check(self) -> BaseResponse | None:
        """Let a request pass, send it to the log-in, or refuse it."""
        if request.blueprint in OPEN_BLUEPRINTS or request.endpoint == "static":
            return None
        if "key" in request.args and request.method in SAFE_METHODS:
            return self._take_key(request.args["key"])
        view = current_app.view_functions.get(request.endpoint or "")
        access = access_of(view) if view else None
        token = self._cookies.session
        is_use = access is None or access.is_use
        g.visit = self._sessions.find(token, is_use=is_use) if token else None
        # An unknown address: Flask says so.
        return self._admit(access) if view else None

    def _admit(self, access: Access | None) -> BaseResponse | None:
        if access is None:
            return refusal("This page does not say who may see it, so nobody may.")
        is_posted = request.method not in SAFE_METHODS
        if is_posted and access.has_forms and not (self._is_ours() and self._cookies.is_own_form()):
            return refusal("This form has expired, or it was not sent from this console.")
        if access.right is None:
            return None
        visit: Visit | None = g.visit
        if visit is None:
            return self._to_sign_in(is_posted=is_posted)
        return self._admit_visit(visit, access, access.right, is_posted=is_posted)

    def _admit_visit(
        self, visit: Visit, access: Access, right: Right, *, is_posted: bool
    ) -> BaseResponse | None:
        if visit.lacks_factor and not access.is_before_factor:
            return self._to_second_factor(is_posted=is_posted)
        if right not in visit.role.rights:
            self._note_refusal(visit)
            return refusal(f"Your role may not {right.value}.")
        must_confirm = access.is_fresh and is_posted and not visit.is_fresh
        return self._confirm(visit) if must_confirm else None

    def _is_ours(self) -> bool:
        """Say whether the browser itself calls this request one of the console's own."""
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
            return False
        origin = request.headers.get("Origin")
        return origin is None or origin in {self._origin, request.host_url.rstrip("/")}

    def _take_key(self, given: str) -> BaseResponse:
        """Take the one-time key out of the address."""
        if self.is_set_up():
            return redirect(request.path)
        if not hmac.compare_digest(given.encode(), self._key.encode()):
            return refusal("Open the console with the address that 'intacct run' printed.")
        response = redirect(url_for("signing_in.set_up", next=request.path))
        self._cookies.keep_set_up(response, self._key)
        return response

    def is_set_up(self) -> bool:
        # Once true it stays so: accounts are never deleted.
        self._is_set_up = self._is_set_up or self._accounts.is_set_up()
        return self._is_set_up

    def _to_sign_in(self, *, is_posted: bool) -> BaseResponse:
        if not self.is_set_up():
            return refusal("Open the console with the address that 'intacct run' printed.")
        if is_posted:
            return refusal("Your session has ended. Sign in again, then repeat what you did.")
        if "HX-Request" in request.headers:
            return Response(status=401, headers={"HX-Redirect": url_for("signing_in.sign_in")})
        target = request.full_path.rstrip("?")
        return redirect(url_for("signing_in.sign_in", next=target))

    def _to_second_factor(self, *, is_posted: bool) -> BaseResponse:
        """Let nobody do anything whose role needs a second factor that is not set up yet."""
        target = url_for("second_factor.page")
        if "HX-Request" in request.headers:
            return Response(status=403, headers={"HX-Redirect": target})
        if is_posted:
            return refusal("Your role needs a second factor: set it up on your account's page.")
        return redirect(target)

    def _confirm(self, visit: Visit) -> BaseResponse | None:
        given = request.form.get(PASSWORD_FIELD, "")
        if not given:
            return refusal("This needs your password once more: go back and enter it.")
        try:
            self._accounts.sign_in(visit.login, given, request.remote_addr or "")
        except (NotSignedIn, TooManyAttempts) as error:
            return refusal(f"{error.title} Go back, enter your own password, and save again.")
        self._sessions.confirmed(visit.id)
        return None

    def _note_refusal(self, visit: Visit) -> None:
        LOG.warning("%s was refused %s", visit.login, request.path)
        entry = audit.Entry(
            visit.login,
            "access.refused",
            f"{request.method} {request.path}",
            ip=request.remote_addr,
        )
        self._services.database.write(lambda connection: audit.append(connection, entry))

    def finish(self, response: Response) -> Response:
        """Set the cookie that a form without a session hangs on."""
        self._cookies.keep_form(response)
        return response

    def words(self) -> dict[str, Any]:
        """Return what every template may use."""
        visit: Visit | None = g.get("visit")
        return {
            "visit": visit,
            "rights": visit.role.rights if visit else frozenset(),
            "Right": Right,
            "places": places(visit.role.rights) if visit else [],
            "form_token": self._cookies.form_token,
        }


def refusal(title: str, status: int = 403) -> BaseResponse:
    """Return the page that says why something is not done."""
    page = render_template("problem.html", problem={"title": title}, page_title="Not allowed")
    return Response(page, status)


def _marked(access: Access) -> Callable[[View], View]:
    def mark(view: View) -> View:
        setattr(view, _MARK, access)
        return view

    return mark
