"""What a transaction of receivables or payables posts to the general ledger: balanced entries.

Documents post between their lines and the account of what is owed, advances and payments between
that account and the bank.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from connector.sandbox.ledger_lines import DIMENSIONS, opposite, settle_sides
from connector.sandbox.objects.extensions import dimensions
from connector.sandbox.record import Body, Record
from connector.sandbox.values import money, rounded

Accounts = Callable[[str], Body]
Find = Callable[[str, str], Record | None]
Owned = Callable[[str, int], list[Record]]

UNDEPOSITED = "1200"
_NOT_POSTED = frozenset(
    {"", "Draft", "Submitted", "Partially Approved", "Approved", "Declined", "Voided"}
)
_NAMES = {"LOCATION": "LOCATIONID", "DEPARTMENT": "DEPARTMENTID"}
_BANKS = ("CHECKINGACCOUNT", "SAVINGSACCOUNT", "CREDITCARD")


@dataclass(frozen=True)
class Source:
    """One kind of transaction: where it is posted, and which of its fields say what."""

    lines: str
    party: str
    day: str
    title: str
    moves_money: bool = False

    @property
    def is_receivable(self) -> bool:
        """Whether it is of customers, not of vendors."""
        return self.party == "CUSTOMER"

    @property
    def journal(self) -> str:
        """The symbol of its journal."""
        return "ARJ" if self.is_receivable else "APJ"

    @property
    def module(self) -> str:
        """The key of its module."""
        return "4.AR" if self.is_receivable else "3.AP"

    @property
    def control(self) -> str:
        """The account of what is owed, unless a line or its party names another one."""
        return "1100" if self.is_receivable else "2000"

    @property
    def sign(self) -> int:
        """What makes an amount a debit of the account of what is owed, or of the bank."""
        return 1 if self.is_receivable else -1


SOURCES = {
    "ARINVOICE": Source("ARINVOICEITEM", "CUSTOMER", "WHENPOSTED", "Invoices"),
    "ARADJUSTMENT": Source("ARADJUSTMENTITEM", "CUSTOMER", "WHENPOSTED", "Adjustments"),
    "ARADVANCE": Source("ARADVANCEITEM", "CUSTOMER", "RECEIPTDATE", "Advances", moves_money=True),
    "ARPYMT": Source("ARPYMTDETAIL", "CUSTOMER", "RECEIPTDATE", "Payments", moves_money=True),
    "APBILL": Source("APBILLITEM", "VENDOR", "WHENPOSTED", "Bills"),
    "APADJUSTMENT": Source("APADJUSTMENTITEM", "VENDOR", "WHENPOSTED", "Adjustments"),
    "APADVANCE": Source("APADVANCEITEM", "VENDOR", "PAYMENTDATE", "Advances", moves_money=True),
    "APPYMT": Source("APPYMTDETAIL", "VENDOR", "PAYMENTDATE", "Payments", moves_money=True),
}  # fmt: skip
PAYMENTS = frozenset({"ARPYMT", "APPYMT"})


@dataclass(frozen=True)
class Amount:
    """An amount of the transaction's currency, and what it is in the base currency."""

    own: Decimal
    base: Decimal


