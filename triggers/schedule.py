"""Schedule: start at set times, by the clock of a place."""

from __future__ import annotations

import schemas
from connector.component.polling import TimedTrigger, as_found, is_never_routed, refuse

EVENT = "events/schedule.json"

TRIGGER = TimedTrigger(
    key="schedule",
    label="Schedule",
    description="Starts the workflow at set times, by a cron line or every so many minutes.",
    connection="",
    event=EVENT,
    config="triggers/schedule.json",
    verify=refuse,
    receive=refuse,
    matches=is_never_routed,
    enrich=as_found,
    example=schemas.load(EVENT)["examples"][0],
)
