"""One connection as a rehearsal uses it: it reads for real, and shows what it would send."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import NoReturn

from connector.component import Context
from connector.connections.store import ConnectionRow
from connector.http import HttpRequest
from connector.intacct.client import IntacctClient
from connector.intacct.dialects.rest import RestDialect
from connector.intacct.dialects.xml import XmlDialect
from connector.intacct.model import LiveObject
from connector.intacct.operation import Operation
from connector.intacct.ports import EffectLedger
from connector.intacct.rest_wire import RestWire
from connector.intacct.router import APIS, REST, XML
from connector.intacct.stack import by_api
from connector.intacct.wire import XmlWire
from connector.redaction import scrub
from connector.runtime import live_schema
from connector.runtime import meter as metering
from connector.runtime.doors import INTACCT, doors_of
from connector.runtime.intents import Intent
from connector.runtime.limits import Caller, Priority
from connector.runtime.meter import StepMeter
from connector.runtime.services import Services
from connector.runtime.tokens import NoTokens
from connector.workbench.unsent import NothingIsSent, UnsentEffects


class Books:
    """A connection, opened for reading alone.

    Args:
        services: What the process holds open.
        row: The connection.
    """

    def __init__(self, services: Services, row: ConnectionRow) -> None:
        self._services = services
        self.row = row
        self._meter = StepMeter()

    @cached_property
    def company_id(self) -> str:
        """The company ID; of another kind of connection, its name."""
        return str(self._services.connections.open(self.row).get("companyId", self.row.name))

    @cached_property
    def company(self) -> str:
        """The company ID, with the entity where the connection works in one."""
        entity = self._services.connections.open(self.row).get("entityId", "")
        return f"{self.company_id} / {entity}" if entity else self.company_id

    def context(self, ledger: EffectLedger) -> Context:
        """Return what an action may reach; its writes go to the ledger."""
        caller = Caller(self.row.id, priority=Priority.INTERACTIVE)
        return self._services.open_context(self.row, ledger, self._meter, caller=caller)

    @cached_property
    def reader(self) -> IntacctClient:
        """A client for looking; its writes are taken and never sent."""
        intent = Intent(self.row.id, scope="rehearsal", once="look")
        return self.context(UnsentEffects(self._services.database, intent)).intacct

    def live(self, names: Sequence[str]) -> Mapping[str, LiveObject]:
        """Return what the company says its objects look like, by Intacct's names; kept a day."""
        return live_schema.company_objects(self._services, self.row, names)

    def render(self, operation: Operation) -> str:
        """Return the whole request that would be sent, secrets masked."""
        frozen = operation.frozen
        if frozen is not None and frozen.api not in APIS:  # another service's: shown as it is
            return scrub(f"{frozen.function}\n\n{frozen.payload}")
        return scrub(by_api(self._pages)(operation))

    @cached_property
    def _pages(self) -> Mapping[str, Callable[[Operation], str]]:
        if self.row.kind != INTACCT:
            return {}
        values = self._services.connections.open(self.row)
        doors = doors_of(values, self._services.settings.allowed_origins)
        pages: dict[str, Callable[[Operation], str]] = {}
        if doors.company is not None:
            pages[XML] = XmlWire(doors.company, _nowhere, XmlDialect()).render
        if doors.account is not None:
            pages[REST] = RestWire(doors.account, _nowhere, RestDialect(), NoTokens()).render
        return pages

    def spend(self) -> int:
        """Add the calls so far to the connection's month; return the transactions among them."""
        calls = self._meter.take()
        self._services.database.write(lambda c: metering.keep(c, self.row.id, calls))
        return metering.transactions(calls)


def _nowhere(request: HttpRequest, function: str) -> NoReturn:
    del request
    raise NothingIsSent(function)
