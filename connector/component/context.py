"""What an action or trigger may reach while it runs."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from connector.errors import SetupError
from connector.hubspot.client import HubspotClient
from connector.intacct.client import IntacctClient
from connector.intacct.transcript import Transcript


class RowReader(Protocol):
    """A database that rows are read from."""

    def rows(self, query: str, parameters: Mapping[str, Any], most: int) -> list[dict[str, Any]]:
        """Return what one SELECT finds, by column."""


@dataclass(frozen=True)
class Context:
    """The connections of one step, already opened.

    Asking for a connection that the step does not name is a set-up mistake, and says so.
    """

    intacct_client: IntacctClient | None = None
    hubspot_client: HubspotClient | None = None
    row_reader: RowReader | None = None

    @property
    def intacct(self) -> IntacctClient:
        """The company this step works on."""
        if self.intacct_client is None:
            raise SetupError(
                "This step has no Sage Intacct connection.",
                advice="Choose a connection for the step.",
                field="connection",
            )
        return self.intacct_client

    @property
    def hubspot(self) -> HubspotClient:
        """The HubSpot portal this trigger or step works on."""
        if self.hubspot_client is None:
            raise SetupError(
                "It has no HubSpot connection.",
                advice="Choose a connection of the kind hubspot.",
                field="connection",
            )
        return self.hubspot_client

    @property
    def sql(self) -> RowReader:
        """The database this step reads."""
        if self.row_reader is None:
            raise SetupError(
                "It has no database.",
                advice="Choose a connection of the kind sql.",
                field="connection",
            )
        return self.row_reader

    def recorded_in(self, transcript: Transcript) -> Context:
        """Return the same connections, keeping what the company is asked and answers."""
        return dataclasses.replace(self, intacct_client=self.intacct.recorded_in(transcript))

    def asking_for(self, api: str) -> Context:
        """Return the same connections, with a company that is reached over this API alone."""
        return dataclasses.replace(self, intacct_client=self.intacct.asking_for(api))
