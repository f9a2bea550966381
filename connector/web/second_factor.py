"""The second factor: everybody's own, and what administrators ask for and take away."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from connector.accounts import Accounts, Right, Role, SecondFactors, Visit
from connector.accounts.second_factor import app_address
from connector.errors import ConnectorError, InputError
from connector.runtime.services import Services
from connector.web.access import current, needs


def blueprint(services: Services) -> Blueprint:
    """Return ``/account/second-factor`` and what administrators do with those of others."""
    routes = Blueprint("second_factor", __name__)
    own = _Own(services)
    routes.get("/account/second-factor")(own.page)
    routes.post("/account/second-factor")(own.begin)
    routes.post("/account/second-factor/confirm")(own.confirm)
    routes.post("/account/second-factor/codes")(own.renew_codes)
    routes.post("/account/second-factor/remove")(own.remove)
    others = _Others(services)
    routes.post("/people/<account_id>/second-factor/remove")(others.take_away)
    routes.post("/administration/second-factor")(others.require)
    return routes


class _Own:
    """What everybody does with their own."""

    def __init__(self, services: Services) -> None:
        self._factors = SecondFactors(services.database, services.box)

    @needs(Right.VIEW, before_factor=True)
    def page(self) -> Response:
        return self._page()

    @needs(Right.VIEW, fresh=True, before_factor=True)
    def begin(self) -> Response:
        try:
            self._factors.begin(current().account_id)
        except InputError as error:
            return self._page(error)
        return redirect(url_for("second_factor.page"), 303)

    @needs(Right.VIEW, before_factor=True)
    def confirm(self) -> Response:
        visit, code = current(), request.form.get("code", "")
        try:
            codes = self._factors.confirm(visit.account_id, code, actor=visit.login)
        except ConnectorError as error:
            return self._page(error)
        return self._page(codes=codes)

    @needs(Right.VIEW, fresh=True)
    def renew_codes(self) -> Response:
        visit = current()
        try:
            codes = self._factors.renew_codes(visit.account_id, actor=visit.login)
        except InputError as error:
            return self._page(error)
        return self._page(codes=codes)

    @needs(Right.VIEW, fresh=True)
    def remove(self) -> Response:
        visit = current()
        try:
            self._refuse_if_required(visit)
            # Whoever only knows the password must not get rid of what guards against that.
            self._factors.check(visit.account_id, request.form.get("code", ""), actor=visit.login)
        except ConnectorError as error:
            return self._page(error)
        self._factors.remove(visit.account_id, actor=visit.login)
        return redirect(url_for("signing_in.sign_in"), 303)

    def _refuse_if_required(self, visit: Visit) -> None:
        if visit.role in self._factors.required():
            raise InputError(
                "Your role needs a second factor, so yours stays.",
                advice="With a new telephone, ask an administrator to take the old one away.",
            )

    def _page(
        self, problem: ConnectorError | None = None, codes: list[str] | None = None
    ) -> Response:
        visit = current()
        pending = self._factors.pending(visit.account_id)
        is_on = self._factors.is_on(visit.account_id)
        page = render_template(
            "second_factor.html",
            is_on=is_on,
            is_required=visit.role in self._factors.required(),
            left=self._factors.codes_left(visit.account_id) if is_on else 0,
            secret=[pending[start : start + 4] for start in range(0, len(pending), 4)],
            address=app_address(pending, visit.login) if pending else "",
            codes=codes,
            problem=problem,
        )
        return make_response(page, 400 if problem else 200)


class _Others:
    """What administrators do."""

    def __init__(self, services: Services) -> None:
        self._factors = SecondFactors(services.database, services.box)
        self._accounts = Accounts(services.database)

    @needs(Right.ADMINISTER, fresh=True)
    def take_away(self, account_id: str) -> Response:
        found = self._accounts.by_id(account_id)
        self._factors.remove(found.id, actor=current().login)
        return redirect(url_for("people.everybody"), 303)

    @needs(Right.ADMINISTER, fresh=True)
    def require(self) -> Response:
        roles = [Role.named(name) for name in request.form.getlist("role")]
        self._factors.require(roles, actor=current().login)
        return redirect(url_for("people.everybody"), 303)
