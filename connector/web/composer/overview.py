"""The rows of the list of workflows, in a few queries for all: state, last run, issues, drafts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from connector.operations.issues import OPEN
from connector.store.json_text import from_json
from connector.store.tables import issue, run, workflow, workflow_draft
from connector.workbench import states

PAUSED, DRAFT = "paused", "draft"
UNNAMED = "Workflow without a name"
_LONGEST_SEARCH = 100


@dataclass(frozen=True)
class LastRun:
    """The newest run of a workflow."""

    id: str
    state: str
    created_at: int


@dataclass(frozen=True)
class Row:
    """One workflow of the list.

    Args:
        id: Its id.
        name: What people call it.
        state: ``published``, ``paused``, ``disabled``, ``unpublished`` or ``draft``.
        version: The version that works or would work; None for none.
        why_paused: Why its runs wait; empty where they do not.
        last_run: Its newest run; None where it never ran.
        issues: How many causes of trouble are open.
        draft_by: Who changed its draft last; empty where there is none.
        draft_at: When; None where there is none.
    """

    id: str
    name: str
    state: str
    version: int | None
    why_paused: str
    last_run: LastRun | None
    issues: int
    draft_by: str
    draft_at: int | None


def rows(connection: sa.Connection, text: str = "") -> list[Row]:
    """Return the workflows whose name holds every word, by name; new drafts are among them."""
    lines = states.lines(connection)
    drafts = _drafts(connection)
    paused = _paused(connection)
    runs = _last_runs(connection)
    issues = _open_issues(connection)
    found = []
    for line in lines:
        draft = drafts.pop(line.id, None)
        is_paused = line.id in paused and line.state == states.PUBLISHED
        found.append(
            Row(
                id=line.id,
                name=line.name,
                state=PAUSED if is_paused else line.state,
                version=line.version,
                why_paused=paused.get(line.id, ""),
                last_run=runs.get(line.id),
                issues=issues.get(line.id, 0),
                draft_by=draft.changed_by if draft else "",
                draft_at=draft.changed_at if draft else None,
            )
        )
    found += [_new(draft) for draft in drafts.values()]
    words = text.strip()[:_LONGEST_SEARCH].casefold().split()
    fitting = [row for row in found if all(word in row.name.casefold() for word in words)]
    return sorted(fitting, key=lambda row: row.name.casefold())


def _new(draft: sa.Row[Any]) -> Row:
    document = from_json(draft.document)
    name = document.get("name") if isinstance(document, dict) else ""
    return Row(
        id=draft.workflow_id,
        name=name.strip() if isinstance(name, str) and name.strip() else UNNAMED,
        state=DRAFT,
        version=None,
        why_paused="",
        last_run=None,
        issues=0,
        draft_by=draft.changed_by,
        draft_at=draft.changed_at,
    )


def _drafts(connection: sa.Connection) -> dict[str, sa.Row[Any]]:
    # Only a draft without a version is known by its document; those of others stay unread.
    is_new = workflow_draft.c.base_version == 0
    columns = (
        workflow_draft.c.workflow_id,
        workflow_draft.c.changed_by,
        workflow_draft.c.changed_at,
        sa.case((is_new, workflow_draft.c.document), else_="{}").label("document"),
    )
    found: list[Any] = list(connection.execute(sa.select(*columns)))
    return {row.workflow_id: row for row in found}


def _paused(connection: sa.Connection) -> dict[str, str]:
    columns = (workflow.c.id, workflow.c.pause_reason)
    found = sa.select(*columns).where(workflow.c.paused_at.is_not(None))
    return {row.id: row.pause_reason or "" for row in connection.execute(found)}


def _last_runs(connection: sa.Connection) -> dict[str, LastRun]:
    newest = (
        sa.select(run.c.id)
        .where(run.c.workflow_id == workflow.c.id, run.c.parent_id.is_(None))
        .order_by(run.c.created_at.desc(), run.c.id.desc())
        .limit(1)
        .correlate(workflow)
        .scalar_subquery()
    )
    chosen = sa.select(newest).where(workflow.c.deleted_at.is_(None))
    found = sa.select(run.c.id, run.c.workflow_id, run.c.state, run.c.created_at)
    rows_of = connection.execute(found.where(run.c.id.in_(chosen)))
    return {row.workflow_id: LastRun(row.id, row.state, row.created_at) for row in rows_of}


def _open_issues(connection: sa.Connection) -> dict[str, int]:
    found = (
        sa.select(issue.c.workflow_id, sa.func.count().label("causes"))
        .where(issue.c.state == OPEN, issue.c.workflow_id.is_not(None))
        .group_by(issue.c.workflow_id)
    )
    return {row.workflow_id: row.causes for row in connection.execute(found)}
