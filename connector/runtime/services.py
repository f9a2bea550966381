"""What one process holds open: settings, database, connections, registry, HTTP, bells."""

from __future__ import annotations

import dataclasses
import logging
import os
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import redis
from celery import Celery

from connector import registry as installed
from connector.component import Context
from connector.connections import sql_databases
from connector.connections.encrypt import SecretBox
from connector.connections.grants import Grants
from connector.connections.oauth import wanted_by
from connector.connections.store import ConnectionRow, Connections
from connector.errors import ConnectionProblem, InputError
from connector.http import OutboundClient
from connector.hubspot.client import HubspotClient
from connector.intacct.ports import EffectLedger, Ports
from connector.intacct.router import REST, XML
from connector.intacct.stack import open_company
from connector.registry import Registry
from connector.runtime import portal_writes
from connector.runtime.bells import ADVANCE_RUN, EFFECTS, Bells
from connector.runtime.budgets import Budgets
from connector.runtime.circuit import Circuits, CompanyCircuit
from connector.runtime.clock_skew import ClockGuard, WallClock
from connector.runtime.company_leases import CompanyLeases, OneAtATime
from connector.runtime.doors import INTACCT, doors_of
from connector.runtime.effects import Patience
from connector.runtime.leases import Leases
from connector.runtime.limits import Caller, Limits
from connector.runtime.meter import StepMeter
from connector.runtime.redis_client import open_redis
from connector.runtime.retry_budget import CompanyRetries
from connector.runtime.sessions import FreshSession, SqlSessions
from connector.runtime.tokens import SqlTokens, waiting_runs
from connector.runtime.waking import make_due
from connector.settings import Settings
from connector.store.database import Database
from connector.store.problems import StoreUnavailable

LOG = logging.getLogger(__name__)

# Those woken at once after an outage; a sweep brings the rest, which is due in the same order.
MOST_RUNG = 500

HUBSPOT = "hubspot"
EVENTS = "intacct-events"
WEBHOOK = "webhook"
__all__ = ["HUBSPOT", "INTACCT", "Services", "open_services"]


