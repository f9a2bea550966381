"""Importing a workflow file: looked at first, connections bound, then a draft; nothing runs."""

from __future__ import annotations

import dataclasses
import uuid
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from connector.accounts import Right
from connector.errors import ConnectorError, InputError
from connector.runtime.services import Services
from connector.web.access import current, needs
from connector.web.composer import asked
from connector.workbench import drafts, importing, places, portable
from connector.workbench.drafts import Draft, EditConflict
from connector.workbench.importing import Import
from connector.workbench.portable import Portable

TAKE = "take"
_BIND = "bind."
_WRONG = 422


def blueprint(services: Services) -> Blueprint:
    """Return the page ``/workflows/import``."""
    routes = Blueprint("workflow_import", __name__)
    pages = _Pages(services)
    routes.get("/workflows/import")(pages.shown)
    routes.post("/workflows/import")(pages.look_or_take)
    return routes


@dataclass(frozen=True)
class _Look:
    """What is known of a file.

    Args:
        text: The file.
        found: What it holds.
        bound: For each connection it names, the one that is meant here; empty for none yet.
        wanted: What taking it over would do; None where a connection is missing.
        draft: The draft whose place it would take; None where there is none.
    """

    text: str
    found: Portable
    bound: dict[str, str]
    wanted: Import | None
    draft: Draft | None


class _Pages:
    def __init__(self, services: Services) -> None:
        self._services = services

    @needs(Right.BUILD)
    def shown(self) -> Response:
        return self._page(None)

    @needs(Right.BUILD)
    def look_or_take(self) -> Response:
        look = None
        try:
            look = self._look(_posted_text())
            if request.form.get("do") != TAKE:
                return self._page(look)
            return self._take(look)
        except ConnectorError as error:
            return self._page(look, error)

    def _look(self, text: str) -> _Look:
        found = portable.read(text)
        if not isinstance(found.document, dict):
            raise InputError("The file holds no workflow.", advice="Choose another one.")
        found = dataclasses.replace(found, workflow_id=found.workflow_id or _target())
        known = {row.name for row in self._services.connections.list()}
        bound = {}
        for name in _connections(found.document):
            meant = request.form.get(f"{_BIND}{name}", name)
            bound[name] = meant if meant in known else ""
        if not all(bound.values()):
            return _Look(text, found, bound, None, None)
        wanted = importing.prepare(self._services, found, bound)
        draft = drafts.draft_of(self._services.database, wanted.workflow_id)
        return _Look(text, found, bound, wanted, draft)

    def _take(self, look: _Look) -> Response:
        if look.wanted is None:
            raise InputError(
                "Nothing was imported: a connection is missing.",
                advice="Choose one for each name in the file.",
            )
        if look.draft is not None and look.draft.document == look.wanted.document:
            return _to_composer(look.draft)  # taken over already, such as by a double click
        revision = asked.number(request.form.get("revision"))
        try:
            draft = importing.take(
                self._services, look.wanted, actor=current().login, revision=revision
            )
        except EditConflict as error:
            return self._page(look, error)
        return _to_composer(draft)

    def _page(self, look: _Look | None, problem: ConnectorError | None = None) -> Response:
        rows = self._services.connections.list()
        page = render_template(
            "composer/import.html",
            look=look,
            problem=problem,
            connections=[(row.name, row.kind) for row in rows],
            text=look.text if look else request.form.get("text", ""),
        )
        return make_response(page, _WRONG if problem else 200)


def _target() -> str:
    """Return the id that a file without one is taken over under: the same however often it is."""
    try:
        return str(uuid.UUID(request.form.get("target", "")))
    except ValueError:
        return drafts.new_id()


def _posted_text() -> str:
    """Return the text of the posted file, or what was pasted.

    Raises:
        InputError: There is none, or it is no text.
    """
    file = request.files.get("file")
    if file is None or not file.filename:
        text = request.form.get("text", "")
        if not text.strip():
            raise InputError("Choose a file, or paste its text.", field="file")
        return text
    try:
        content: str = file.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("The file is not UTF-8 text.", field="file") from None
    return content


def _connections(document: dict[str, Any]) -> list[str]:
    """Return the names of the connections that a document uses, each once."""
    holders = [document.get("trigger"), *(step.step for step in places.every_step(document))]
    names = [holder.get("connection") for holder in holders if isinstance(holder, dict)]
    return list(dict.fromkeys(name for name in names if isinstance(name, str) and name))


def _to_composer(draft: Draft) -> Response:
    return redirect(url_for("composer.compose", workflow_id=draft.workflow_id))
