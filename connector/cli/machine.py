"""Everything on one machine: which processes, in which order, and when each is ready."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import httpx

from connector.accounts import Accounts
from connector.cli import embedded_redis, first_start
from connector.cli.embedded_redis import EmbeddedRedis
from connector.cli.supervisor import Program, Supervisor
from connector.connections.store import ConnectionRow
from connector.settings import OWN_SANDBOX, Settings
from connector.store.database import Database
from connector.web.access import console_key

INTACCT = (sys.executable, "-m", "connector.cli")


@dataclass
class Machine:
    """A running installation on this machine.

    Args:
        environment: What its processes are given; another command joins them with it.
    """

    settings: Settings
    environment: dict[str, str]
    database: Database
    portal: ConnectionRow
    supervisor: Supervisor
    redis: EmbeddedRedis | None

    @property
    def console_address(self) -> str:
        """Where the console is."""
        return self.console_page("/")

    def console_page(self, path: str) -> str:
        """Return the address of a page; until somebody has an account, with the key to make one."""
        address = f"{self.settings.public_url}{path}"
        if Accounts(self.database).is_set_up():
            return address
        return f"{address}?key={console_key(self.settings.data_dir)}"

    @property
    def sandbox_address(self) -> str:
        """Where the sandbox listens."""
        return f"http://{self.settings.sandbox_address}"

    def stop(self) -> None:
        """End every process."""
        self.supervisor.stop()
        (self.settings.data_dir / OWN_SANDBOX).unlink(missing_ok=True)
        self.database.close()
        if self.redis:
            embedded_redis.forget(self.redis)


def start(settings: Settings) -> Machine:
    """Start everything this machine needs and return when it is ready.

    Raises:
        SetupError: Something is in the way; nothing keeps running.
    """
    first_start.check_port(settings.web_address, "web server", "INTACCT_WEB_ADDRESS")
    first_start.check_port(settings.sandbox_address, "sandbox", "INTACCT_SANDBOX_ADDRESS")
    database = first_start.prepare(settings)
    portal = first_start.connect_sandbox(settings, database)
    redis = None if settings.redis_url else embedded_redis.prepare(settings.data_dir)
    environment = _environment(settings, redis)
    supervisor = Supervisor(_programs(settings, redis), environment, settings.data_dir / "logs")
    machine = Machine(settings, environment, database, portal, supervisor, redis)
    try:
        (settings.data_dir / OWN_SANDBOX).write_text(str(settings.sandbox_address))
        supervisor.start()
        _point_portal_here(machine)
    except BaseException:
        machine.stop()
        raise
    return machine


def _environment(settings: Settings, redis: EmbeddedRedis | None) -> dict[str, str]:
    allowed = dict.fromkeys([*settings.allowed_origins, str(settings.sandbox_address)])
    return {
        **settings.environment(),
        "INTACCT_REDIS_URL": redis.url if redis else settings.redis_url,
        "INTACCT_ALLOWED_ORIGINS": ",".join(allowed),
    }


def _programs(settings: Settings, redis: EmbeddedRedis | None) -> list[Program]:
    data = settings.data_dir / "sandbox"
    data.mkdir(mode=0o700, exist_ok=True)
    host, port = settings.sandbox_address
    sandbox = ("--host", host, "--port", str(port), "--data", str(data / "company.db"))
    portal = ("--hubspot-data", str(data / "hubspot.db"))
    programs = [
        Program(
            "sandbox",
            (*INTACCT, "sandbox", *sandbox, *portal),
            lambda: _answers(f"http://{settings.sandbox_address}/_sandbox/health"),
        ),
        Program(
            "web",
            (*INTACCT, "web"),
            lambda: _answers(f"http://{settings.web_address}/health"),
        ),
        Program("worker", (*INTACCT, "worker")),
        Program("quarantine", (*INTACCT, "worker", "--queue", "quarantine")),
        Program("beat", (*INTACCT, "beat")),
    ]
    if redis:
        programs.insert(0, Program("valkey", redis.argv, redis.socket.exists))
    return programs


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2.0, trust_env=False).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def _point_portal_here(machine: Machine) -> None:
    """Tell the sandbox's portal where this installation takes its deliveries."""
    settings = machine.settings
    target = f"{settings.public_url}/hooks/{machine.portal.hook_token}"
    httpx.post(
        f"{machine.sandbox_address}/_sandbox/hubspot/settings",
        json={"target_url": target},
        timeout=10.0,
        trust_env=False,
    ).raise_for_status()