@dataclass(frozen=True)
class Services:
    """Opened once per process, shared by its threads."""

    settings: Settings
    database: Database
    box: SecretBox
    bells: Bells

    @cached_property
    def connections(self) -> Connections:
        """The connections of this installation."""
        return Connections(self.database, self.box)

    @cached_property
    def registry(self) -> Registry:
        """The actions, data sources and triggers that are installed."""
        return installed.load()

    @cached_property
    def http(self) -> OutboundClient:
        """The one client everything outbound goes through."""
        return OutboundClient(self.settings.allowed_origins)

    @cached_property
    def owner(self) -> str:
        """Who this process is, in leases."""
        return f"{socket.gethostname()}:{os.getpid()}"

    @cached_property
    def redis(self) -> redis.Redis | None:
        """The server all workers share; None for a command that runs beside none."""
        url = self.settings.redis_url
        return open_redis(url) if url else None

    @cached_property
    def leases(self) -> Leases | None:
        """The companies' slots; None where no other worker could take one."""
        if self.redis is None:
            return None
        return Leases(
            self.redis,
            self._ring_run,
            ttl_ms=int(self.settings.slot_seconds * 1000),
            raise_ms=int(self.settings.limit_raise_seconds * 1000),
        )

    @cached_property
    def circuits(self) -> Circuits | None:
        """What workers know about outages; None where no other worker could tell."""
        if self.redis is None:
            return None
        probe_ms = int(self.settings.probe_seconds * 1000)
        return Circuits(self.redis, self.wake, probe_ms=probe_ms)

    @cached_property
    def budgets(self) -> Budgets:
        """Which connections may use only so much of Intacct's API in a month."""
        return Budgets(self.database)

    @cached_property
    def wall_clock(self) -> WallClock:
        """This process's own clock."""
        return WallClock(self.settings.clock_offset_seconds)

    @cached_property
    def clock_guard(self) -> ClockGuard:
        """Whether that clock is right enough to work."""
        return ClockGuard(self.owner, self.wall_clock, self.database, self.redis)

    def wake(self, run_ids: Sequence[str]) -> None:
        """Make waiting runs due, in this order, and ring for the first ones.

        Never raises: a run that is not woken comes back by its own timer.
        """
        try:
            make_due(self.database, run_ids)
        except StoreUnavailable as error:
            LOG.warning("%d runs wait for their timers: %s", len(run_ids), error.title)
            return
        for run_id in run_ids[:MOST_RUNG]:
            self._ring_run(run_id)

    def _ring_run(self, run_id: str) -> None:
        self.bells.ring(ADVANCE_RUN, run_id, EFFECTS)

    @property
    def patience(self) -> Patience:
        """When unanswered writes are looked up."""
        return Patience(
            settle_after_ms=int(self.settings.settle_after_seconds * 1000),
            look_up_delays_ms=tuple(int(s * 1000) for s in self.settings.look_up_delays),
            hold_ms=int(self.settings.call_seconds * 500),
        )

    def open_context(
        self,
        connection: ConnectionRow,
        ledger: EffectLedger,
        meter: StepMeter,
        *,
        caller: Caller | None = None,
        trial: str = "",
        is_dry_run: bool = False,
    ) -> Context:
        """Return what an action may reach over this connection.

        Args:
            connection: Over which the calls go.
            ledger: Where this step's writes are planned and judged.
            meter: Counts this step's calls.
            caller: Who asks for the company's slots; None for work that waits for one itself.
            trial: The one API to sign in to anew, ``xml`` or ``rest``, whatever is kept and
                whatever was refused before; empty for everyday work.
            is_dry_run: Render writes instead of sending them.

        Raises:
            InputError: The connection is of a kind no action works on.
        """
        values = self.connections.open(connection)
        if connection.kind == EVENTS:
            # A delivery says that a record changed; it is read over the company's own connection.
            connection = self.connection_named(values["company"])
            values = self.connections.open(connection)
        if connection.kind == WEBHOOK:
            return Context()  # there is nobody to ask
        if connection.kind == sql_databases.KIND:
            return Context(row_reader=sql_databases.opened(connection.name, values, self.settings))
        if connection.kind == HUBSPOT:
            writing = portal_writes.shown if is_dry_run else portal_writes.through(ledger)
            portal = HubspotClient(self.http, values["baseUrl"], values["token"], writing=writing)
            return Context(hubspot_client=portal)
        if connection.kind != INTACCT:
            raise InputError(f"No action works on a connection of the kind {connection.kind}.")
        doors = doors_of(values, self.settings.allowed_origins)
        ports = self.open_ports(
            connection, values, ledger, meter, caller or Caller(connection.id), is_trial=bool(trial)
        )
        client = open_company(
            None if trial == REST else doors.company,
            self.http.send,
            ports,
            account=None if trial == XML and not doors.is_bridged else doors.account,
            prefers=trial or doors.prefers,
            is_dry_run=is_dry_run,
            seconds=self.settings.call_seconds,
        )
        return Context(intacct_client=client)

    def open_ports(
        self,
        connection: ConnectionRow,
        values: Mapping[str, Any],
        ledger: EffectLedger,
        meter: StepMeter,
        caller: Caller,
        *,
        is_trial: bool = False,
    ) -> Ports:
        """Return what a stack of layers over this company is built on; see ``open_context``.

        Args:
            values: What the connection holds, opened.
            is_trial: Sign in anew, whatever is kept.
        """
        scope = values.get("entityId", "")
        kept = SqlSessions(self.database, self.box, connection.id, scope, self.redis)
        ports = Ports(
            ledger=ledger,
            leases=OneAtATime(),
            sessions=kept if not is_trial else FreshSession(),
            meter=meter,
            tokens=self._tokens(connection, dict(values), is_test=is_trial),
            budget=self.budgets.allowance(connection, meter),
        )
        limits = Limits.of(values, connection.settings)
        return self._paced(ports, values["companyId"], limits, caller)

    @cached_property
    def grants(self) -> Grants:
        """The OAuth tokens of all connections."""
        return Grants(self.database, self.box)

    def resume_waiting(self) -> None:
        """Wake the runs that wait for somebody to connect again; others find nothing changed."""
        self.wake(waiting_runs(self.database))

    def _tokens(
        self, connection: ConnectionRow, values: dict[str, Any], *, is_test: bool
    ) -> SqlTokens:
        return SqlTokens(
            self.grants,
            self.connections,
            connection.id,
            wanted_by(values),
            is_test=is_test,
            healed=self.resume_waiting,
        )

    def _paced(self, ports: Ports, company_id: str, limits: Limits, caller: Caller) -> Ports:
        """Return the ports with what all workers of a company share, where there are others."""
        if self.redis is None or self.leases is None or self.circuits is None:
            return ports
        slots = CompanyLeases(self.leases, company_id, limits, caller)
        return dataclasses.replace(
            ports,
            leases=slots,
            limits=slots,
            circuit=CompanyCircuit(self.circuits, company_id, caller),
            retries=CompanyRetries(self.redis, company_id),
        )

    def connection_named(self, name: str) -> ConnectionRow:
        """Return the connection a workflow or a command names.

        Raises:
            ConnectionProblem: There is none of that name.
        """
        row = self.connections.by_name(name)
        if row is None:
            raise ConnectionProblem(
                f"There is no connection named {name}.",
                advice="Add it, or choose another one for the step.",
                field="connection",
            )
        return row


def open_services(settings: Settings, app: Celery) -> Services:
    """Open what a process needs; the database has been brought up to date before.

    Raises:
        SetupError: The master key or the database is not as it should be.
    """
    database = Database(settings.database_url)
    return Services(settings, database, SecretBox(settings.master_keys()), Bells(app))
