"""Won deals with known amounts, delivered as a sender does: again and again until it hears yes."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterable
from decimal import Decimal

import httpx

from tests.support.installation import MOST_EVENTS, Installation

CENTS = Decimal("0.01")


class Stream:
    """A stream of deals, each won once.

    Args:
        installation: Where they are delivered.
        chance: Chooses the amounts.
    """

    def __init__(self, installation: Installation, chance: random.Random) -> None:
        self._installation = installation
        self._chance = chance
        self._moment = int(time.time() * 1000)
        self._waiting: list[str] = []
        self.amounts: dict[str, Decimal] = {}
        self.accepted: list[str] = []

    def win(self, count: int) -> None:
        """Add won deals and try to deliver them."""
        for _ in range(count):
            amount = self._chance.randrange(100, 1_000_000) * CENTS
            deal = self._installation.new_deal((str(amount),))
            self._installation.move(deal, deliver=False)
            self.amounts[deal] = amount
            self._waiting.append(deal)
        self.deliver()

    def deliver(self) -> None:
        """Deliver what was not accepted so far; what is refused again stays for the next time."""
        while self._waiting:
            batch = self._waiting[:MOST_EVENTS]
            if not self._is_accepted(batch):
                return
            del self._waiting[: len(batch)]
            self.accepted += batch

    @property
    def is_delivered(self) -> bool:
        """Whether every deal was accepted."""
        return not self._waiting

    def total(self, deals: Iterable[str]) -> Decimal:
        """Return what some deals are worth together."""
        return sum((self.amounts[deal] for deal in deals), Decimal(0))

    def _is_accepted(self, deals: list[str]) -> bool:
        # The same events each time, and now and then once too often, as real senders do.
        events = [self._installation.event(deal, int(deal), self._moment) for deal in deals]
        body = json.dumps(events).encode()
        try:
            answers = [self._installation.deliver(body) for _ in range(self._chance.choice((1, 2)))]
        except httpx.HTTPError:
            return False
        return any(answer.status_code == httpx.codes.OK for answer in answers)
