"""The issue inbox: troubles by their cause, what to do about each, and its runs tried again."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from connector.accounts import Right
from connector.errors import InputError, NotFound
from connector.operations import causes, pausing
from connector.operations import issues as inbox
from connector.operations.forecasts import REPLAY, RETRY
from connector.operations.issues import Issue
from connector.runtime import history
from connector.runtime.history import RunLine
from connector.runtime.services import Services
from connector.store.tables import issue, run, workflow
from connector.web.access import current, needs

_STATES = (inbox.OPEN, inbox.MUTED, inbox.RESOLVED)
_MOST = 50


def blueprint(services: Services) -> Blueprint:
    """Return the pages under ``/issues``."""
    routes = Blueprint("issues", __name__)
    database = services.database

    @routes.get("/issues")
    @needs(Right.VIEW)
    def everything() -> str:
        state = request.args.get("state", inbox.OPEN)
        wanted = state if state in _STATES else inbox.OPEN
        found, counts, last = database.read(
            lambda c: (inbox.listed(c, wanted, limit=_MOST), _counts(c), history.newest(c, 1))
        )
        return render_template(
            "operations/issues.html",
            issues=found,
            state=wanted,
            states=[(one, counts.get(one, 0)) for one in _STATES],
            newest=last[0] if last else None,
            most=_MOST,
        )

    @routes.get("/issues/<issue_id>")
    @needs(Right.VIEW)
    def one(issue_id: str) -> str:
        return _page(services, issue_id)

    @routes.post("/issues/<issue_id>/mute")
    @needs(Right.OPERATE)
    def mute(issue_id: str) -> BaseResponse | tuple[str, int]:
        is_muted = request.form.get("muted", "yes") == "yes"
        _known(services, issue_id)
        try:
            inbox.mute(database, issue_id, actor=current().login, is_muted=is_muted)
        except InputError as error:
            return _page(services, issue_id, error), 422
        return redirect(url_for("issues.one", issue_id=issue_id), 303)

    @routes.post("/issues/<issue_id>/close")
    @needs(Right.OPERATE)
    def close(issue_id: str) -> BaseResponse | tuple[str, int]:
        found, why = _known(services, issue_id), request.form.get("reason", "")
        # The same form sent twice: it is closed, and nothing more is to be said.
        if found.state != inbox.RESOLVED:
            try:
                inbox.close(database, issue_id, actor=current().login, why=why)
            except InputError as error:
                return _page(services, issue_id, error), 422
        return redirect(url_for("issues.one", issue_id=issue_id), 303)

    @routes.post("/issues/workflows/<workflow_id>/resume")
    @needs(Right.OPERATE)
    def resume(workflow_id: str) -> BaseResponse:
        name, is_paused = database.read(lambda c: _workflow(c, workflow_id))
        if is_paused:  # else somebody was faster, or the same form came twice
            pausing.resume(services, name, actor=current().login)
        back = request.form.get("issue", "")
        return redirect(url_for("issues.one", issue_id=back) if back else "/", 303)

    return routes


def _page(services: Services, issue_id: str, problem: InputError | None = None) -> str:
    found = _known(services, issue_id)
    lines, (workflow_id, connection_id) = services.database.read(
        lambda c: (_lines(c, found), _about(c, found.id))
    )
    return render_template(
        "operations/issue.html",
        issue=found,
        lines=lines,
        workflow_id=workflow_id if found.kind == causes.PAUSED else "",
        connection_id=connection_id,
        problem=problem,
        reason=request.form.get("reason", ""),
        retry=RETRY,
        replay=REPLAY,
    )


def _known(services: Services, issue_id: str) -> Issue:
    try:
        found = services.database.read(lambda connection: inbox.one(connection, issue_id))
    except (NotFound, InputError):
        abort(404)
    if found.id != issue_id:  # a beginning is for people who type
        abort(404)
    return found


def _lines(connection: sa.Connection, found: Issue) -> list[RunLine]:
    wanted = history.listed().where(run.c.id.in_(found.examples))
    return [history.line(row) for row in connection.execute(wanted.order_by(run.c.created_at))]


def _about(connection: sa.Connection, issue_id: str) -> tuple[str, str]:
    """Return the ids of an issue's workflow and connection."""
    found = sa.select(issue.c.workflow_id, issue.c.connection_id).where(issue.c.id == issue_id)
    row = connection.execute(found).one()
    return row.workflow_id or "", row.connection_id or ""


def _workflow(connection: sa.Connection, workflow_id: str) -> tuple[str, bool]:
    found = sa.select(workflow.c.name, workflow.c.paused_at).where(workflow.c.id == workflow_id)
    row = connection.execute(found).one_or_none()
    if row is None:
        abort(404)
    return row.name, row.paused_at is not None


def _counts(connection: sa.Connection) -> dict[str, int]:
    found = sa.select(issue.c.state, sa.func.count()).group_by(issue.c.state)
    return {state: int(count) for state, count in connection.execute(found)}
