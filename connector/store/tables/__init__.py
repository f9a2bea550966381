"""The tables. Times are milliseconds since 1970 (UTC), documents are JSON text (``json_text``).

States, in the words the console shows:

- connection: ``ready``, ``needs-attention``, ``needs-reconnect``
- inbox: ``received``, ``routed``, ``ignored``, ``rejected``
- issue: ``open``, ``muted``, ``resolved``
- effect: ``planned``, ``sending``, ``uncertain``, ``succeeded``, ``refused``, ``parked``

The schema of a database is made by ``migrations/`` alone; a test holds both against each other.
"""

from __future__ import annotations

from connector.store.tables.columns import TENANT, metadata
from connector.store.tables.connections import connection, consent, live_schema, session, token
from connector.store.tables.effects import effect, restore, usage
from connector.store.tables.operations import chore, issue, issue_run, replay_item, replay_plan
from connector.store.tables.outbound import alert, outbound_delivery, outbound_event, subscriber
from connector.store.tables.people import (
    account,
    api_key,
    factor_rule,
    recovery_code,
    second_factor,
    sign_in_attempt,
    web_session,
)
from connector.store.tables.plans import plan, plan_write
from connector.store.tables.polls import poll, poll_record
from connector.store.tables.records import audit, heartbeat
from connector.store.tables.reversals import reversal
from connector.store.tables.runs import approval, approval_vote, inbox, run, step
from connector.store.tables.transfers import budget, bulk_job
from connector.store.tables.workflows import (
    workflow,
    workflow_draft,
    workflow_draft_revision,
    workflow_sample,
    workflow_version,
)

__all__ = [
    "TENANT",
    "account",
    "alert",
    "api_key",
    "approval",
    "approval_vote",
    "audit",
    "budget",
    "bulk_job",
    "chore",
    "connection",
    "consent",
    "effect",
    "factor_rule",
    "heartbeat",
    "inbox",
    "issue",
    "issue_run",
    "live_schema",
    "metadata",
    "outbound_delivery",
    "outbound_event",
    "plan",
    "plan_write",
    "poll",
    "poll_record",
    "recovery_code",
    "replay_item",
    "replay_plan",
    "restore",
    "reversal",
    "run",
    "second_factor",
    "session",
    "sign_in_attempt",
    "step",
    "subscriber",
    "token",
    "usage",
    "web_session",
    "workflow",
    "workflow_draft",
    "workflow_draft_revision",
    "workflow_sample",
    "workflow_version",
]
