"""OAuth as people and programs use it: at a terminal, over HTTP, and by many processes at once."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from connector.accounts import ApiKeys, Role
from connector.cli.machine import INTACCT
from connector.sandbox import config as sandbox
from connector.sandbox.rest.clients import (
    CLIENT_ID,
    CLIENT_SECRET,
    OTHER_CLIENT_ID,
    OTHER_CLIENT_SECRET,
)

if TYPE_CHECKING:
    from tests.support.installation import Installation

WORKERS = 8
TOKEN = "POST /oauth2/token"


def application(installation: Installation, *, is_other: bool = False) -> str:
    """Return the settings of a connection by OAuth, as a file would hold them."""
    return json.dumps(
        {
            "companyId": sandbox.COMPANY_ID,
            "clientId": OTHER_CLIENT_ID if is_other else CLIENT_ID,
            "clientSecret": OTHER_CLIENT_SECRET if is_other else CLIENT_SECRET,
            "restUrl": f"{installation.machine.sandbox_address}/ia/api/v1",
            "environment": "sandbox",
            "callsPerMinute": 0,
        }
    )


def allow(url: str) -> str:
    """Do what a person does on Intacct's page; return where the browser is sent."""
    place = urlsplit(url)
    person = {
        "company": sandbox.COMPANY_ID,
        "user": sandbox.USER_ID,
        "password": sandbox.USER_PASSWORD,
        "decision": "allow",
    }
    page = f"{place.scheme}://{place.netloc}{place.path}"
    asked = dict(parse_qsl(place.query))
    return httpx.post(page, data={**asked, **person}, trust_env=False).headers["location"]


def refreshes(installation: Installation) -> int:
    seen = installation.portal.get("/_sandbox/requests").json()
    return sum(TOKEN in entry["functions"] for entry in seen)


def start(installation: Installation, *arguments: str) -> subprocess.Popen[str]:
    """Start a command in a process of its own."""
    return subprocess.Popen(  # noqa: S603 - our own command
        [*INTACCT, *arguments],
        env={**os.environ, **installation.machine.environment, "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="module")
def cloud(installation: Installation) -> str:
    """Connect a connection at a terminal and return its name."""
    given = application(installation)
    added = installation.command("connections", "add", "cloud", "--input", "-", given=given)
    assert "intacct connections authorize cloud" in added.stdout, added.stderr
    with start(installation, "connections", "authorize", "cloud") as asking:
        assert asking.stdout is not None
        url = next(line for line in asking.stdout if line.startswith("http")).strip()
        said, wrong = asking.communicate(allow(url) + "\n", timeout=60)
    assert "cloud is connected. The access ends in 1" in said, wrong
    return "cloud"


@pytest.mark.accepts("E14")
def test_what_was_allowed_at_a_terminal_works_and_is_listed(
    installation: Installation, cloud: str
) -> None:
    tested = installation.command("connections", "test", cloud)
    assert "REST API" in tested.stdout, tested.stderr
    assert "rights: accepted" in tested.stdout
    assert tested.returncode == 0
    listed = installation.command("connections", "list").stdout
    (line,) = [line for line in listed.splitlines() if line.startswith(cloud)]
    assert f"{sandbox.COMPANY_ID} (sandbox)" in line
    assert "ready" in line
    assert CLIENT_SECRET not in listed


@pytest.mark.accepts("F20")
def test_eight_processes_that_find_the_token_ended_refresh_it_once(
    installation: Installation, cloud: str
) -> None:
    """F20: each process has locks of its own, so only the row can say who renews."""
    installation.portal.post("/_sandbox/tokens/expire", json={})
    before = refreshes(installation)
    arguments = ("action", "run", "listCustomers", "--connection", cloud)
    crowd = [start(installation, *arguments) for _ in range(WORKERS)]
    ended = [one.communicate('{"pageSize": 1}', timeout=120) for one in crowd]
    assert [one.returncode for one in crowd] == [0] * WORKERS, ended
    assert refreshes(installation) - before == 1


def test_a_test_that_fails_says_where_and_ends_with_a_code(
    installation: Installation, cloud: str
) -> None:
    wrong = json.dumps({"clientSecret": "wrong"})
    installation.command("connections", "change", cloud, "--input", "-", given=wrong)
    installation.portal.post("/_sandbox/tokens/expire", json={})
    tested = installation.command("connections", "test", cloud)
    assert tested.returncode == 2
    assert "address: accepted" in tested.stdout
    assert "application: Intacct does not accept the client ID or the client secret." in (
        tested.stdout
    )
    right = json.dumps({"clientSecret": CLIENT_SECRET})
    installation.command("connections", "change", cloud, "--input", "-", given=right)
    healed = installation.command("connections", "test", cloud)
    assert healed.returncode == 0, healed.stdout


@pytest.mark.accepts("A58")
def test_a_program_asks_for_a_link_over_http_and_a_browser_follows_it(
    installation: Installation,
) -> None:
    given = application(installation, is_other=True)
    installation.command("connections", "add", "partner", "--input", "-", given=given)
    _, key = ApiKeys(installation.machine.database).add("erp", Role.ADMIN, actor="test")
    web = installation.machine.settings.public_url
    with httpx.Client(base_url=web, trust_env=False, timeout=30.0) as browser:
        asked = {"connection": "partner"}
        assert browser.post("/oauth/start", json=asked).status_code == 401
        link = browser.post("/oauth/start", json=asked, headers={"X-API-Key": key}).json()
        going = browser.get(link["authorizationUrl"])
        back = browser.get(allow(going.headers["location"]))
    assert "partner is connected" in back.text
    tested = installation.command("connections", "test", "partner")
    assert tested.returncode == 0, tested.stdout
