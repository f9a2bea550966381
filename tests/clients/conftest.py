"""A sandbox served by a process of its own, and the clients that talk to it from theirs."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from connector.sandbox import config
from connector.sandbox.rest.clients import CLIENT_ID, CLIENT_SECRET
from tests.clients import installing
from tests.support.installation import free_port

HERE = Path(__file__).parent
START_SECONDS = 60.0
STORY_SECONDS = 120
Story = Callable[..., Any]


class Sandbox:
    """A running sandbox: its port, and its own interface."""

    def __init__(self, port: int) -> None:
        self.port = port
        address = f"http://127.0.0.1:{port}"
        self.admin = httpx.Client(base_url=address, trust_env=False, timeout=30.0)

    def ledger(self, object_name: str, operation: str = "create") -> list[str]:
        """Return the ids of the records that were created, changed or deleted."""
        entries = self.admin.get("/_sandbox/ledger", params={"object": object_name}).json()
        return [entry["id"] for entry in entries if entry["operation"] == operation]

    def records(self, object_name: str) -> list[dict[str, str]]:
        """Return all records of an object."""
        found: list[dict[str, str]] = self.admin.get(f"/_sandbox/records/{object_name}").json()
        return found

    def url(self, host: str) -> str:
        """Return the address of the gateway under a name of this machine."""
        return f"http://{host}:{self.port}{config.GATEWAY_PATH}"


@pytest.fixture(scope="session")
def server() -> Iterator[Sandbox]:
    """Serve a sandbox as long as the tests of this folder run."""
    port = free_port()
    process = subprocess.Popen([sys.executable, str(HERE / "serve_sandbox.py"), str(port)])  # noqa: S603 # our own file
    sandbox = Sandbox(port)
    try:
        _wait_for(sandbox, process)
        yield sandbox
    finally:
        sandbox.admin.close()
        process.terminate()
        process.wait(START_SECONDS)


def _wait_for(sandbox: Sandbox, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        assert process.poll() is None, "the sandbox ended"
        assert time.monotonic() < deadline, "the sandbox does not answer"
        try:
            sandbox.admin.get("/_sandbox/health").raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.05)
        else:
            return


@pytest.fixture
def sandbox(server: Sandbox) -> Sandbox:
    """The sandbox, started over."""
    server.admin.post("/_sandbox/reset").raise_for_status()
    return server


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """Where the JavaScript SDK is installed."""
    try:
        return installing.node_modules()
    except installing.NotInstallable as reason:
        pytest.skip(f"The JavaScript SDK is not tried: {reason}")


@pytest.fixture(scope="session")
def client_python() -> Path:
    """The interpreter with the Python SDKs."""
    try:
        return installing.python()
    except installing.NotInstallable as reason:
        pytest.skip(f"The Python SDKs are not tried: {reason}")


@pytest.fixture
def javascript(sandbox: Sandbox, node_modules: Path) -> Story:
    """Return a function that runs a story with the JavaScript SDK and returns what it printed."""
    folder = HERE / "javascript"

    def tell(story: str, **given: Any) -> Any:
        settings = {
            "url": sandbox.url("localhost.intacct.com"),
            "senderId": config.SENDER_ID,
            "senderPassword": config.SENDER_PASSWORD,
            "companyId": config.COMPANY_ID,
            "userId": config.USER_ID,
            "userPassword": config.USER_PASSWORD,
            **given,
        }
        command = ["node", "-r", "./loopback_only.js", "stories.js", story, json.dumps(settings)]
        return _told(command, folder, NODE_PATH=str(node_modules), NODE_NO_WARNINGS="1")

    return tell


@pytest.fixture
def python_sdk(sandbox: Sandbox, client_python: Path) -> Story:
    """Return a function that runs a story with the Python SDK of the XML API."""

    def tell(story: str, **given: Any) -> Any:
        settings = {
            "url": sandbox.url("127.0.0.1"),
            "sender_id": config.SENDER_ID,
            "sender_password": config.SENDER_PASSWORD,
            "company_id": config.COMPANY_ID,
            "user_id": config.USER_ID,
            "user_password": config.USER_PASSWORD,
            **given,
        }
        return _python_told(client_python, "xml_stories.py", story, settings)

    return tell


@pytest.fixture
def python_rest_sdk(sandbox: Sandbox, client_python: Path) -> Story:
    """Return a function that runs a story with the Python SDK of the REST API."""

    def tell(story: str, **given: Any) -> Any:
        settings = {
            "url": f"http://127.0.0.1:{sandbox.port}/ia/api/v1",
            "username": f"{config.USER_ID}@{config.COMPANY_ID}",
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            **given,
        }
        return _python_told(client_python, "rest_stories.py", story, settings)

    return tell


@pytest.fixture
def decoded(client_python: Path) -> Story:
    """Return a function that has a token checked under a secret, and returns its claims."""

    def tell(token: str, secret: str) -> Any:
        given = {"token": token, "secret": secret}
        return _python_told(client_python, "jwt_stories.py", "check", given)

    return tell


def _python_told(python: Path, script: str, story: str, settings: dict[str, Any]) -> Any:
    folder = HERE / "python"
    command = [str(python), script, story, json.dumps(settings)]
    return _told(command, folder, PYTHONPATH=str(folder / "preloaded"))


def _told(command: list[str], folder: Path, **more: str) -> Any:
    """Run a client and return the JSON that it printed."""
    done = subprocess.run(  # noqa: S603 # our own scripts
        command,
        cwd=folder,
        env=installing.environment(**more),
        capture_output=True,
        text=True,
        timeout=STORY_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)
