"""The two deal pipelines of the portal: HubSpot's own and one a company made itself."""

from __future__ import annotations

from typing import Any

DEFAULT_PIPELINE = "default"
CUSTOM_PIPELINE = "75812345"
CUSTOM_OPEN_STAGE = "148212001"
CUSTOM_WON_STAGE = "148212003"
CUSTOM_LOST_STAGE = "148212004"

_MADE = "2025-01-06T08:00:00.000Z"

# (stage, label, probability); a stage of certain outcome (0.0 or 1.0) is a closed one.
_STAGES: dict[str, tuple[str, tuple[tuple[str, str, str], ...]]] = {
    DEFAULT_PIPELINE: (
        "Sales Pipeline",
        (
            ("appointmentscheduled", "Appointment Scheduled", "0.2"),
            ("qualifiedtobuy", "Qualified To Buy", "0.4"),
            ("presentationscheduled", "Presentation Scheduled", "0.6"),
            ("contractsent", "Contract Sent", "0.9"),
            ("closedwon", "Closed Won", "1.0"),
            ("closedlost", "Closed Lost", "0.0"),
        ),
    ),
    CUSTOM_PIPELINE: (
        "Renewals",
        (
            (CUSTOM_OPEN_STAGE, "Up for Renewal", "0.5"),
            ("148212002", "Offer Sent", "0.8"),
            (CUSTOM_WON_STAGE, "Renewed", "1.0"),
            (CUSTOM_LOST_STAGE, "Cancelled", "0.0"),
        ),
    ),
}


def has_stage(pipeline: str | None, stage: str | None) -> bool:
    """Return whether the stage belongs to the pipeline."""
    return any(stage == name for name, _, _ in _STAGES.get(pipeline or "", ("", ()))[1])


def describe_pipelines() -> list[dict[str, Any]]:
    """Return the pipelines as the CRM lists them; stage metadata holds texts, not numbers."""
    return [
        {
            "id": pipeline,
            "label": label,
            "displayOrder": order,
            "stages": [_describe_stage(place, *stage) for place, stage in enumerate(stages)],
            "createdAt": _MADE,
            "updatedAt": _MADE,
            "archived": False,
        }
        for order, (pipeline, (label, stages)) in enumerate(_STAGES.items())
    ]


def _describe_stage(order: int, stage: str, label: str, probability: str) -> dict[str, Any]:
    is_closed = probability in {"0.0", "1.0"}
    return {
        "id": stage,
        "label": label,
        "displayOrder": order,
        "metadata": {"isClosed": str(is_closed).lower(), "probability": probability},
        "createdAt": _MADE,
        "updatedAt": _MADE,
        "archived": False,
    }
