"""The audit log: searched, exported, and verified from its first row to its last."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, make_response, render_template, request, stream_with_context
from werkzeug.wrappers import Response as BaseResponse

from connector.accounts import Right
from connector.errors import InputError
from connector.operations import audit_export, audit_log
from connector.operations.audit_log import Page, Verification, Wanted
from connector.runtime.services import Services
from connector.store import audit
from connector.web.access import current, needs

FILTERS = ("actor", "action", "about", "since", "until")
_KINDS = {audit_export.CSV: "text/csv", audit_export.JSON_LINES: "application/x-ndjson"}
_MOST_DIGITS = 15


def blueprint(services: Services) -> Blueprint:
    """Return the pages below ``/administration/audit``."""
    routes = Blueprint("audit", __name__, url_prefix="/administration/audit")
    pages = _Pages(services)
    routes.get("")(pages.show)
    routes.post("/verify")(pages.verify)
    routes.post("/export")(pages.export)
    return routes


class _Pages:
    def __init__(self, services: Services) -> None:
        self._database = services.database

    @needs(Right.ADMINISTER)
    def show(self) -> BaseResponse:
        try:
            wanted = _wanted(request.args)
        except InputError as error:
            return self._page(Page([], None), problem=error)
        before = _number(request.args.get("before", ""))
        return self._page(self._database.read(lambda c: audit_log.page(c, wanted, before)))

    @needs(Right.ADMINISTER)
    def verify(self) -> BaseResponse:
        found = audit_log.verify(self._database, actor=current().login)
        newest = self._database.read(lambda c: audit_log.page(c, Wanted()))
        return self._page(newest, verification=found)

    @needs(Right.ADMINISTER, fresh=True)
    def export(self) -> BaseResponse:
        form = request.form.get("form", "")
        if form not in _KINDS:
            missing = InputError("Choose CSV or JSON lines.", field="form")
            return self._page(Page([], None), problem=missing)
        try:
            wanted = _wanted(request.form)
        except InputError as error:
            return self._page(Page([], None), problem=error)
        asked = {name: value for name in FILTERS if (value := request.form.get(name, "").strip())}
        entry = audit.Entry(current().login, "audit.export", audit_log.TRAIL, after=asked)
        self._database.write(lambda connection: audit.append(connection, entry))
        lines = audit_export.export(self._database, wanted, form)
        answer = Response(stream_with_context(lines), content_type=f"{_KINDS[form]}; charset=utf-8")
        answer.headers["Content-Disposition"] = f'attachment; filename="audit.{form}"'
        return answer

    def _page(
        self,
        found: Page,
        *,
        problem: InputError | None = None,
        verification: Verification | None = None,
    ) -> BaseResponse:
        asked = {name: request.args.get(name, "") for name in FILTERS}
        page = render_template(
            "administration/audit.html",
            found=found,
            asked=asked,
            is_filtered=any(asked.values()),
            is_first="before" not in request.args,
            newest=self._database.read(audit.newest),
            verified=self._database.read(audit_log.last_verified),
            verification=verification,
            problem=problem,
        )
        return make_response(page, 400 if problem else 200)


def _wanted(given: Mapping[str, str]) -> Wanted:
    return Wanted.of(*(given.get(name, "") for name in FILTERS))


def _number(text: str) -> int | None:
    """Return the number in an address; anything else counts as none."""
    is_number = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
    return int(text) or None if is_number else None
