"""What is looked at when a delivery has to prove itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class Delivery(Protocol):
    """One delivery, exactly as it arrived; see ``connector.component.Webhook``."""

    @property
    def method(self) -> str:
        """The HTTP method."""

    @property
    def url(self) -> str:
        """The public address, from our own settings."""

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers, names in lower case."""

    @property
    def raw(self) -> bytes:
        """The body's bytes as they travelled."""

    @property
    def content(self) -> bytes:
        """The body's bytes without compression."""

    @property
    def received_at(self) -> int:
        """Milliseconds since 1970, UTC."""

    @property
    def peer(self) -> str:
        """The address of the machine that connected."""
