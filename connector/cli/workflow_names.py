"""Which workflow a command means: ``NAME``, ``NAME@VERSION`` or ``NAME@draft``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from connector.errors import NotFound
from connector.store.database import Database
from connector.workbench import drafts, history, states
from connector.workbench.states import Line

DRAFT = "draft"


@dataclass(frozen=True)
class Meant:
    """What a person named.

    Args:
        line: The workflow.
        version: Its version; None where none was named.
        is_draft: Its draft was named.
    """

    line: Line
    version: int | None = None
    is_draft: bool = False


def find(database: Database, text: str) -> Meant:
    """Return what a text names; a name may hold an ``@`` itself.

    Raises:
        NotFound: There is no such workflow.
    """
    name, _, ending = text.rpartition("@")
    try:
        return Meant(database.read(lambda c: states.line(c, text)))
    except NotFound:
        is_draft = ending == DRAFT
        if not name or not (is_draft or (ending.isascii() and ending.isdigit())):
            raise
    line = database.read(lambda c: states.line(c, name))
    return Meant(line, None if is_draft else int(ending), is_draft=is_draft)


def document_of(database: Database, meant: Meant) -> Any:
    """Return what the workflow says: that version, its draft, or what is published or newest.

    Raises:
        NotFound: There is no such version or draft.
    """
    if meant.is_draft:
        draft = drafts.draft_of(database, meant.line.id)
        if draft is None:
            raise NotFound(f"'{meant.line.name}' has no draft.")
        return draft.document
    number = meant.version or meant.line.version
    return history.version(database, meant.line.id, number).document
