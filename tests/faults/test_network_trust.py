"""Names, certificates and proxies that are wrong: nothing is sent, and nobody looks away."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from connector.connections.kinds import kind_named
from connector.sandbox import config as sandbox
from connector.sandbox.config import SandboxConfig
from tests.support import checker
from tests.support.commands import BOOKS, intacct, prepare_books
from tests.support.far_company import HOST, change_books, served_company
from tests.support.installation import Installation, free_port, start_installation
from tests.support.tls_door import Authority, TlsDoor, tls_door

NAME = "localhost"
SLOW = pytest.mark.slow


@dataclass
class Street:
    """A company behind a TLS door, and who signs for it."""

    company: httpx.Client
    door: TlsDoor
    known: Authority
    unknown: Authority
    folder: Path

    @property
    def endpoint(self) -> str:
        return f"https://{NAME}:{self.door.port}{sandbox.GATEWAY_PATH}"

    @property
    def origin(self) -> str:
        return f"{NAME}:{self.door.port}"

    def requests(self) -> int:
        """Return how many requests came through the door."""
        return len(self.company.get("/_sandbox/requests").json())


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    """Let every process of this module trust one authority only."""
    folder = tmp_path_factory.mktemp("street")
    known, unknown = Authority(folder, "known"), Authority(folder, "unknown")
    port = free_port()
    with tls_door((HOST, port)) as door, pytest.MonkeyPatch.context() as patch:
        door.show(known.certificate(NAME))
        config = SandboxConfig(public_url=f"https://{NAME}:{door.port}")
        with served_company(folder / "logs", port, config) as company:
            patch.setenv("PYTHONPATH", known.trusting_path(folder / "trust"))
            yield Street(company, door, known, unknown, folder)


def connected(street: Street, folder: Path, endpoint: str, **more: str) -> tuple[int, str]:
    """Add a connection and test it; return the exit code of the test and what it said."""
    environment = prepare_books(folder / "data", endpoint, street.origin)
    tested = intacct({**environment, **more}, "connections", "test", BOOKS)
    return tested.returncode, tested.stdout + tested.stderr


@pytest.mark.accepts("F44")
def test_a_certificate_of_a_trusted_authority_opens_the_door(
    street: Street, tmp_path: Path
) -> None:
    """The other tests of this module mean something only if this one passes."""
    street.door.show(street.known.certificate(NAME))
    code, said = connected(street, tmp_path, street.endpoint)
    assert code == 0, said


@pytest.mark.accepts("F44")
@pytest.mark.parametrize(
    "wrong",
    ["expired", *(pytest.param(name, marks=SLOW) for name in ("another host", "unknown"))],
)
def test_nothing_is_sent_behind_a_certificate_that_proves_nothing(
    street: Street, tmp_path: Path, wrong: str
) -> None:
    before = street.requests()
    street.door.show(
        {
            "expired": street.known.certificate(NAME, is_expired=True),
            "another host": street.known.certificate("elsewhere.example"),
            "unknown": street.unknown.certificate(NAME),
        }[wrong]
    )
    code, said = connected(street, tmp_path, street.endpoint)
    assert (code, street.requests()) == (2, before), said
    assert "could not prove who it is" in said
    assert "Traceback" not in said
    assert sandbox.USER_PASSWORD not in said


@pytest.mark.accepts("F44")
def test_a_name_that_nobody_knows_is_said_and_nothing_is_sent(
    street: Street, tmp_path: Path
) -> None:
    before = street.requests()
    code, said = connected(street, tmp_path, "https://books.invalid/ia/xml/xmlgw.phtml")
    assert (code, street.requests()) == (2, before)
    assert "books.invalid" in said


@pytest.mark.slow
@pytest.mark.accepts("F44")
def test_a_proxy_of_the_environment_is_never_asked(street: Street, tmp_path: Path) -> None:
    """It would answer 407, or read along; calls go where the connection says, or nowhere."""
    street.door.show(street.known.certificate(NAME))
    with socket.create_server((HOST, 0)) as proxy:
        proxy.settimeout(0)
        address = f"http://{HOST}:{proxy.getsockname()[1]}"
        proxies = dict.fromkeys(("HTTPS_PROXY", "https_proxy", "ALL_PROXY"), address)
        code, said = connected(street, tmp_path, street.endpoint, **proxies)
        assert code == 0, said
        with pytest.raises(BlockingIOError):
            proxy.accept()


@pytest.mark.accepts("F44")
def test_no_connection_can_be_told_to_look_away() -> None:
    for kind in ("sage-intacct", "hubspot"):
        names = " ".join(kind_named(kind).form.schema["properties"]).lower()
        assert not [word for word in ("verify", "insecure", "tls", "ssl") if word in names]


@pytest.mark.slow
@pytest.mark.accepts("F44")
def test_a_run_waits_for_a_good_certificate_and_goes_on_by_itself(
    street: Street, tmp_path: Path
) -> None:
    street.door.show(street.known.certificate(NAME, is_expired=True))
    installation: Installation = start_installation(
        tmp_path / "data", INTACCT_ALLOWED_ORIGINS=street.origin
    )
    try:
        installation.company = street.company
        change_books(installation, endpoint=street.endpoint)
        deal_id = installation.new_deal()
        installation.move(deal_id)
        waiting = installation.run_in(deal_id, "waiting")
        assert waiting.error["title"]
        assert installation.invoices(deal_id) == []
        street.door.show(street.known.certificate(NAME))
        installation.run_in(deal_id, "succeeded")
        assert len(installation.invoices(deal_id)) == 1
        checker.check(installation)
    finally:
        installation.close()
