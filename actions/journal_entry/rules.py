"""What a journal entry's inputs have to say together: above all that its lines balance."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from actions.journal_entry.sides import Side, sides_of
from actions.lines import refuse_fraction, require_owners
from connector.component import Inputs
from connector.errors import InputError

_LEAST_LINES = 2


def entry_values(inputs: Inputs) -> dict[str, Any]:
    """Return the fields of the entry that the inputs describe; all its lines are among them.

    Raises:
        InputError: Two inputs contradict one another, or debits and credits are not the same.
    """
    refuse_reversal_before_entry(inputs)
    sides = sides_of(inputs["lines"])
    _check_lines(inputs["lines"])
    if not inputs.get("statistical"):
        require_two_lines(sides)
        refuse_nothing_booked(sides)
        if inputs.get("state") != "Draft":
            refuse_imbalance(sides)
    return dict(inputs)


def _check_lines(given: Any) -> None:
    for place, line in enumerate([] if isinstance(given, str) else given):
        if isinstance(line, Mapping):
            require_owners(line, f"lines[{place}]")
            refuse_two_rates(line, f"lines[{place}]")
            refuse_fraction(line.get("currency", ""), line, f"lines[{place}]")


def refuse_two_rates(line: Mapping[str, Any], path: str) -> None:
    """Refuse a line with a rate of its own beside the list to look one up in (xml-api 4.7).

    Raises:
        InputError: Names exchangeRateType.
    """
    if "exchangeRate" in line and "exchangeRateType" in line:
        raise InputError(
            f"{path} gives both exchangeRate and exchangeRateType.",
            advice="Keep your own exchangeRate, or let Intacct look it up by exchangeRateType.",
            field=f"{path}.exchangeRateType",
        )


def refuse_reversal_before_entry(inputs: Mapping[str, Any]) -> None:
    """Refuse an entry that would be reversed before it counts, or on the same day.

    Raises:
        InputError: Names reversalDate.
    """
    day, posted = inputs.get("reversalDate"), inputs["postingDate"]
    if day and day <= posted:
        raise InputError(
            f"reversalDate {day} does not come after postingDate {posted}.",
            advice="Give a later day, often the first of the next month.",
            field="reversalDate",
        )


def require_two_lines(sides: list[Side]) -> None:
    """Refuse an entry of one line: there is nothing on its other side (xml-api 4.7).

    Raises:
        InputError: Names lines.
    """
    if len(sides) < _LEAST_LINES:
        raise InputError(
            "lines needs at least two lines, a debit and a credit.",
            advice="Add the other side; an entry that counts things is marked as statistical.",
            field="lines",
        )


def refuse_nothing_booked(sides: list[Side]) -> None:
    """Refuse an entry that balances because all its amounts are zero.

    Raises:
        InputError: Names lines.
    """
    if not any(side.amount for side in sides):
        raise InputError(
            "All amounts of the entry are zero, so it would book nothing.",
            advice="Give the amounts; an entry that counts things is marked as statistical.",
            field="lines",
        )


def refuse_imbalance(sides: list[Side]) -> None:
    """Refuse an entry whose debits and credits differ in one of its currencies.

    Lines without a currency are in the company's own, which is not known here: where some lines
    name one and others do not, Intacct decides. So it does about entities.

    Raises:
        InputError: Names lines and says how much is missing on which side.
    """
    currencies = {side.currency for side in sides}
    if "" in currencies and len(currencies) > 1:
        return
    for currency in sorted(currencies):
        own = [side for side in sides if side.currency == currency]
        debits = sum((side.amount for side in own if side.is_debit), Decimal())
        credits_ = sum((side.amount for side in own if not side.is_debit), Decimal())
        if debits != credits_:
            _refuse_difference(currency, debits, credits_)


def _refuse_difference(currency: str, debits: Decimal, credits_: Decimal) -> None:
    where = f" in {currency}" if currency else ""
    short = "credits" if debits > credits_ else "debits"
    raise InputError(
        f"The entry does not balance{where}: debits are {debits:f}, credits are {credits_:f}; "
        f"the {short} are short by {abs(debits - credits_):f}.",
        advice="Correct the lines, or set state to Draft to keep the entry unfinished.",
        field="lines",
    )