class Posting:
    """What one record posts; `find`, `owned` and `accounts` read the company."""

    def __init__(self, record: Record, find: Find, owned: Owned, accounts: Accounts) -> None:
        """Take a transaction and what reads the records around it."""
        self._record = record
        self._source = SOURCES[record.object]
        self._find = find
        self._owned = owned
        self._accounts = accounts

    def entries(self) -> list[Body]:
        """Return the entries of its batch, in pairs that balance; none while it is not posted."""
        body = self._record.body
        was_paid = body.get("STATE") == "Voided" and body.get("WHENPAID")
        if body.get("NOGL") == "true" or (body.get("STATE", "") in _NOT_POSTED and not was_paid):
            return []
        is_payment = self._record.object in PAYMENTS
        return list(self._of_payment() if is_payment else self._of_document())

    def reversal(self, entries: list[Body]) -> tuple[str, list[Body]]:
        """Return the day (ISO) and the entries that take others back; no day without a reversal."""
        body = self._record.body
        if body.get("STATE") not in ("Reversed", "Voided"):
            return "", []
        day = body.get("DATEREVERSED") or body.get(self._source.day, "")
        return day, [{**opposite(entry), "ENTRY_DATE": day} for entry in entries]

    def _of_document(self) -> Iterator[Body]:
        for line in self._owned(self._source.lines, self._record.recordno):
            own = line.body
            amount = Amount(Decimal(own.get("TRX_AMOUNT", "0")), Decimal(own.get("AMOUNT", "0")))
            yield from self._pair(amount, own["ACCOUNTNO"], own)
            tax = Decimal(own.get("TRX_TAX") or "0")
            if tax:
                yield from self._pair(self._rated(tax), self._tax_account(own), own)

    def _pair(self, amount: Amount, account: str, line: Body) -> Iterator[Body]:
        """Yield what is owed, or the money, and the other side of a line."""
        if self._source.moves_money:
            control = self._bank()
        else:
            control = line.get("OFFSETGLACCOUNTNO") or self._owed_account()
        yield from self._entry(control, self._source.sign, amount, line)
        yield from self._entry(account, -self._source.sign, amount, line)

    def _of_payment(self) -> Iterator[Body]:
        sign, owed = self._source.sign, self._owed_account()
        for detail in self._owned(self._source.lines, self._record.recordno):
            line = self._first_line(detail.body)
            named = {**line, "ENTRYDESCRIPTION": self._record.body.get("DESCRIPTION", "")}
            for account, amount in self._means(detail.body, line):
                yield from self._entry(account, sign, self._rated(amount), named)
                yield from self._entry(owed, -sign, self._rated(amount), named)
        over = Decimal(self._record.body.get("OVERPAYMENTAMOUNT") or "0")
        if over:
            named = {
                name: self._record.body.get(f"OVERPAYMENT{name}", "") for name in _NAMES.values()
            }
            yield from self._entry(self._bank(), sign, self._rated(over), named)
            yield from self._entry(owed, -sign, self._rated(over), named)

    def _means(self, detail: Body, line: Body) -> Iterator[tuple[str, Decimal]]:
        """Yield what pays a document, each with its account: money, discount, an advance.

        A credit memo is on the account of what is owed itself, so using it posts nothing.
        """
        yield self._bank(), Decimal(detail.get("TRX_PAYMENTAMOUNT") or "0")
        yield line.get("ACCOUNTNO", ""), Decimal(detail.get("DISCOUNTED") or "0")
        key = detail.get("ADVANCEKEY", "")
        if key:
            kind = "ARADVANCE" if self._source.is_receivable else "APADVANCE"
            lines = self._owned(SOURCES[kind].lines, int(key))
            account = lines[0].body["ACCOUNTNO"] if lines else self._owed_account()
            yield account, Decimal(detail.get("TRX_POSTEDADVANCEAMOUNT") or "0")

    def _first_line(self, detail: Body) -> Body:
        """Return the line that a detail pays, or the first one of its document."""
        name = "ARINVOICE" if self._source.is_receivable else "APBILL"
        key = detail.get("RECORDKEY", "")
        if not key:
            name, key = name[:2] + "ADJUSTMENT", detail.get("POSADJKEY", "")
        lines = self._owned(SOURCES[name].lines, int(key or "0"))
        named = [line for line in lines if str(line.recordno) == detail.get("ENTRYKEY")]
        return (named or lines)[0].body if lines else {}

    def _entry(self, account: str, sign: int, amount: Amount, line: Body) -> Iterator[Body]:
        """Yield the entry of an amount, on the other side when it is below zero."""
        if not amount.own:
            return
        header = self._record.body
        own = {
            name: line.get(_NAMES.get(name, name), "")
            for name in (*DIMENSIONS, *(dimension.field for dimension in dimensions()))
        }
        party = f"{self._source.party}ID"
        body = {
            **own,
            **self._accounts(account),
            party: own.get(party) or header.get(party, ""),
            "TR_TYPE": "1" if sign * amount.own > 0 else "-1",
            "TRX_AMOUNT": money(abs(amount.own)),
            "AMOUNT": money(abs(amount.base)),
            "CURRENCY": header.get("CURRENCY", ""),
            "BASECURR": header.get("BASECURR", ""),
            "EXCH_RATE_DATE": header.get("EXCH_RATE_DATE", ""),
            "EXCH_RATE_TYPE_ID": header.get("EXCH_RATE_TYPE_ID", ""),
            "EXCHANGE_RATE": header.get("EXCHANGE_RATE", ""),
            "DESCRIPTION": line.get("ENTRYDESCRIPTION", ""),
            "DOCUMENT": self._record.id,
            "ENTRY_DATE": header.get(self._source.day, ""),
            "STATISTICAL": "false",
            "CLEARED": "false",
            "BILLABLE": line.get("BILLABLE", "") or "false",
        }
        settle_sides(body)
        yield body

    def _rated(self, amount: Decimal) -> Amount:
        rate = Decimal(self._record.body.get("EXCHANGE_RATE") or "1")
        return Amount(amount, rounded(amount * rate))

    def _owed_account(self) -> str:
        source = self._source
        party = self._find(source.party, self._record.body.get(f"{source.party}ID", ""))
        return (party.body.get("OFFSETGLACCOUNTNO", "") if party else "") or source.control

    def _bank(self) -> str:
        body = self._record.body
        for name in _BANKS:
            bank = self._find(name, body.get("FINANCIALENTITY", ""))
            if bank is not None:
                return bank.body.get("GLACCOUNTNO", "")
        return body.get("UNDEPOSITEDACCOUNTNO") or UNDEPOSITED

    def _tax_account(self, line: Body) -> str:
        """Return the account of the first tax of a line, or that of the line itself."""
        detail = self._find("TAXDETAIL", line.get("TAXDETAILS", "").split("#~#")[0])
        return (detail.body.get("GLACCOUNT", "") if detail else "") or line["ACCOUNTNO"]
