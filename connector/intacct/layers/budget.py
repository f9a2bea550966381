"""Holds a call back once the month's budget of API transactions is used up."""

from __future__ import annotations

from connector.intacct.operation import Operation, Result
from connector.intacct.ports import Allowance, Send


class WithinBudget:
    """Asks before each attempt, and before a write is marked as sent."""

    def __init__(self, following: Send, allowance: Allowance) -> None:
        self._following = following
        self._allowance = allowance

    def __call__(self, operation: Operation) -> Result:
        """Send what the budget leaves room for.

        Raises:
            BudgetReached: It leaves none; nothing was sent.
        """
        self._allowance.ask(1)
        return self._following(operation)
