"""One company as a transfer reaches it: reads one by one, writes many to a request."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from connector.connections.store import ConnectionRow
from connector.errors import ConnectionProblem, ConnectorError, InputError
from connector.http import HttpRequest
from connector.intacct.bridge import Bridge
from connector.intacct.client import IntacctClient
from connector.intacct.dialects.rest import MAX_BATCH, RestDialect
from connector.intacct.dialects.xml import Control, SessionToken, XmlDialect
from connector.intacct.layers.session import Session
from connector.intacct.operation import Operation, Result
from connector.intacct.ports import Exchange, Ports, Send
from connector.intacct.rest_wire import RestWire
from connector.intacct.router import APIS, REST, XML, Router
from connector.intacct.stack import exchange_of, patience_of
from connector.intacct.wire import MAX_REPLY_BYTES, Company, XmlWire
from connector.runtime.company_leases import OneAtATime
from connector.runtime.doors import INTACCT, doors_of
from connector.runtime.effects import Intent, SqlEffects
from connector.runtime.limits import Caller, Limits, Priority
from connector.runtime.meter import SIGN_INS, StepMeter
from connector.runtime.services import Services
from connector.runtime.sessions import SqlSessions
from connector.transfer.ledger import ACTOR
from connector.transfer.xml_batch import MOST_FUNCTIONS, Function, read_functions, write_functions

Answers = tuple[Result | ConnectorError, ...]
# What can go in one request, by API.
BATCH = {REST: MAX_BATCH, XML: MOST_FUNCTIONS}
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
class Batch:
    """Writes that share a request; all of one API, and for REST of one object and verb.

    Args:
        operations: Frozen and planned, each under its own control id.
        name: The idempotency key of the request as a whole, for REST.
    """

    operations: Sequence[Operation]
    name: str

    @property
    def api(self) -> str:
        """The API it is for."""
        frozen = self.operations[0].frozen
        return frozen.api if frozen else XML


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
    """

    services: Services
    connection: ConnectionRow
    meter: TransferMeter
    client: IntacctClient
    router: Router
    in_flight: int
    seconds: float
    _exchanges: dict[str, Callable[[Batch], Send]] = field(repr=False)
    _ports: Ports = field(repr=False)
    _lanes: threading.BoundedSemaphore = field(repr=False)

    def send(self, batch: Batch, is_ours: Callable[[], Batch]) -> Answers:
        """Send a batch while holding one of the company's slots; return what became of each write.

        Args:
            batch: What shall be sent.
            is_ours: Called with the slot in hand, just before bytes leave; marks the writes and
                returns those that may go.

        Raises:
            Unavailable: No slot, an outage, or nobody there; nothing was executed.
            ConnectorError: The request as a whole was refused, or its answer is unclear.
        """

        def marked(operation: Operation) -> Result:
            going = is_ours()
            if not going.operations:
                return cast("Result", ())
            whole = self._whole(going, operation)
            answer = self._exchanges[batch.api](going)(whole)
            self._count(going)
            return answer

        whole = self._whole(batch, batch.operations[0])
        with self._lanes:
            # The layers carry what comes back without a look at it, be it one result or many.
            return cast("Answers", patience_of(marked, self._ports)(whole))

    @property
    def threads(self) -> int:
        """How many threads keep the lanes busy: while some judge answers, others send."""
        return 2 * self.in_flight

    def _whole(self, batch: Batch, first: Operation) -> Operation:
        return dataclasses.replace(first, seconds=self.seconds, control_id=batch.name)

    def _count(self, batch: Batch) -> None:
        """Every record written is a transaction, however few requests carry them (xml-api 6)."""
        frozen = batch.operations[0].frozen
        for _ in batch.operations[1:]:
            self.meter.count(frozen.function if frozen else "")


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
    ports = _ports(services, connection, values, meter, reading, caller)
    exchanges = _exchanges(services, values, ports)
    router = Router([each for each in APIS if each in exchanges], str(values["preferredApi"]))
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
        exchanges,
        ports,
        threading.BoundedSemaphore(in_flight),
    )


def _ports(
    services: Services,
    connection: ConnectionRow,
    values: dict[str, Any],
    meter: StepMeter,
    ledger: SqlEffects,
    caller: Caller,
) -> Ports:
    sessions = SqlSessions(
        services.database,
        services.box,
        connection.id,
        values.get("entityId", ""),
        services.redis,
    )
    # Services opens clients only; batches need the same ports beneath another face.
    tokens = services._tokens(connection, values, is_test=False)  # noqa: SLF001
    ports = Ports(ledger, OneAtATime(), sessions, meter, tokens=tokens)
    limits = Limits.of(values, connection.settings)
    return services._paced(ports, values["companyId"], limits, caller)  # noqa: SLF001


def _exchanges(
    services: Services, values: dict[str, Any], ports: Ports
) -> dict[str, Callable[[Batch], Send]]:
    """Return how a batch is sent, for each API the connection has credentials for."""
    doors = doors_of(values, services.settings.allowed_origins)
    exchange = exchange_of(services.http.send, ports)
    found: dict[str, Callable[[Batch], Send]] = {}
    rest = None
    if doors.account is not None and ports.tokens is not None:
        rest = RestWire(doors.account, exchange, RestDialect(), ports.tokens)
        found[REST] = _over_rest(rest, ports)
    if doors.company is not None:
        wire = XmlWire(doors.company, exchange, XmlDialect())
        sign_in = wire.sign_in
        if doors.is_bridged:
            if rest is None or ports.tokens is None:
                raise ConnectionProblem("This connection has a sender, but no user.")
            sign_in = Bridge(rest, ports.tokens, wire).sign_in
        found[XML] = _over_xml(doors.company, exchange, sign_in, ports)
    return found


def _over_rest(wire: RestWire, ports: Ports) -> Callable[[Batch], Send]:
    dialect = RestDialect()

    def sender(batch: Batch) -> Send:
        def send(operation: Operation) -> Result:
            frozen = dialect.freeze_many(batch.operations)
            session = Session(wire.send_many, ports.tokens, wire.sign_in)  # type: ignore[arg-type]
            return session(operation.with_frozen(frozen))

        return send

    return sender


def _over_xml(
    company: Company, exchange: Exchange, sign_in: Callable[[], SessionToken], ports: Ports
) -> Callable[[Batch], Send]:
    def sender(batch: Batch) -> Send:
        functions = [Function(o.frozen, o.control_id) for o in batch.operations if o.frozen]

        def post(operation: Operation, token: SessionToken) -> Result:
            control = Control(
                company.sender_id, company.sender_password, operation.control_id, is_unique=True
            )
            body = write_functions(functions, token, control)
            request = HttpRequest(
                "POST",
                token.endpoint,
                {"content-type": "application/xml"},
                body,
                seconds=operation.seconds,
                max_bytes=MAX_REPLY_BYTES,
            )
            reply = exchange(request, functions[0].frozen.function)
            answers = read_functions(reply.status, reply.headers, reply.body, functions)
            return cast("Result", answers)

        return Session(post, ports.sessions, sign_in)

    return sender
