"""What the sandbox's HubSpot portal can be told when it starts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class HubspotSettings:
    """The portal's settings; every one has a value that works on a laptop.

    Args:
        data: Path of the portal's own SQLite file, or None to keep everything in memory.
        seed: Chooses the example data; the same seed gives the same portal. A data file that
            already holds a portal keeps it.
        token: The private app's bearer token, asked for by every CRM call.
        client_secret: What deliveries are signed with.
        target_url: Where deliveries go; empty until somebody says where.
        portal_id: The account number that stands in every event.
        retries: How often a failed delivery is repeated (HubSpot: up to 10 times).
        retry_seconds: Wait before the first repetition; the second waits twice as long, and so
            on (HubSpot spreads its repetitions over 24 hours).
    """

    data: str | None = None
    seed: int = 1
    token: str = "sandbox-hubspot-token"  # noqa: S105 - made up, opens nothing but the sandbox
    client_secret: str = "sandbox-hubspot-secret"  # noqa: S105 - same
    target_url: str = ""
    portal_id: int = 4774001
    retries: int = 3
    retry_seconds: float = 1.0
