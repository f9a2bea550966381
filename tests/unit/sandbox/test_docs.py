"""The page about the sandbox says what the sandbox is, and what it shows can be typed."""

import re
import shlex
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import httpx
import pytest

from connector.sandbox import config, docs
from connector.sandbox.app import create_app
from connector.sandbox.config import SandboxConfig
from connector.sandbox.hubspot.settings import HubspotSettings
from connector.sandbox.rest import clients
from connector.sandbox.rest.http import API

PAGE = Path(__file__).parents[3] / "docs" / "sandbox.md"
RENEW = "python -m connector.sandbox.docs docs/sandbox.md"
ADDRESS = "http://127.0.0.1:8766"
# Not part of what is offered: Flask's own, and what answers or refuses all other addresses.
UNSAID = {
    "/static/<path:filename>",
    f"{API}/<path:path>",
    "/ia/api/<version>/<path:_path>",
    "/crm/<path:rest>",
}


@pytest.fixture(scope="module")
def page() -> str:
    return PAGE.read_text(encoding="utf-8")


def _curls(page: str) -> Iterator[list[str]]:
    for block in re.findall(r"```sh\n(.*?)```", page, re.DOTALL):
        words = shlex.split(block.replace("\\\n", ""))
        starts = [at for at, word in enumerate(words) if word == "curl"]
        for start, end in pairwise([*starts, len(words)]):
            yield words[start + 1 : end]


def _sent(client: httpx.Client, words: list[str], token: str) -> httpx.Response:
    """Send what a curl command would: an address, -X, -H and -d."""
    url, given = "", list[tuple[str, str]]()
    rest = iter(words)
    for word in rest:
        if word.startswith("-"):
            given.append((word, next(rest)))
        else:
            url = word
    data = [text for flag, text in given if flag == "-d"]
    methods = [text for flag, text in given if flag == "-X"]
    headers = dict(text.replace("$TOKEN", token).split(": ", 1) for f, text in given if f == "-H")
    if data:
        headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
    method = methods[0] if methods else "POST" if data else "GET"
    return client.request(method, url, content="&".join(data).encode(), headers=headers)


def test_the_tables_are_those_of_the_code(page: str) -> None:
    assert docs.renewed(page) == page, f"The page is behind the code. Renew it: {RENEW}"


def test_a_table_behind_the_code_is_renewed_and_other_text_stays(page: str) -> None:
    behind = page.replace("| `clock_skew` |", "| `clock_screw` |")
    assert behind != page
    assert docs.renewed(behind) == page


def test_every_table_stands_on_the_page(page: str) -> None:
    assert set(re.findall(r"<!-- table: (\w+) -->", page)) == docs.TABLES.keys()


def test_every_address_stands_on_the_page(page: str) -> None:
    rules = {rule.rule for rule in create_app(SandboxConfig()).url_map.iter_rules()}
    said = {
        rule for rule in rules if re.search(re.escape(rule.replace("path:", "")) + "[?`]", page)
    }
    gateway = {config.GATEWAY_PATH} if ADDRESS + config.GATEWAY_PATH in page else set()
    assert rules - said - gateway == UNSAID


@pytest.mark.parametrize(
    "published",
    [
        config.SENDER_ID,
        config.SENDER_PASSWORD,
        config.UNAUTHORISED_SENDER_ID,
        config.COMPANY_ID,
        config.USER_ID,
        config.USER_PASSWORD,
        config.CONSOLE_ID,
        config.CONSOLE_USER_ID,
        config.CONSOLE_PASSWORD,
        *clients.CLIENTS,
        *clients.CLIENTS.values(),
        HubspotSettings().token,
        HubspotSettings().client_secret,
    ],
)
def test_every_credential_is_published(page: str, published: str) -> None:
    assert f"`{published}`" in page


def test_every_command_of_the_page_is_answered(page: str) -> None:
    """As in a shell, one after the other, each finding what the ones before it left."""
    app = create_app(SandboxConfig())
    token = ""
    commands = list(_curls(page))
    with httpx.Client(transport=httpx.WSGITransport(app)) as client:
        for words in commands:
            reply = _sent(client, words, token)
            assert reply.status_code == httpx.codes.OK, (words, reply.text)
            answer = reply.json()
            token = answer.get("access_token", token) if isinstance(answer, dict) else token
    shown = " ".join(word for words in commands for word in words if word.startswith(ADDRESS))
    for part in ("faults", "policies", "ledger", "clock", "snapshots", "triggers", "hubspot/deals"):
        assert f"/_sandbox/{part}" in shown
