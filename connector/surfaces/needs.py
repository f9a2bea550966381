"""What an action asks of the company: permissions of its user, and API transactions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import schemas
from connector.component import Action

_ALL_PAGES = "allPages"


@dataclass(frozen=True)
class Needs:
    """What running an action takes.

    Args:
        application: The application of Intacct in which the permission stands; empty where the
            user names the object.
        permission: The permission's name on the page of a role.
        rights: What of it has to be ticked.
        cost: How many API transactions it costs, in a sentence.
    """

    application: str
    permission: str
    rights: tuple[str, ...]
    cost: str

    @property
    def sentence(self) -> str:
        """The permission in words for a person who sets up a role."""
        if not self.rights:
            return "The permissions of whatever the request reads or writes."
        ticked = ", ".join(self.rights)
        if not self.application:
            return f"{ticked} of the permission that belongs to the object which is named."
        return f"{self.application} > {self.permission}: {ticked}."


def needs_of(action: Action) -> Needs:
    """Return what an action needs, as ``schemas/needs.json`` has it."""
    table = schemas.load("needs.json")
    effect: dict[str, Any] = table["effects"][action.effect.value]
    if _ALL_PAGES in action.form.schema["properties"]:
        effect = {**effect, **table["lists"]}
    own = {**effect, **table["actions"].get(action.key, {})}
    place = table["objects"].get(action.object_name, {})
    return Needs(
        application=place.get("application", ""),
        permission=place.get("permission", ""),
        rights=tuple(own["rights"]),
        cost=own["cost"],
    )
