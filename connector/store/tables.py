"""The tables. Times are milliseconds since 1970 (UTC), documents are JSON text (``json_text``).

States, in the words the console shows:

- connection: ``ready``, ``needs-attention``, ``needs-reconnect``
- inbox: ``received``, ``routed``, ``ignored``, ``rejected``
- effect: ``planned``, ``sending``, ``uncertain``, ``succeeded``, ``refused``, ``parked``

The schema of a database is made by ``migrations/`` alone; a test holds both against each other.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

TENANT = "main"  # one tenant today; the column leaves room for a wall

# Names are spelled out so that a later migration can drop what an earlier one made.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite numbers rows by itself only where the column is called INTEGER.
_ROW_NUMBER = BigInteger().with_variant(Integer(), "sqlite")


def _table(name: str, *parts: Any, **options: Any) -> Table:
    tenant = Column("tenant", Text, nullable=False, server_default=TENANT)
    return Table(name, metadata, tenant, *parts, **options)


def _id(name: str, *constraints: ForeignKey) -> Column[Any]:
    return Column(name, Text, *constraints, primary_key=True)


def _text(name: str) -> Column[Any]:
    """Return a column of text that always says something."""
    return Column(name, Text, nullable=False)


def _note(name: str) -> Column[Any]:
    """Return a column of text that is empty until there is something to say."""
    return Column(name, Text, nullable=False, server_default=text("''"))


def _maybe_text(name: str) -> Column[Any]:
    return Column(name, Text)


def _document(name: str) -> Column[Any]:
    return Column(name, Text, nullable=False)


def _maybe_document(name: str) -> Column[Any]:
    return Column(name, Text)


def _count(name: str) -> Column[Any]:
    return Column(name, Integer, nullable=False, server_default="0")


def _time(name: str) -> Column[Any]:
    return Column(name, BigInteger, nullable=False)


def _maybe_time(name: str) -> Column[Any]:
    return Column(name, BigInteger)


connection = _table(
    "connection",
    _id("id"),
    _text("name"),
    _text("kind"),
    _document("settings"),
    _text("secrets"),  # ciphertext: connector.connections.encrypt
    _text("hook_token"),
    _time("created_at"),
    _time("changed_at"),
    Column("state", Text, nullable=False, server_default="ready"),
    _maybe_document("problem"),
    UniqueConstraint("tenant", "name"),
    UniqueConstraint("hook_token"),
)

session = _table(
    "session",
    _id("connection_id", ForeignKey("connection.id", ondelete="CASCADE")),
    _id("scope"),  # the entity signed in to; empty is the top level
    _text("secret"),
    _time("expires_at"),
    Column("version", Integer, nullable=False, server_default="1"),
)

live_schema = _table(
    "live_schema",
    _id("connection_id", ForeignKey("connection.id", ondelete="CASCADE")),
    _id("object"),  # Intacct's name, such as ARINVOICE
    _document("document"),
    _time("read_at"),
)

# The OAuth tokens of a connection; kept by ``connector.connections.grants`` alone.
token = _table(
    "token",
    _id("connection_id", ForeignKey("connection.id", ondelete="CASCADE")),
    _note("sealed"),  # ciphertext of access and refresh token
    _note("facts"),  # whom the access token says it is for
    _maybe_time("renew_at"),
    _maybe_time("expires_at"),  # of the access token
    _maybe_time("ends_at"),  # of the refresh token
    _count("version"),
    _note("claim"),  # who renews at the moment
    _maybe_time("claimed_until"),
    _maybe_time("lost_at"),  # when a renewal was asked for and not answered
    _maybe_document("problem"),
    _maybe_time("warned_at"),
)

# Consents that were asked for and not yet given: ``connector.connections.consents``.
consent = _table(
    "consent",
    _id("state_hash"),
    Column("connection_id", Text, ForeignKey("connection.id", ondelete="CASCADE"), nullable=False),
    _text("sealed"),
    _text("caller"),
    _note("binding"),
    _text("redirect_url"),
    _text("actor"),
    _time("expires_at"),
)

workflow = _table(
    "workflow",
    _id("id"),
    _text("name"),
    Column("published_version", Integer),
    _time("created_at"),
    UniqueConstraint("tenant", "name"),
)

workflow_version = _table(
    "workflow_version",
    _id("workflow_id", ForeignKey("workflow.id")),
    Column("version", Integer, primary_key=True, autoincrement=False),
    _document("document"),
    _text("fingerprint"),
    _time("created_at"),
    _note("author"),
)

inbox = _table(
    "inbox",
    Column("id", _ROW_NUMBER, primary_key=True, autoincrement=True),
    _text("connection_id"),
    _text("trigger_key"),
    _text("dedupe_key"),
    _text("type"),
    _document("data"),
    _note("raw_sha256"),
    _time("received_at"),
    _maybe_time("occurred_at"),
    Column("state", Text, nullable=False, server_default="received"),
    _note("note"),
    _maybe_time("routed_at"),
    UniqueConstraint("tenant", "connection_id", "trigger_key", "dedupe_key"),
    Index(None, "state", "received_at"),
    sqlite_autoincrement=True,
)

run = _table(
    "run",
    _id("id"),
    _text("workflow_id"),
    Column("version", Integer, nullable=False),
    Column("inbox_id", BigInteger),  # no foreign key: a run outlives its event
    _maybe_text("once"),
    _text("state"),
    _count("epoch"),
    _maybe_text("owner"),
    _maybe_time("lease_until"),
    _time("not_before"),
    _count("attempts"),
    _maybe_document("input"),
    _maybe_document("output"),
    _maybe_document("error"),
    _count("api_transactions"),
    _maybe_text("duplicate_of"),
    _time("created_at"),
    _maybe_time("started_at"),
    _maybe_time("finished_at"),
    # A run inside another one: of a loop's item, of a called workflow, after a failure.
    _maybe_text("parent_id"),
    _maybe_text("block"),  # the step of the parent it belongs to
    _maybe_text("item_key"),
    _maybe_text("root_id"),  # the outermost run
    _maybe_text("replay_of"),
    _maybe_text("started_by"),  # a person, where it was one
    _maybe_text("cancelled_by"),  # who asked for its end, also before it has come
    Column("item_number", Integer),
    _count("depth"),
    ForeignKeyConstraint(
        ["workflow_id", "version"], ["workflow_version.workflow_id", "workflow_version.version"]
    ),
    UniqueConstraint("workflow_id", "inbox_id"),
    Index(None, "state", "not_before"),
    Index(None, "workflow_id", "once"),
    Index(None, "parent_id", "block", "item_key", unique=True),
    Index(None, "parent_id", "block", "state", "item_number"),
    Index(None, "root_id"),
    Index(None, "replay_of"),
)

step = _table(
    "step",
    _id("run_id", ForeignKey("run.id", ondelete="CASCADE")),
    _id("path"),
    _text("state"),
    _maybe_document("inputs"),
    _maybe_document("output"),
    _maybe_document("error"),
    _count("attempts"),
    _maybe_time("started_at"),
    _maybe_time("finished_at"),
    _count("retries"),  # those that the step's own rule asked for
)

# What somebody is to approve, frozen; ``runtime.approvals``.
approval = _table(
    "approval",
    _id("id"),
    Column("run_id", Text, ForeignKey("run.id", ondelete="CASCADE"), nullable=False),
    _text("path"),
    _text("state"),
    _text("title"),
    _document("document"),
    _text("fingerprint"),
    _count("needed"),
    _document("excluded"),  # who may not approve
    _time("requested_at"),
    _time("expires_at"),
    _maybe_time("decided_at"),
    Index(None, "run_id", "path"),
    Index(None, "state", "requested_at"),
)

approval_vote = _table(
    "approval_vote",
    _id("approval_id", ForeignKey("approval.id", ondelete="CASCADE")),
    _id("approver"),
    _text("decision"),
    _note("reason"),
    _time("at"),
)

# No foreign keys: an effect is remembered after its connection, run and workflow are gone.
effect = _table(
    "effect",
    _id("op_key"),
    _text("control_id"),
    _text("connection_id"),
    _note("call"),
    _note("object_name"),
    _text("api"),
    _note("function"),
    _text("payload"),
    _text("payload_hash"),
    _maybe_document("natural_key"),
    Column("state", Text, nullable=False, server_default="planned"),
    _count("attempt_class"),
    _count("attempts"),
    _count("epoch"),
    _maybe_time("call_deadline"),
    _count("resends"),
    _count("looks"),
    _maybe_time("look_at"),
    _note("key"),
    _note("external_id"),
    _maybe_document("result"),
    _maybe_document("evidence"),
    _maybe_text("run_id"),
    _maybe_text("step_path"),
    _time("created_at"),
    _time("changed_at"),
    # While a restored ledger does not know whether this went out: ``unsent`` or ``doubtful``.
    _maybe_text("check_kind"),
    _maybe_time("cleared_at"),  # when a look or a person last said that it is not in Intacct
    _maybe_text("base_key"),  # the first generation's key, for a later one
    _count("generation"),  # the newest one on the first's row, else its own
    Index(None, "state", "look_at"),
    Index(None, "run_id"),
)

# Until ``until`` every write is looked up before it is first sent (``runtime.reconcile_first``).
restore = _table(
    "restore",
    Column("id", _ROW_NUMBER, primary_key=True, autoincrement=True),
    _time("backup_at"),
    _time("restored_at"),
    _time("until"),
    _text("actor"),
    Column("audit_seq", BigInteger, nullable=False),  # its own row; what was found comes after
)

usage = _table(
    "usage",
    _id("connection_id"),
    _id("month"),  # YYYY-MM
    _id("kind"),
    _count("calls"),
)

audit = _table(
    "audit",
    # Numbered by ``audit.append``, not by a sequence: a gap must mean that a row is missing.
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    _time("at"),
    _text("actor"),
    _text("action"),
    _text("object"),
    _maybe_document("before"),
    _maybe_document("after"),
    _maybe_text("external_ref"),
    _maybe_text("run_id"),
    _maybe_text("op_key"),
    _maybe_text("ip"),
    _text("prev_hash"),
    _text("hash"),
)

heartbeat = _table("heartbeat", _id("name"), _time("at"))

# People of the console: ``connector.accounts``.
account = _table(
    "account",
    _id("id"),
    _text("login"),
    _text("name"),
    _text("role"),
    _text("password"),  # a salted hash with its costs
    Column("is_active", Integer, nullable=False, server_default="1"),
    _time("created_at"),
    UniqueConstraint("tenant", "login"),
)

web_session = _table(
    "web_session",
    _id("id"),  # a hash of the cookie, so that whoever reads the table cannot use it
    Column("account_id", Text, ForeignKey("account.id", ondelete="CASCADE"), nullable=False),
    _text("browser"),
    _text("address"),
    _time("created_at"),
    _time("seen_at"),
    _time("confirmed_at"),  # when the password was last given
    Index(None, "account_id"),
)

api_key = _table(
    "api_key",
    _id("id"),
    _text("name"),
    _text("role"),
    _text("hash"),
    _text("ending"),  # its last letters, so that people can tell keys apart
    _text("created_by"),
    _time("created_at"),
    UniqueConstraint("hash"),
)

# Whom the log-in lets wait: names, networks and both together, as hashes.
sign_in_attempt = _table(
    "sign_in_attempt",
    _id("id"),
    Column("failures", Integer, nullable=False),
    _time("last_at"),
)

# What asks instead of being told: one row for each workflow that was ever published. A row without
# ``due_at`` belongs to a workflow that is started otherwise.
poll = _table(
    "poll",
    _id("workflow_id"),
    Column("version", Integer, nullable=False),
    _text("fingerprint"),  # of the trigger with its settings; another one starts anew
    _document("state"),
    _time("since"),
    _note("listens_to"),  # the connection whose deliveries make it due at once
    _maybe_time("due_at"),
    _maybe_time("lease_until"),
    _count("epoch"),
    _count("failures"),
    _maybe_time("polled_at"),
    _note("note"),
    _maybe_document("problem"),
    Index(None, "due_at"),
    Index(None, "listens_to"),
)

# The records a poll has seen: what tells a new one from a changed or a deleted one.
poll_record = _table(
    "poll_record",
    _id("workflow_id", ForeignKey("poll.workflow_id", ondelete="CASCADE")),
    _id("key"),
    _note("id"),
    _note("version"),
    _note("state"),
    _count("mark"),
    Index(None, "workflow_id", "mark"),
    Index(None, "workflow_id", "version"),
)
