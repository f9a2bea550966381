"""A form's picklist over a real database, a sandbox company and the server all processes share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import flask
import httpx
import pytest
import sqlalchemy as sa

from connector.component import Search
from connector.errors import InputError
from connector.http import OutboundClient
from connector.runtime.picklists import offered
from connector.sandbox.app import create_app
from connector.sandbox.config import SandboxConfig
from connector.store import tables, to_json
from tests.support.office import Office
from tests.support.valkey import client, server

__all__ = ["client", "server"]


@pytest.fixture
def at_work(server: str, client: object, tmp_path: Path) -> Iterator[Office]:
    """An office in the sandbox company, beside a server that holds nothing yet."""
    app = create_app(SandboxConfig(public_url="http://sandbox.test"))
    office = Office(
        httpx.WSGITransport(app),
        f"sqlite:///{tmp_path / 'office.db'}",
        tmp_path,
        INTACCT_REDIS_URL=server,
    )
    office.prepare()
    yield office
    office.close()


def queries(office: Office) -> int:
    """Return how often the company was asked, as the connection's meter has it."""
    counted = sa.select(tables.usage.c.calls).where(tables.usage.c.kind == "query")
    return sum(office.database.read(lambda c: list(c.execute(counted).scalars())))


@pytest.mark.accepts("C15")
def test_a_form_that_asks_again_costs_no_call(at_work: Office) -> None:
    """People type, delete and type again; each call is an API transaction."""
    for _ in range(3):
        found = offered(at_work.services, "selectItem", "books", Search(text="kit"))
    assert [choice.key for choice in found.choices] == ["KIT-1"]
    assert queries(at_work) == 1
    page = offered(at_work.services, "selectItem", "books", Search(limit=2))
    assert (len(page.choices), page.has_more, queries(at_work)) == (2, True, 2)


def test_another_user_of_the_connection_is_asked_for_anew(at_work: Office) -> None:
    offered(at_work.services, "selectItem", "books", Search())
    row = at_work.services.connection_named("books")
    entity = {**row.settings, "entityId": "100"}
    at_work.execute(
        tables.connection.update()
        .where(tables.connection.c.id == row.id)
        .values(settings=to_json(entity))
    )
    offered(at_work.services, "selectItem", "books", Search())
    assert queries(at_work) == 2


def test_while_the_company_is_down_known_ids_can_be_pasted(at_work: Office) -> None:
    down = flask.Flask("down")
    transport = httpx.WSGITransport(down)
    at_work.services.__dict__["http"] = OutboundClient(["sandbox.test:80"], transport=transport)
    found = offered(at_work.services, "selectItem", "books", Search())
    assert found.choices == ()
    assert found.reason.endswith("An ID that you know can be typed or pasted all the same.")


def test_a_picklist_that_does_not_exist_is_refused(at_work: Office) -> None:
    with pytest.raises(InputError, match="no picklist named selectTea"):
        offered(at_work.services, "selectTea", "books", Search())
