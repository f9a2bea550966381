"""Settings of the sandbox and the credentials it knows, so that anyone can sign in."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from connector.sandbox.hubspot.settings import HubspotSettings

SENDER_ID = "sandbox-sender"
SENDER_PASSWORD = "sandbox-sender-password"  # noqa: S105 # opens only sandbox
COMPANY_ID = "SANDBOX"
USER_ID = "apiuser"
USER_PASSWORD = "sandbox-user-password"  # noqa: S105 # same
CONSOLE_ID = "SANDBOX-CONSOLE"  # a practice whose user slides into the company
CONSOLE_USER_ID = "consoleuser"
CONSOLE_PASSWORD = "sandbox-console-password"  # noqa: S105 # same
UNAUTHORISED_SENDER_ID = "unauthorised-sender"  # a sender the company has not let in

SENDERS = {SENDER_ID: SENDER_PASSWORD, UNAUTHORISED_SENDER_ID: SENDER_PASSWORD}
AUTHORISED_SENDERS = frozenset({SENDER_ID})

GATEWAY_PATH = "/ia/xml/xmlgw.phtml"
ENVIRONMENT_VARIABLE = "INTACCT_SANDBOX_CONFIG"


@dataclass(frozen=True)
class SandboxConfig:
    """How one sandbox runs.

    `data` is the path of its SQLite file, None keeps all in memory. `public_url` has no path.
    `latency_ms` is waited before each gateway call. `rows` vendors are made on demand, to list.
    `company` describes a company of one's own, as `company_file.read` returns it; a server reads it
    from `company_path` where one is given.
    """

    data: str | None = None
    public_url: str = "http://127.0.0.1:8090"
    seed: int = 1
    rows: int = 0
    latency_ms: int = 0
    session_seconds: int = 8 * 3600
    policies: dict[str, str] = field(default_factory=dict)
    company: dict[str, Any] = field(default_factory=dict)
    company_path: str = ""
    hubspot: HubspotSettings = field(default_factory=HubspotSettings)

    @property
    def endpoint(self) -> str:
        """The address that getAPISession hands out."""
        return self.public_url.rstrip("/") + GATEWAY_PATH

    def to_environment(self) -> dict[str, str]:
        """Return the environment variables that carry these settings to a child process."""
        return {ENVIRONMENT_VARIABLE: json.dumps(asdict(self))}

    @classmethod
    def from_environment(cls, environment: dict[str, str]) -> "SandboxConfig":
        """Read what `to_environment` wrote; nothing there means the defaults."""
        values = json.loads(environment.get(ENVIRONMENT_VARIABLE, "{}"))
        hubspot = HubspotSettings(**values.pop("hubspot", {}))
        return cls(**values, hubspot=hubspot)
