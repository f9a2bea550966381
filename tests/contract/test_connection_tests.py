"""A test of a connection names the layer that refuses, over both APIs, each provoked for real."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connector.connections.layers import ALL, Examination
from connector.errors import ConnectionProblem
from connector.http import HttpReply, HttpRequest
from connector.runtime import checks
from connector.sandbox.config import UNAUTHORISED_SENDER_ID
from tests.support.oauth_world import CONSENTED, UNATTENDED, XML, World, oauth_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with oauth_world(f"sqlite:///{tmp_path / 'intacct.db'}", tmp_path) as found:
        yield found


def only(world: World, values: dict[str, Any], object_name: str = "customer") -> Examination:
    """Return what the test of a connection with one API finds."""
    (found,) = checks.examine(world.services, world.add(values), object_name)
    return found


@pytest.mark.accepts("C9")
@pytest.mark.parametrize(
    ("wrong", "layer", "says"),
    [
        ({"endpoint": "http://sandbox.test/nowhere"}, "address", "HTTP 404"),
        ({"endpoint": "https://evil.example/ia/xml"}, "address", "not Sage's"),
        ({"endpoint": "https://intacct.com.evil.example/ia/xml"}, "address", "not Sage's"),
        ({"senderPassword": "wrong"}, "sender", "sender ID or the sender password"),
        ({"senderId": UNAUTHORISED_SENDER_ID}, "sender authorisation", "not authorised"),
        ({"companyId": "ELSEWHERE"}, "company, user and password", "the company"),
        ({"userId": "nobody"}, "company, user and password", "the user"),
        ({"userPassword": "wrong"}, "company, user and password", "the password"),
        ({"entityId": "NOWHERE"}, "entity", "NOWHERE"),
    ],
)
def test_the_xml_api_s_refusal_is_named(
    world: World, wrong: dict[str, str], layer: str, says: str
) -> None:
    found = only(world, {**XML, **wrong})
    assert (found.refused, found.api) == (layer, "xml")
    assert found.problem is not None
    assert says in found.problem.title
    assert found.remedy
    assert found.passed == ALL["xml"][: ALL["xml"].index(layer)]


@pytest.mark.accepts("C9")
def test_where_intacct_says_less_the_test_claims_less(tmp_path: Path) -> None:
    """Some gateways give one answer for the sender and the company."""
    url = f"sqlite:///{tmp_path / 'intacct.db'}"
    with oauth_world(url, tmp_path, signin_errors="gateway") as world:
        found = only(world, {**XML, "companyId": "ELSEWHERE"})
        assert (found.refused, found.passed) == ("sender or company", ("address",))
        assert "company ID" in found.remedy


@pytest.mark.parametrize(
    ("wrong", "layer", "says"),
    [
        ({"restUrl": "http://sandbox.test/nowhere"}, "address", "no clear answer"),
        ({"restUrl": "https://api.example.com/v1"}, "address", "not Sage's"),
        ({"clientId": "unknown.app.sage.com"}, "application", "the application or the company"),
        ({"clientSecret": "wrong"}, "application", "client secret"),
        ({"companyId": "ELSEWHERE"}, "application", "the application or the company"),
        ({"oauthUserId": "nobody"}, "user", "the user"),
        ({"entityId": "NOWHERE"}, "entity", "not at the entity NOWHERE"),
    ],
)
def test_the_rest_api_s_refusal_is_named(
    world: World, wrong: dict[str, str], layer: str, says: str
) -> None:
    found = only(world, {**UNATTENDED, **wrong})
    assert (found.refused, found.api) == (layer, "rest")
    assert found.problem is not None
    assert says in found.problem.title
    assert found.remedy


def test_a_permission_nobody_gave_is_named(world: World) -> None:
    found = only(world, CONSENTED)
    assert found.refused == "permission"
    assert found.problem is not None
    assert "Nobody has allowed" in found.problem.title


@pytest.mark.accepts("D10")
@pytest.mark.parametrize("values", [XML, UNATTENDED])
@pytest.mark.parametrize("object_name", ["customer", "invoice", "bill"])
def test_a_connection_that_works_reads_what_it_is_for(
    world: World, values: dict[str, Any], object_name: str
) -> None:
    found = only(world, values, object_name)
    assert found.is_well
    assert found.passed == ALL[found.api]
    assert world.row().state == "ready"


def test_both_apis_are_tested_where_both_are_there(world: World) -> None:
    row = world.add({**XML, **UNATTENDED, "clientSecret": "wrong"})
    xml, rest = checks.examine(world.services, row)
    assert xml.is_well
    assert rest.refused == "application"
    assert (xml.title, rest.title) == ("XML API", "REST API")


def test_a_wrong_password_is_tried_once(tmp_path: Path) -> None:
    """Three wrong tries may lock a user out, and a test must not be one of them twice."""
    with oauth_world(f"sqlite:///{tmp_path / 'intacct.db'}", tmp_path, auth_lockout="2") as world:
        found = only(world, {**XML, "userPassword": "wrong", "entityId": "100"})
        assert found.refused == "company, user and password"
        good = world.add(XML, "good")
        assert checks.examine(world.services, good)[0].is_well


def test_after_a_correction_at_intacct_the_test_heals_the_connection(world: World) -> None:
    row = world.add({**UNATTENDED, "entityId": "100"})
    world.services.grants.stop(row.id, _refusal())
    world.services.connections.needs_attention(row.id, _refusal(), api="rest")
    assert world.row().state == "needs-attention"
    (found,) = checks.examine(world.services, row)
    assert found.is_well
    assert world.row().state == "ready"
    assert world.read(row) == 1


NO_RIGHT_XML = """<response><control><status>success</status><controlid>c</controlid></control>
<operation><authentication><status>success</status></authentication><result>
<status>failure</status><function>query</function><controlid>{control_id}</controlid>
<errormessage><error><errorno>XL03000009</errorno>
<description2>You do not have permission for API operation READ on objects of type customer
</description2></error></errormessage></result></operation></response>"""
NO_RIGHT_REST = {
    "ia::result": {"ia::error": {"code": "forbidden", "message": "Permission is missing."}},
    "ia::meta": {"totalCount": 1, "totalSuccess": 0, "totalError": 1},
}


@pytest.mark.parametrize("values", [XML, UNATTENDED])
def test_a_missing_right_is_named_with_the_remedy(world: World, values: dict[str, Any]) -> None:
    """The sandbox gives everybody every right, so the refusal is played."""

    def refuse(request: HttpRequest) -> HttpReply | None:
        body = request.body.decode()
        if "<query>" in body:
            control_id = body.partition('<function controlid="')[2].partition('"')[0]
            text = NO_RIGHT_XML.replace("{control_id}", control_id)
            return HttpReply(200, {"content-type": "application/xml"}, text.encode())
        if request.url.endswith("/services/core/query"):
            kind = {"content-type": "application/json"}
            return HttpReply(403, kind, json.dumps(NO_RIGHT_REST).encode())
        return None

    world.playing = refuse
    found = only(world, values)
    assert found.refused == "rights"
    assert "List and View" in found.remedy


def _refusal() -> ConnectionProblem:
    return ConnectionProblem("The application is not authorised.")
