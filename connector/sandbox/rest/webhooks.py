"""Webhooks that are registered under an id: where replies go, and the secret that signs them."""

from dataclasses import dataclass

import flask

from connector.sandbox.company import Company
from connector.sandbox.rest.errors import RestError, invalid
from connector.sandbox.rest.exchange import Request
from connector.sandbox.store import Record

KIND = "REST_WEBHOOK"
ADDRESS_HEADER = "x-ia-webhook-endpointurl"
ID_HEADER = "x-ia-webhook-id"
_FIELDS = ("id", "url", "secret")


@dataclass(frozen=True)
class Target:
    """Where a reply is posted, and the secret of its signature, empty for the application's own."""

    address: str
    secret: str = ""


def target_of(request: Request) -> Target:
    """Return where an asynchronous reply goes; raises RestError."""
    address, identifier = (request.headers.get(n, "") for n in (ADDRESS_HEADER, ID_HEADER))
    if address.startswith(("http://", "https://")):
        return Target(address)
    if not identifier:
        raise _unnamed()
    found = request.company.store.by_id(KIND, identifier)
    if not found:
        raise invalid(f"The webhook {identifier} is not registered")
    return Target(found[0].body["url"], found[0].body["secret"])


def _unnamed() -> RestError:
    names = "X-IA-Webhook-EndpointURL or X-IA-Webhook-Id"
    return invalid(f"An asynchronous request names its webhook in {names}")


def add_webhooks(blueprint: flask.Blueprint, company: Company) -> None:
    """Add the address at which webhooks are registered, which Intacct has only a page for."""

    @blueprint.get("/_sandbox/webhooks")
    def show() -> flask.Response:
        records = company.store.select(KIND)
        return flask.jsonify([{"id": one.id, "url": one.body["url"]} for one in records])

    @blueprint.post("/_sandbox/webhooks")
    def register() -> tuple[flask.Response, int]:
        asked = flask.request.get_json(silent=True)
        given = asked if isinstance(asked, dict) else {}
        if not all(isinstance(given.get(name), str) and given[name] for name in _FIELDS):
            return flask.jsonify(error="Post id, url and secret, each a text."), 400
        body = {"url": given["url"], "secret": given["secret"]}
        with company.store.transaction():
            for old in company.store.by_id(KIND, given["id"]):
                company.store.remove(old)
            number = company.store.next_number(KIND)
            company.store.put(Record(KIND, number, given["id"], "", None, body))
        return flask.jsonify(id=given["id"], url=given["url"]), 200
