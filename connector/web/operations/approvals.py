"""Approvals: exactly what is asked for, and somebody else's yes or no."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from connector.accounts import Right
from connector.errors import InputError, NotFound
from connector.runtime import approvals as kept
from connector.runtime.approvals import ApprovalView
from connector.runtime.services import Services
from connector.web.access import current, needs

_STATES = (kept.PENDING, kept.APPROVED, kept.REFUSED, kept.EXPIRED, kept.VOID)
_MOST = 100
_DECISIONS = {"approve": True, "refuse": False}


def blueprint(services: Services) -> Blueprint:
    """Return the pages under ``/approvals``."""
    routes = Blueprint("approvals", __name__)
    database = services.database

    @routes.get("/approvals")
    @needs(Right.VIEW)
    def everything() -> str:
        state = request.args.get("state", kept.PENDING)
        wanted = state if state in _STATES else kept.PENDING
        is_past = wanted != kept.PENDING
        found = database.read(lambda c: kept.listed(c, wanted, _MOST, newest_first=is_past))
        return render_template(
            "operations/approvals.html",
            approvals=found,
            state=wanted,
            states=_STATES,
            login=_name(current().login),
            most=_MOST,
        )

    @routes.get("/approvals/<approval_id>")
    @needs(Right.VIEW)
    def one(approval_id: str) -> str:
        return _page(_known(services, approval_id))

    @routes.post("/approvals/<approval_id>")
    @needs(Right.APPROVE)
    def decide(approval_id: str) -> BaseResponse | tuple[str, int]:
        found, form = _known(services, approval_id), request.form
        is_approved = _DECISIONS.get(form.get("decision", ""))
        try:
            _check(is_approved, form)
            kept.decide(
                services,
                approval_id,
                approver=current().login,
                is_approved=bool(is_approved),
                reason=form.get("reason", "").strip(),
                fingerprint=form["seen"],
            )
        except InputError as error:
            # The same form sent twice says what was said already.
            if not _has_said(_known(services, approval_id), is_approved=is_approved):
                return _page(found, error), 422
        return redirect(url_for("approvals.one", approval_id=approval_id), 303)

    return routes


def _check(is_approved: bool | None, form: Mapping[str, str]) -> None:  # noqa: FBT001 - three answers
    if is_approved is None or not form.get("seen"):
        raise InputError("Say whether you approve it or refuse it.", field="decision")
    if not is_approved and not form.get("reason", "").strip():
        raise InputError("Say why you refuse it: its author will ask.", field="reason")


def _page(found: ApprovalView, problem: InputError | None = None) -> str:
    login = _name(current().login)
    return render_template(
        "operations/approval.html",
        approval=found,
        is_open=found.state == kept.PENDING,
        is_own=login in map(_name, found.excluded),
        has_decided=login in {_name(vote["approver"]) for vote in found.votes},
        problem=problem,
        reason=request.form.get("reason", ""),
    )


def _known(services: Services, approval_id: str) -> ApprovalView:
    try:
        return services.database.read(lambda connection: kept.one(connection, approval_id))
    except NotFound:
        abort(404)


def _has_said(found: ApprovalView, *, is_approved: bool | None) -> bool:
    decision = kept.APPROVED if is_approved else kept.REFUSED
    mine = _name(current().login)
    return is_approved is not None and any(
        _name(vote["approver"]) == mine and vote["decision"] == decision for vote in found.votes
    )


def _name(login: str) -> str:
    return login.strip().casefold()
