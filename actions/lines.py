"""What the lines of invoices, bills, adjustments and advances have to say, each and together."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, localcontext
from typing import Any

from actions import xml_amounts
from connector.component import Inputs, values
from connector.currencies import minor_units
from connector.errors import InputError

_CENT = Decimal("0.01")
# Two numbers of 24 digits multiply to 48; the default context would round them.
_DIGITS = 60


def complete_lines(inputs: Inputs, name: str = "lineItems") -> Any:
    """Return a document's lines, each with its amount; lines given as XML stay as they are.

    Args:
        inputs: The checked inputs of the document; its ``currency`` decides about cents.
        name: The input that holds the lines.

    Raises:
        InputError: A line is incomplete or contradicts itself (``complete_line``), has cents
            in a currency without any, or an amount in XML that is not exact.
    """
    lines = inputs[name]
    xml_amounts.check(lines, name, inputs.get("currency", ""))
    if isinstance(lines, str):  # XML elements, read and put in order where the call is written
        return lines
    complete = [complete_line(line, f"{name}[{place}]") for place, line in enumerate(lines)]
    refuse_fractions_of_whole_currency(inputs.get("currency", ""), complete, name)
    return complete


def changed_lines(inputs: Inputs, name: str = "lineItems") -> Any:
    """Return the lines of an update: those with a number change a line, the others are new.

    Args:
        inputs: The checked inputs of the update; its ``currency`` decides about cents.
        name: The input that holds the lines.

    Raises:
        InputError: A new line is incomplete, a changed one contradicts itself or says nothing,
            or two change the same line.
    """
    given = inputs[name]
    xml_amounts.check(given, name, inputs.get("currency", ""))
    if isinstance(given, str):
        return given
    refuse_same_line_twice(given, name)
    changed = [
        changed_line(line, f"{name}[{place}]")
        if isinstance(line, Mapping) and "lineNumber" in line
        else complete_line(line, f"{name}[{place}]")
        for place, line in enumerate(given)
    ]
    refuse_fractions_of_whole_currency(inputs.get("currency", ""), changed, name)
    return changed


def replaced_lines(inputs: Inputs, name: str) -> Any:
    """Return the lines that take the place of all a document has; each of them is complete.

    Args:
        inputs: The checked inputs of the update; its ``currency`` decides about cents.
        name: The input that holds the lines.

    Raises:
        InputError: A line is incomplete, or two carry the number of the same line.
    """
    if not isinstance(inputs[name], str):
        refuse_same_line_twice(inputs[name], name)
    return complete_lines(inputs, name)


def changed_line(line: Mapping[str, Any], path: str) -> dict[str, Any]:
    """Return what should change in a line that exists; fields left out keep their values.

    Raises:
        InputError: Two accounts, a part without its owner, a price that contradicts the amount,
            or nothing to change.
    """
    refuse_two_accounts(line, path)
    require_owners(line, path)
    if set(line) == {"lineNumber"}:
        raise InputError(
            f"{path} does not say what should change in line {line['lineNumber']}.",
            advice="Give at least one field of the line, or leave the line out.",
            field=path,
        )
    kept = without_factors(line)
    says_amount = len(kept) < len(line) or "amount" in line
    return {**kept, "amount": line_amount(line, path)} if says_amount else kept


def refuse_same_line_twice(given: list[Any], name: str) -> None:
    """Refuse two changes of one line: only the order would decide which one counts.

    Raises:
        InputError: Names the second one's lineNumber.
    """
    seen: set[int] = set()
    for place, line in enumerate(given):
        number = line.get("lineNumber") if isinstance(line, Mapping) else None
        if number in seen:
            raise InputError(
                f"{name}[{place}] changes line {number} a second time.",
                advice="Put all changes of one line together.",
                field=f"{name}[{place}].lineNumber",
            )
        if number is not None:
            seen.add(number)


def complete_line(line: Any, path: str) -> Any:
    """Return the line with its amount; a line given as XML stays as it is.

    Args:
        line: A checked line.
        path: Where it stands, such as ``lineItems[0]``.

    Raises:
        InputError: No account or two, no amount, a price that contradicts it, a task without
            project, or a cost type without task.
    """
    if isinstance(line, str):
        return line
    require_one_account(line, path)
    require_owners(line, path)
    return {**without_factors(line), "amount": line_amount(line, path)}


def without_factors(line: Mapping[str, Any]) -> dict[str, Any]:
    """Return the line without quantity and price, which documents of this kind do not keep."""
    return {name: value for name, value in line.items() if name not in {"quantity", "price"}}


def require_one_account(line: Mapping[str, Any], path: str) -> None:
    """Refuse a line that names no account, or names it twice.

    Raises:
        InputError: Names accountNumber or accountLabel.
    """
    refuse_two_accounts(line, path)
    if "accountNumber" not in line and "accountLabel" not in line:
        raise InputError(
            f"{path}.accountNumber is required, or accountLabel in its place.",
            advice="Give the general ledger account of the line, such as 4000.",
            field=f"{path}.accountNumber",
        )


def refuse_two_accounts(line: Mapping[str, Any], path: str) -> None:
    """Refuse a line that names its account by number and by label.

    Raises:
        InputError: Names accountLabel.
    """
    if "accountNumber" in line and "accountLabel" in line:
        raise InputError(
            f"{path} gives both accountNumber and accountLabel.",
            advice="Keep the one your company works with.",
            field=f"{path}.accountLabel",
        )


def require_owners(line: Mapping[str, Any], path: str) -> None:
    """Refuse a task without its project, and a cost type without its task.

    Raises:
        InputError: Names the missing owner.
    """
    require_owner(line, "taskId", "projectId", path)
    require_owner(line, "costTypeId", "taskId", path)


def require_owner(line: Mapping[str, Any], name: str, owner: str, path: str) -> None:
    """Refuse a part of something that is not named itself.

    Raises:
        InputError: Names the missing owner.
    """
    if name in line and owner not in line:
        raise InputError(
            f"{path}.{owner} is required beside {name}.",
            advice=f"Give the {owner} that {name} belongs to.",
            field=f"{path}.{owner}",
        )


def line_amount(line: Mapping[str, Any], path: str) -> str:
    """Return what the line charges, as money text.

    Raises:
        InputError: No amount, quantity without price, or both together give another amount.
    """
    amount, field = line.get("amount"), f"{path}.amount"
    product = _product(line, path)
    if product is None:
        if amount is None:
            raise InputError(
                f"{field} is required.",
                advice="Give the amount, or quantity and price.",
                field=field,
            )
        return str(amount)
    if amount is None:
        return _as_money(product, field)
    if product != Decimal(amount):
        raise InputError(
            f"{field} is {amount}, but quantity times price is {product:f}.",
            advice="Correct one of the three, or leave out quantity and price.",
            field=field,
        )
    return str(amount)


def _product(line: Mapping[str, Any], path: str) -> Decimal | None:
    given = [name for name in ("quantity", "price") if name in line]
    if not given:
        return None
    if len(given) == 1:
        missing = "price" if given[0] == "quantity" else "quantity"
        raise InputError(
            f"{path}.{missing} is required beside {given[0]}.",
            advice=f"Give both, or leave out {given[0]}: the line itself holds only its amount.",
            field=f"{path}.{missing}",
        )
    with localcontext(prec=_DIGITS):
        return Decimal(line["quantity"]) * Decimal(line["price"])


def _as_money(product: Decimal, field: str) -> str:
    with localcontext(prec=_DIGITS):
        cents = product.quantize(_CENT)
    if cents != product:
        raise InputError(
            f"{field} is not given, and quantity times price is {product:f}.",
            advice="Give the amount as you want it rounded, without quantity and price.",
            field=field,
        )
    return values.read_money(format(cents, "f"), field)


def refuse_fractions_of_whole_currency(
    currency: str, lines: list[Any], name: str = "lineItems"
) -> None:
    """Refuse cents in a currency that has none, such as yen.

    Args:
        currency: Its three letters, or nothing where the company's own is meant.
        lines: The lines; those given as XML are passed over.
        name: The input that holds the lines.

    Raises:
        InputError: Names the line's amount.
    """
    for place, line in enumerate(lines):
        if isinstance(line, Mapping):
            refuse_fraction(currency, line, f"{name}[{place}]")


def refuse_fraction(currency: str, line: Mapping[str, Any], path: str) -> None:
    """Refuse cents in any amount of a line whose currency has none.

    Raises:
        InputError: Names the amount.
    """
    if minor_units(currency.strip()):
        return
    for name, amount in line.items():
        # A base amount is in the company's own currency.
        is_amount = name.lower().endswith("amount") and name != "baseAmount"
        if is_amount and Decimal(amount) % 1:
            raise InputError(
                f"{path}.{name} is {amount}, but {currency.strip()} has no cents.",
                advice="Round it to a whole amount first.",
                field=f"{path}.{name}",
            )
