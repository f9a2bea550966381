"""The lines of a journal entry: sides, amounts, rates, dimensions and splits."""

from decimal import Decimal

from connector.sandbox import allocations
from connector.sandbox.books import BASE_CURRENCY, check_dimensions, settle_rate
from connector.sandbox.company import Call
from connector.sandbox.ledger_lines import DIMENSIONS, SIDES, settle_sides
from connector.sandbox.objects import OBJECTS
from connector.sandbox.objects.extensions import dimensions
from connector.sandbox.refusal import rule
from connector.sandbox.store import Body
from connector.sandbox.values import decimal_of, illegal_format, money, rounded
from connector.sandbox.writer import Given, accepted, check_reference, with_defaults

SPLIT = "SPLIT"
_NAMES = {"LOCATIONID": "LOCATION", "DEPARTMENTID": "DEPARTMENT"}


def make_lines(call: Call, header: Body, given: list[Given]) -> list[Body]:
    """Return the lines as they are kept; one with splits becomes one line per split.

    An allocation that is named splits a line in the same way.

    The splits of a line are given as dotted fields SPLIT.1.AMOUNT and so on. Raises Refusal.
    """
    made: list[Body] = []
    for line in given:
        splits = _splits(line)
        own = {n: text for n, text in line.items() if not n.startswith(f"{SPLIT}.")}
        if not splits and own.get("ALLOCATION", "") == "Custom":
            raise rule("A custom allocation needs splits.", field="ALLOCATION")
        if splits:
            made += _split(call, header, own, splits)
        else:
            parts = allocations.split(call, own) if allocations.is_named(own) else [own]
            made += [_line(call, header, part) for part in parts]
    return made


def _splits(line: Given) -> list[Given]:
    found: dict[str, Given] = {}
    for name, text in line.items():
        first, _, rest = name.partition(".")
        position, _, own = rest.partition(".")
        if first == SPLIT:
            found.setdefault(position, {})[own] = text
    return list(found.values())


def _split(call: Call, header: Body, line: Given, splits: list[Given]) -> list[Body]:
    if line.get("ALLOCATION") != "Custom":
        raise rule("Splits need the allocation Custom.", field="ALLOCATION")
    own = {*DIMENSIONS, *(dimension.field for dimension in dimensions())}
    bare = {n: text for n, text in line.items() if _NAMES.get(n, n) not in own}
    amount, total = _amount(line), Decimal(0)
    made = []
    for split in splits:
        part = _amount(split)
        total += part
        kept = {n: text for n, text in split.items() if n not in ("AMOUNT", "TRX_AMOUNT")}
        made.append(_line(call, header, {**bare, **kept, "TRX_AMOUNT": str(part), "AMOUNT": ""}))
    if total != amount:
        raise rule(
            f"The splits add up to {money(total)}, the line is {money(amount)}, "
            f"difference {money(amount - total)}.",
            field=SPLIT,
        )
    return made


def _line(call: Call, header: Body, given: Given) -> Body:
    described = OBJECTS["GLENTRY"]
    amount = _amount(given)
    own = accepted(call, described, {n: t for n, t in given.items() if n != "ALLOCATION"})
    body = with_defaults(described, own)
    if given.get("ALLOCATION"):
        body["ALLOCATION"] = given["ALLOCATION"]
    if body.get("TR_TYPE") not in SIDES:
        raise rule("TR_TYPE is 1 for a debit or -1 for a credit.", field="TR_TYPE")
    if call.scope.entity:
        body.setdefault("LOCATION", call.scope.entity)
    _settle_account(call, header, body)
    body["TRX_AMOUNT"] = money(amount)
    settle_rate(body, header["BATCH_DATE"])
    body["AMOUNT"] = money(rounded(amount * Decimal(body.get("EXCHANGE_RATE", "1"))))
    body["BASECURR"] = BASE_CURRENCY
    settle_sides(body)
    return body


def _amount(given: Given) -> Decimal:
    """Return the amount of a line or split: TRX_AMOUNT or, as in documented examples, AMOUNT."""
    name = "TRX_AMOUNT" if given.get("TRX_AMOUNT", "").strip() else "AMOUNT"
    text = given.get(name, "").strip()
    if not text:
        raise rule("Enter an amount for each line of the journal entry.", field="TRX_AMOUNT")
    amount = decimal_of(text)
    if amount is None:
        raise illegal_format(name, text)
    if amount < 0:
        raise rule("Amounts are absolute; TR_TYPE says debit or credit.", field=name)
    return rounded(amount)


def _settle_account(call: Call, header: Body, body: Body) -> None:
    number = body.get("ACCOUNTNO", "")
    if not number:
        raise rule("Enter an account for each line of the journal entry.", field="ACCOUNTNO")
    is_counted = header["STATISTICAL"] == "true"
    account = check_reference(
        call, "STATACCOUNT" if is_counted else "GLACCOUNT", number, field="ACCOUNTNO"
    )
    body["STATISTICAL"] = header["STATISTICAL"]
    body["ACCOUNTKEY"] = str(account.recordno)
    body["ACCOUNTTITLE"] = account.body.get("TITLE", "")
    check_dimensions(call, account, body, names=_NAMES)
