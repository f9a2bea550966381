"""What one process holds open: settings, database, connections, registry, HTTP, bells."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import redis
from celery import Celery

from connector import registry as installed
from connector.component import Context
from connector.connections.encrypt import SecretBox
from connector.connections.store import ConnectionRow, Connections
from connector.errors import ConnectionProblem, InputError
from connector.http import OutboundClient
from connector.hubspot.client import HubspotClient
from connector.intacct.ports import EffectLedger, Ports, SessionStore
from connector.intacct.ports import Leases as LeasesPort
from connector.intacct.stack import open_company
from connector.intacct.wire import Company
from connector.registry import Registry
from connector.runtime.bells import ADVANCE_RUN, EFFECTS, Bells
from connector.runtime.effects import Patience
from connector.runtime.leases import Leases, OneAtATime
from connector.runtime.limits import Caller, Limits
from connector.runtime.meter import StepMeter
from connector.runtime.redis_client import open_redis
from connector.runtime.sessions import SqlSessions
from connector.settings import Settings
from connector.store.database import Database

INTACCT = "sage-intacct"
HUBSPOT = "hubspot"


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
        ttl_ms = int(self.settings.slot_seconds * 1000)
        return Leases(self.redis, self._ring_run, ttl_ms=ttl_ms)

    def _ring_run(self, run_id: str) -> None:
        self.bells.ring(ADVANCE_RUN, run_id, EFFECTS)

    @property
    def patience(self) -> Patience:
        """When unanswered writes are looked up."""
        return Patience(
            settle_after_ms=int(self.settings.settle_after_seconds * 1000),
            look_up_delays_ms=tuple(int(s * 1000) for s in self.settings.look_up_delays),
        )

    def open_context(
        self,
        connection: ConnectionRow,
        ledger: EffectLedger,
        meter: StepMeter,
        *,
        waiter: str = "",
        sessions: SessionStore | None = None,
        is_dry_run: bool = False,
    ) -> Context:
        """Return what an action may reach over this connection.

        Args:
            connection: Over which the calls go.
            ledger: Where this step's writes are planned and judged.
            meter: Counts this step's calls.
            waiter: The run that is rung when the company has a slot; empty to wait for one.
            sessions: Another place for the session than the connection's own.
            is_dry_run: Render writes instead of sending them.

        Raises:
            InputError: The connection is of a kind no action works on.
        """
        values = self.connections.open(connection)
        if connection.kind == HUBSPOT:
            return Context(
                hubspot_client=HubspotClient(self.http, values["baseUrl"], values["token"])
            )
        if connection.kind != INTACCT:
            raise InputError(f"No action works on a connection of the kind {connection.kind}.")
        company = _company(values)
        ports = Ports(
            ledger=ledger,
            leases=self._slots(company, values, Caller(connection.id, waiter)),
            sessions=sessions
            or SqlSessions(self.database, self.box, connection.id, company.entity_id, self.redis),
            meter=meter,
        )
        client = open_company(
            company,
            self.http.send,
            ports,
            is_dry_run=is_dry_run,
            seconds=self.settings.call_seconds,
        )
        return Context(intacct_client=client)

    def _slots(self, company: Company, values: Mapping[str, Any], caller: Caller) -> LeasesPort:
        if self.leases is None:
            return OneAtATime()
        limits = Limits(int(values["concurrency"]), int(values["callsPerMinute"]))
        return self.leases.of_company(company.company_id, limits, caller)

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


def _company(values: dict[str, str]) -> Company:
    return Company(
        endpoint=values["endpoint"],
        sender_id=values["senderId"],
        sender_password=values["senderPassword"],
        company_id=values["companyId"],
        user_id=values["userId"],
        user_password=values["userPassword"],
        entity_id=values.get("entityId", ""),
    )


def open_services(settings: Settings, app: Celery) -> Services:
    """Open what a process needs; the database has been brought up to date before.

    Raises:
        SetupError: The master key or the database is not as it should be.
    """
    database = Database(settings.database_url)
    return Services(settings, database, SecretBox(settings.master_keys()), Bells(app))
