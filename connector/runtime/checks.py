"""Tests a connection with the smallest real calls, and names the layer that refuses."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from connector.connections import sql_databases
from connector.connections.layers import (
    ADDRESS,
    ENTITY,
    RIGHTS,
    Examination,
    all_well,
    failed_at,
    layer_of,
)
from connector.connections.store import ConnectionRow
from connector.errors import ConnectionProblem, ConnectorError, Refused
from connector.intacct.router import REST, XML
from connector.runtime import meter as metering
from connector.runtime.doors import doors_of
from connector.runtime.effects import Intent, SqlEffects
from connector.runtime.limits import Caller, Priority
from connector.runtime.meter import StepMeter
from connector.runtime.probes import entity_problem
from connector.runtime.services import HUBSPOT, Services

CUSTOMER = "customer"


@dataclass(frozen=True)
class _Trial:
    """One test of one connection."""

    services: Services
    connection: ConnectionRow
    meter: StepMeter

    def reads(self, api: str, object_name: str) -> None:
        """Sign in anew over one API and read one record."""
        intent = Intent(self.connection.id, scope="test", once="test")
        ledger = SqlEffects(self.services.database, intent, self.services.patience, actor="test")
        caller = Caller(self.connection.id, priority=Priority.INTERACTIVE)
        context = self.services.open_context(
            self.connection, ledger, self.meter, caller=caller, trial=api
        )
        if self.connection.kind == HUBSPOT:
            context.hubspot.get_stages()
        else:
            context.intacct.query(object_name, select=["recordNo"], limit=1)


def check_hubspot(services: Services, connection: ConnectionRow) -> str:
    """Ask HubSpot for its stages and return a sentence that says so.

    Raises:
        ConnectorError: HubSpot does not accept the token, or does not answer.
    """
    with _metered(services, connection) as trial:
        trial.reads("", "")
    services.connections.works_again(connection.id)
    return "HubSpot answered; the token may read deals."


def check_database(services: Services, connection: ConnectionRow) -> str:
    """Ask a database of the kind ``sql`` for nothing in particular, and say that it answered.

    Raises:
        ConnectorError: It may not be asked, does not answer, or does not take user and password.
    """
    values = services.connections.open(connection)
    found = sql_databases.opened(connection.name, values, services.settings)
    found.rows("SELECT 1 AS answer", {}, 1)
    return "The database answered; it is only ever read."


def examine(
    services: Services, connection: ConnectionRow, object_name: str = CUSTOMER
) -> tuple[Examination, ...]:
    """Sign in anew over each API that a connection to Intacct has, and read one record.

    A password is tried once at most, since a few wrong ones lock a user. A connection of which
    all APIs work is ready again afterwards, and runs that waited for it go on.

    Args:
        services: Of this process.
        connection: To be tested.
        object_name: What the workflows of the connection read, such as ``customer``.
    """
    values = services.connections.open(connection)
    with _metered(services, connection) as trial:
        try:
            doors = doors_of(values, services.settings.allowed_origins)
        except ConnectionProblem as error:
            api = XML if error.field == "endpoint" else REST
            return (failed_at(api, ADDRESS, error, 0),)
        apis = [(XML, doors.company is not None), (REST, doors.account is not None)]
        found = tuple(_examined(trial, api, object_name) for api, is_there in apis if is_there)
    if all(each.is_well for each in found):
        services.connections.works_again(connection.id)
        services.resume_waiting()
    return found


def _examined(trial: _Trial, api: str, object_name: str) -> Examination:
    began = time.monotonic()

    def spent() -> int:
        return round((time.monotonic() - began) * 1000)

    try:
        problem = entity_problem(trial.services, trial.connection, api, trial.meter)
        if problem is not None:
            return failed_at(api, ENTITY, problem, spent())
        trial.reads(api, object_name)
    except Refused as error:
        return failed_at(api, RIGHTS, error, spent())
    except ConnectorError as error:
        return failed_at(api, layer_of(api, error), error, spent())
    return all_well(api, spent())


@contextmanager
def _metered(services: Services, connection: ConnectionRow) -> Iterator[_Trial]:
    """Count the calls of a test as those of the connection."""
    meter = StepMeter()
    try:
        yield _Trial(services, connection, meter)
    finally:
        services.database.write(lambda c: metering.keep(c, connection.id, meter.take()))
