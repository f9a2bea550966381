"""What a new installation gets: keys, tables, the sandbox as its first company, one workflow."""

from __future__ import annotations

import socket

from connector.connections.encrypt import SecretBox
from connector.connections.store import ConnectionRow, Connections
from connector.errors import SetupError
from connector.runtime import workflows
from connector.sandbox import config as sandbox
from connector.sandbox.hubspot.settings import HubspotSettings
from connector.settings import Settings, ensure_master_key
from connector.store.database import Database
from connector.workbench import templates
from connector.workflow import model, yaml_loader

ACTOR = "system/first-start"
BOOKS = "books"
HUBSPOT = "hubspot"
TEMPLATE = "hubspot_deal_to_invoice"


def check_port(address: tuple[str, int], what: str, variable: str) -> None:
    """Refuse to start where the port is taken.

    Raises:
        SetupError: Another program listens there.
    """
    host, port = address
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SetupError(
                f"Port {port} on {host} is in use, so the {what} cannot start.",
                advice=f"End the program that uses it, or choose another port with {variable}.",
            ) from error


def prepare(settings: Settings) -> Database:
    """Make the data folder, the key and the tables, and return the database.

    Raises:
        SetupError: The data folder cannot be written, or something in it is not as it should be.
    """
    try:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = settings.data_dir / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise SetupError(
            f"The data folder {settings.data_dir} cannot be written.",
            advice="Let the account that runs this program own it, or set INTACCT_DATA_DIR.",
        ) from error
    ensure_master_key(settings)
    database = Database(settings.database_url)
    database.upgrade()
    return database


def connect_sandbox(settings: Settings, database: Database) -> ConnectionRow:
    """Connect the sandbox company and portal once, publish the first workflow, return the portal.

    Names that are taken stay as they are: an administrator may have changed them.
    """
    found = Connections(database, SecretBox(settings.master_keys()))
    address = f"http://{settings.sandbox_address}"
    if found.by_name(BOOKS) is None:
        values = {
            "environment": "sandbox",
            "companyId": sandbox.COMPANY_ID,
            "senderId": sandbox.SENDER_ID,
            "senderPassword": sandbox.SENDER_PASSWORD,
            "userId": sandbox.USER_ID,
            "userPassword": sandbox.USER_PASSWORD,
            "endpoint": f"{address}{sandbox.GATEWAY_PATH}",
            "callsPerMinute": 0,  # the sandbox has no such limit
        }
        found.add("sage-intacct", BOOKS, values, actor=ACTOR)
    portal = found.by_name(HUBSPOT)
    if portal is None:
        known = HubspotSettings()
        values = {"token": known.token, "clientSecret": known.client_secret, "baseUrl": address}
        portal = found.add("hubspot", HUBSPOT, values, actor=ACTOR)
    definition = model.parse(yaml_loader.load(templates.text(TEMPLATE)))
    if definition.name not in database.read(workflows.names):
        workflows.publish(database, definition, actor=ACTOR)
    return portal
