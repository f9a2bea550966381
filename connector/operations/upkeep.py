"""What is looked after every few seconds, whoever rings: harmless to do twice at once."""

from __future__ import annotations

from connector.operations import alerts, bulk, retention
from connector.operations.gathering import gather
from connector.runtime import pauses
from connector.runtime.bells import ADVANCE_RUN, EFFECTS
from connector.runtime.services import MOST_RUNG, Services


def tend(services: Services) -> None:
    """Wake runs of resumed workflows, carry on plans, keep the issues, tell of them, and prune."""
    for run_id in pauses.release(services.database)[:MOST_RUNG]:
        services.bells.ring(ADVANCE_RUN, run_id, EFFECTS)
    bulk.tend(services)
    gather(services.database)
    alerts.tell(services)
    retention.daily(services)
