"""What operators do about a run: try again, repeat, cancel, decide about a write."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, abort, redirect, request, url_for
from werkzeug.wrappers import Response

from connector.accounts import Right
from connector.errors import ConnectorError, InputError, NotFound
from connector.operations import repairs
from connector.operations.repairs import MovedOn
from connector.operations.writes import Write
from connector.runtime import control, runs
from connector.runtime.services import Services
from connector.web.access import current, needs
from connector.web.operations.run_page import RunPages

THERE, SEND_AGAIN = "there", "send-again"
_MOST_DIGITS = 18


def blueprint(services: Services) -> Blueprint:
    """Return the forms below ``/runs/<run_id>`` that change something."""
    routes = Blueprint("repairs", __name__)
    forms = _Forms(services)
    routes.post("/runs/<run_id>/retry")(forms.retry)
    routes.post("/runs/<run_id>/replay")(forms.replay)
    routes.post("/runs/<run_id>/cancel")(forms.cancel)
    routes.post("/runs/<run_id>/decide")(forms.decide)
    routes.post("/runs/<run_id>/another")(forms.another)
    return routes


class _Forms:
    def __init__(self, services: Services) -> None:
        self._services = services
        self._pages = RunPages(services)

    @needs(Right.OPERATE)
    def retry(self, run_id: str) -> Response:
        mark = request.form.get("seen", "")

        def work() -> str:
            repairs.retry(self._services, run_id, actor=current().login, mark=mark)
            return run_id

        return self._done(run_id, "retried", work)

    @needs(Right.OPERATE)
    def replay(self, run_id: str) -> Response:
        mark = request.form.get("seen", "")
        return self._done(
            run_id,
            "replayed",
            lambda: repairs.replay(self._services, run_id, actor=current().login, mark=mark),
        )

    @needs(Right.OPERATE)
    def cancel(self, run_id: str) -> Response:
        try:
            state = control.cancel(self._services, run_id, actor=current().login)
        except NotFound:
            abort(404)
        except InputError:
            return _to(run_id, "late")  # it had ended by itself
        return _to(run_id, "cancelled" if state == runs.CANCELLED else "cancelling")

    @needs(Right.OPERATE)
    def decide(self, run_id: str) -> Response:
        write = self._write(run_id)
        if write is None:
            return _to(run_id, "late")
        decision = request.form.get("decision", "")
        try:
            self._check_confirmed(run_id, write)
            self._decided(write, decision)
        except MovedOn:
            return _to(run_id, "late")
        except InputError as error:
            return self._pages.page(run_id, error, at=write.id)
        return _to(run_id, "there" if decision == THERE else "sent-again")

    def _decided(self, write: Write, decision: str) -> None:
        given = request.form.get("epoch", "")
        is_number = given.isascii() and given.isdigit() and len(given) <= _MOST_DIGITS
        epoch = int(given) if is_number else -1
        actor = current().login
        if decision == THERE:
            key = request.form.get("key", "")
            repairs.it_is_there(self._services, write.id, key, actor=actor, epoch=epoch)
        elif decision == SEND_AGAIN:
            repairs.send_again(self._services, write.id, actor=actor, epoch=epoch)
        else:
            raise InputError("Say what you found: it is there, or it is not.", field="decision")

    @needs(Right.OPERATE)
    def another(self, run_id: str) -> Response:
        path, mark = request.form.get("step", ""), request.form.get("seen", "")
        found = self._pages.found(run_id)
        writes = [one for line in found.steps if line.path == path for one in line.writes]
        if not writes:
            abort(404)
        try:
            self._check_confirmed(run_id, writes[0])
        except InputError as error:
            return self._pages.page(run_id, error, at=f"another {path}")

        def work() -> str:
            actor = current().login
            repairs.another(self._services, run_id, path, actor=actor, mark=mark)
            return run_id

        return self._done(run_id, "another", work)

    def _done(self, run_id: str, said: str, work: Callable[[], str]) -> Response:
        """Do it, and show the run it is about; what comes too late is said there."""
        try:
            shown = work()
        except NotFound:
            abort(404)
        except MovedOn:
            return _to(run_id, "late")
        except ConnectorError as error:
            return self._pages.page(run_id, error)
        return _to(shown, said)

    def _write(self, run_id: str) -> Write | None:
        """Return the parked write that a form is about; none where it is decided already."""
        wanted = request.form.get("write", "")
        writes = self._pages.found(run_id).writes
        parked = (one for one in writes if one.id == wanted and one.state == runs.PARKED)
        return next(parked, None)

    def _check_confirmed(self, run_id: str, write: Write) -> None:
        place = self._pages.places(self._pages.found(run_id))[write.connection_id]
        if request.form.get("confirm") != place.name:
            raise InputError(
                f"Nothing was done: tick that you mean {place.name}.",
                advice="Look there first; then tick the box.",
                field="confirm",
            )


def _to(run_id: str, said: str) -> Response:
    return redirect(url_for("run.one", run_id=run_id, said=said), 303)
