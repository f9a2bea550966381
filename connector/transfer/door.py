"""One company as a transfer reaches it: reads one by one, writes many to a request."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from connector.connections.store import ConnectionRow
from connector.errors import ConnectionProblem, InputError
from connector.intacct.batching import Answers, Batch, BatchSend, sender_for, senders_of
from connector.intacct.bridge import Bridge
from connector.intacct.bulk_wire import BulkWire
from connector.intacct.client import IntacctClient
from connector.intacct.dialects.rest import RestDialect
from connector.intacct.dialects.xml import XmlDialect
from connector.intacct.operation import Operation, Result, Verb
from connector.intacct.ports import Ports
from connector.intacct.rest_wire import RestWire
from connector.intacct.router import APIS, Router
from connector.intacct.stack import exchange_of, patience_of
from connector.intacct.wire import XmlWire
from connector.runtime.doors import INTACCT, doors_of
from connector.runtime.effects import Intent, SqlEffects
from connector.runtime.limits import Caller, Limits, Priority
from connector.runtime.meter import SIGN_INS, StepMeter
from connector.runtime.services import Services
from connector.transfer.ledger import ACTOR

T = TypeVar("T")
_MOST_THREADS = 20  # the tiers Sage publishes end there (rest-api 5)


class TransferMeter(StepMeter):
    """Counts as a step's meter does, and remembers the sum of API transactions."""

    def __init__(self) -> None:
        super().__init__()
        self._sum = 0
        self._guard = threading.Lock()

    @property
    def total(self) -> int:
        """API transactions since the transfer began."""
        return self._sum

    def count(self, function: str) -> None:
        """Count one call."""
        super().count(function)
        if function not in SIGN_INS:
            with self._guard:
                self._sum += 1


@dataclass(frozen=True)
class Door:
    """A connection, opened for a transfer.

    Args:
        services: Of this process.
        connection: Which.
        meter: Counts its calls; a batch counts once for each record, as Sage does.
        client: For reads, and for rows that need more than one call.
        router: Chooses the API of each row.
        in_flight: How many requests may be under way.
        seconds: The deadline of one call.
        bulk: The company's job services; None without an OAuth application.
    """

    services: Services
    connection: ConnectionRow
    meter: TransferMeter
    client: IntacctClient
    router: Router
    in_flight: int
    seconds: float
    bulk: BulkWire | None
    _senders: Mapping[str, BatchSend] = field(repr=False)
    _ports: Ports = field(repr=False)
    _lanes: threading.BoundedSemaphore = field(repr=False)

    def send(self, batch: Batch, count: int, is_ours: Callable[[], Batch]) -> Answers:
        """Send a batch while holding one of the company's slots; return what became of each write.

        Args:
            batch: The first of what shall be sent.
            count: How many writes that is.
            is_ours: Called with the slot in hand, just before bytes leave; marks the writes and
                returns those that may go.

        Raises:
            Unavailable: No slot, an outage, or nobody there; nothing was executed.
            ConnectorError: The request as a whole was refused, or its answer is unclear.
        """
        return self.through(batch, count, is_ours, self.sent)

    def sent(self, going: Batch, whole: Operation) -> Answers:
        """Send a batch whose slot is held and whose writes are marked."""
        return sender_for(self._senders, going)(going, whole)

    def through(
        self, batch: Batch, count: int, is_ours: Callable[[], Batch], sender: BatchSend
    ) -> Answers:
        """Do as ``send`` does, by another sender."""

        def marked(whole: Operation) -> Result:
            going = is_ours()
            answers = sender(going, whole) if going.operations else ()
            # The layers carry what comes back without a look at it, be it one result or many.
            return cast("Result", answers)

        if self._ports.budget is not None:
            self._ports.budget.ask(count)
        whole = dataclasses.replace(batch.operations[0], seconds=self.seconds)
        with self._lanes:
            return cast("Answers", patience_of(marked, self._ports)(whole))

    def reading(self, work: Callable[[], T]) -> T:
        """Return what a read brings that is made while holding one of the company's slots.

        It belongs to what is paid for already, so no budget is asked.
        """
        ports = dataclasses.replace(self._ports, budget=None)
        sent = patience_of(lambda _read: cast("Result", work()), ports)
        with self._lanes:
            return cast("T", sent(Operation(Verb.RAW, seconds=self.seconds)))

    @property
    def threads(self) -> int:
        """How many threads keep the lanes busy: while some judge answers, others send."""
        return 2 * self.in_flight


def open_door(services: Services, connection: ConnectionRow, api: str = "") -> Door:
    """Return the company of a connection, opened for a transfer at the lowest priority.

    Args:
        services: Of this process.
        connection: Which.
        api: The one API to use, ``xml`` or ``rest``; empty to leave it to the connection.

    Raises:
        InputError: The connection leads to no company.
        ConnectionProblem: It has credentials for neither API.
    """
    if connection.kind != INTACCT:
        raise InputError(f"{connection.name} is no connection to Sage Intacct.", field="connection")
    values = services.connections.open(connection)
    meter = TransferMeter()
    limits = Limits.of(values, connection.settings)
    caller = Caller(connection.id, priority=Priority.BACKFILL)
    reading = SqlEffects(
        services.database,
        Intent(connection.id, scope="transfer", once="reads"),
        services.patience,
        actor=ACTOR,
    )
    client = services.open_context(connection, reading, meter, caller=caller).intacct
    ports = services.open_ports(connection, values, reading, meter, caller)
    senders, bulk = _senders(services, values, ports)
    router = Router([each for each in APIS if each in senders], str(values["preferredApi"]))
    is_shared = services.redis is not None
    # Without a server to agree at, nobody holds us back but ourselves.
    in_flight = min(limits.ceiling if is_shared else limits.in_flight, _MOST_THREADS)
    return Door(
        services,
        connection,
        meter,
        client.asking_for(api) if api else client,
        router.asking_for(api) if api else router,
        in_flight,
        services.settings.call_seconds,
        bulk,
        senders,
        ports,
        threading.BoundedSemaphore(in_flight),
    )


def _senders(
    services: Services, values: Mapping[str, Any], ports: Ports
) -> tuple[Mapping[str, BatchSend], BulkWire | None]:
    """Return how a batch is sent, for each API the connection has credentials for, and jobs."""
    doors = doors_of(values, services.settings.allowed_origins)
    exchange = exchange_of(services.http.send, ports)
    rest = sign_in = bulk = None
    if doors.account is not None and ports.tokens is not None:
        rest = RestWire(doors.account, exchange, RestDialect(), ports.tokens)
        bulk = BulkWire(doors.account, exchange, ports.tokens, rest.sign_in)
    if doors.company is not None:
        wire = XmlWire(doors.company, exchange, XmlDialect())
        sign_in = wire.sign_in
        if doors.is_bridged:
            if rest is None or ports.tokens is None:
                raise ConnectionProblem("This connection has a sender, but no user.")
            sign_in = Bridge(rest, ports.tokens, wire).sign_in
    return senders_of(rest, doors.company, exchange, sign_in, ports), bulk
