"""The tables. Times are milliseconds since 1970 (UTC), documents are JSON text (``json_text``).

States, in the words the console shows:

- connection: ``ready``, ``needs-attention``, ``needs-reconnect``
- inbox: ``received``, ``routed``, ``ignored``, ``rejected``
- effect: ``planned``, ``sending``, ``uncertain``, ``succeeded``, ``refused``, ``parked``

The schema of a database is made by ``migrations/`` alone; a test holds both against each other.
"""

from __future__ import annotations

from connector.store.tables.columns import TENANT, metadata
from connector.store.tables.connections import connection, consent, live_schema, session, token
from connector.store.tables.effects import effect, restore, usage
from connector.store.tables.people import account, api_key, sign_in_attempt, web_session
from connector.store.tables.polls import poll, poll_record
from connector.store.tables.records import audit, heartbeat
from connector.store.tables.runs import approval, approval_vote, inbox, run, step
from connector.store.tables.workflows import workflow, workflow_version

__all__ = [
    "TENANT",
    "account",
    "api_key",
    "approval",
    "approval_vote",
    "audit",
    "connection",
    "consent",
    "effect",
    "heartbeat",
    "inbox",
    "live_schema",
    "metadata",
    "poll",
    "poll_record",
    "restore",
    "run",
    "session",
    "sign_in_attempt",
    "step",
    "token",
    "usage",
    "web_session",
    "workflow",
    "workflow_version",
]
