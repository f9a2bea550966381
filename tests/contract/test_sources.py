"""Every kind of sender: a good delivery is kept, a forged one is not, a replayed one is no news."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet

from connector.component import Webhook
from connector.connections.encrypt import SecretBox
from connector.errors import Untrusted
from connector.runtime import inbox
from connector.runtime.bells import Bells, make_broker
from connector.runtime.services import Services
from connector.settings import Settings
from connector.store import Database, tables
from connector.webhooks import schemes
from tests.unit.connector.webhooks.deliveries import context, delivery, intacct_token
from tests.unit.connector.webhooks.test_bodies import ROW, message
from tests.unit.connector.webhooks.test_schemes import BODY, GOOD, settings

# These prove who sends, not what: any body will do.
SHOWN = ("basic", "bearer", "bearer in a header", "jwt", "mtls")
UNPROVED = "none"  # nothing can be forged where nothing is proved
INTACCT = b'{"object":"ARINVOICE","event":"created","key":"812"}'


@pytest.fixture
def services(database: Database, tmp_path: Path) -> Services:
    found = Settings.read({"INTACCT_DATA_DIR": str(tmp_path)})
    box = SecretBox([Fernet.generate_key().decode()])
    return Services(found, database, box, Bells(make_broker("memory://", 15.0)))


def test_no_way_of_proving_is_without_a_row_here() -> None:
    assert {name.partition(" ")[0] for name in GOOD} == set(schemes.CHECKS)


def good(name: str) -> Webhook:
    found = GOOD[name][1]
    if name == "salesforce":
        return dataclasses.replace(found, raw=message(ROW.format(id="04l1")))
    return dataclasses.replace(found, raw=BODY) if name in SHOWN else found


def forged(name: str) -> Webhook:
    found = good(name)
    if name == "salesforce":
        return dataclasses.replace(found, raw=found.raw.replace(b"00D5g", b"00D6g"))
    spoilt = {header: value[:-1] + "?" for header, value in found.headers.items()}
    return dataclasses.replace(found, headers=spoilt)


def kept(services: Services) -> int:
    found = sa.select(sa.func.count()).select_from(tables.inbox)
    events = found.where(tables.inbox.c.state == inbox.RECEIVED)
    return services.database.read(lambda c: int(c.execute(events).scalar_one()))


def accept(services: Services, kind: str, webhook: Webhook, values: dict[str, Any]) -> None:
    source = services.connections.by_name(kind) or services.connections.add(kind, kind, values)
    inbox.accept(services, source, webhook, None, lambda _rows: None)


@pytest.mark.parametrize("name", [name for name in GOOD if name != UNPROVED])
def test_a_forged_delivery_leaves_nothing(services: Services, name: str) -> None:
    with pytest.raises(Untrusted):
        accept(services, "webhook", forged(name), settings(name))
    assert kept(services) == 0


@pytest.mark.parametrize("name", GOOD)
def test_a_good_delivery_is_kept_and_a_replayed_one_is_no_news(
    services: Services, name: str
) -> None:
    for _ in range(3):
        accept(services, "webhook", good(name), settings(name))
    assert kept(services) == 1


@pytest.mark.parametrize("peer", ["203.0.113.7", "198.51.100.1"])
def test_the_senders_address_is_one_more_lock(services: Services, peer: str) -> None:
    values = {**settings("github"), "allowedAddresses": ["203.0.113.0/24"]}
    webhook = dataclasses.replace(good("github"), peer=peer)
    if peer.startswith("203"):
        accept(services, "webhook", webhook, values)
        accept(services, "webhook", webhook, values)
        assert kept(services) == 1
        return
    with pytest.raises(Untrusted):
        accept(services, "webhook", webhook, values)
    assert kept(services) == 0


def test_intacct_itself_good_forged_and_replayed(services: Services) -> None:
    services.connections.add("hubspot", "books", {"token": "t", "clientSecret": "s"})
    values = {"company": "books", "clientSecret": "test-secret", "clientId": "app1"}
    headers = {"x_clientcontext": context(COMPANY="1"), "idempotency_key": "k-1"}
    signed = delivery(INTACCT, x_ia_sage_signature=intacct_token(INTACCT), **headers)
    for _ in range(2):
        accept(services, "intacct-events", signed, values)
    false = intacct_token(INTACCT, secret="another")
    with pytest.raises(Untrusted):
        accept(
            services,
            "intacct-events",
            delivery(INTACCT, x_ia_sage_signature=false, **headers),
            values,
        )
    assert kept(services) == 1
