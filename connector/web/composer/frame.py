"""What all pages of one workflow share: which one it is, its draft, its tabs, conflicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import abort, make_response, render_template, request
from werkzeug.wrappers import Response

from connector.errors import InputError, NotFound
from connector.runtime.services import Services
from connector.store.json_text import from_json
from connector.web.composer.overview import UNNAMED
from connector.workbench import drafts, states
from connector.workbench.drafts import Draft, EditConflict
from connector.workbench.states import Line

COMPOSE, TEST, PUBLISH, HISTORY, FILE = "compose", "test", "publish", "history", "file"
_TABS = (
    (COMPOSE, "Compose", ""),
    (TEST, "Test", "/test"),
    (PUBLISH, "Publish", "/publish"),
    (HISTORY, "History", "/history"),
    (FILE, "File", "/file"),
)
_LONGEST_REVISION = 18
CONFLICT = 409


@dataclass(frozen=True)
class Workspace:
    """One workflow as its pages see it.

    Args:
        id: Its id.
        line: Its row in the list; None for a draft that was never published.
        draft: What somebody is changing; None where nobody is.
        document: The draft's document, else that of the newest version.
    """

    id: str
    line: Line | None
    draft: Draft | None
    document: Any

    @property
    def name(self) -> str:
        """What people call it."""
        found = self.document.get("name") if isinstance(self.document, dict) else ""
        fallback = self.line.name if self.line else UNNAMED
        return found if isinstance(found, str) and found.strip() else fallback

    @property
    def revision(self) -> int:
        """The draft's revision, which every form that changes it sends back; 0 without one."""
        return self.draft.revision if self.draft else 0

    @property
    def tabs(self) -> list[tuple[str, str, str]]:
        """The key, the name and the address of each page."""
        return [(key, name, f"/workflows/{self.id}{tail}") for key, name, tail in _TABS]


def workspace_of(services: Services, workflow_id: str) -> Workspace:
    """Return the workflow of a page, or end the request with 404."""
    draft = drafts.draft_of(services.database, workflow_id)
    line, newest = _published(services, workflow_id)
    if draft is None and line is None:
        abort(404)
    return Workspace(workflow_id, line, draft, draft.document if draft else newest)


def _published(services: Services, workflow_id: str) -> tuple[Line | None, Any]:
    def read(connection: Any) -> tuple[Line | None, Any]:
        try:
            line = states.line(connection, workflow_id)
        except NotFound:
            return None, None
        if line.id != workflow_id:  # another workflow that has this as its name
            return None, None
        return line, from_json(states.newest_version(connection, workflow_id).document)

    return services.database.read(read)


def posted_revision() -> int:
    """Return the revision that a posted form was shown with.

    Raises:
        InputError: It holds none.
    """
    text = request.form.get("revision", "")
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_REVISION):
        raise InputError("This form does not say which draft it changes.", advice="Load it anew.")
    return int(text)


def conflict_page(
    workspace: Workspace, error: EditConflict, *, again: Mapping[str, str] | None = None
) -> Response:
    """Show what somebody else has changed, and offer to go on on top of it.

    Args:
        workspace: The workflow as it is now.
        error: Who was faster, and what they changed.
        again: The fields that are posted to the same address to go on; without them, and where
            the draft is gone, only loading the page anew is offered.
    """
    fields = {**(again or {}), "revision": str(error.revision)} if again else {}
    page = render_template(
        "composer/conflict.html",
        workspace=workspace,
        tab="",
        error=error,
        again={} if not error.revision else fields,
    )
    return make_response(page, CONFLICT)
