"""The transactions of a new company besides its invoices: bills, payments, credits, journals."""

import random
from datetime import date, timedelta
from decimal import Decimal

from connector.sandbox import advances, attachments, documents, journals, payments
from connector.sandbox.company import Call
from connector.sandbox.document_kinds import ADJUSTMENT, ADVANCE, BILL
from connector.sandbox.payment_details import MADE, RECEIVED
from connector.sandbox.seed_tables import MORE_TABLES, fill_tables
from connector.sandbox.store import Record
from connector.sandbox.writer import save

BILLS = 14
_VENDORS = ("V-100", "V-200", "V-300", "V-400", "V-410", "V-440", "V-460", "V-470")
_FIRST_DAY = date(2026, 1, 5)


def add_books(call: Call) -> None:
    """Add everything, in an order in which each record finds what it names."""
    chooser = random.Random(call.company.config.seed + 1)  # noqa: S311 # made-up data
    fill_tables(call, MORE_TABLES)
    _add_attachments(call)
    bills = [_add_bill(call, chooser, number) for number in range(1, BILLS + 1)]
    _move_bills(call, bills)
    _add_adjustments(call)
    _add_advance(call)
    _add_journals(call, chooser)


def _day(day: date) -> str:
    return f"{day:%m/%d/%Y}"


def _add_attachments(call: Call) -> None:
    given = {"SUPDOCID": "ATT-100", "SUPDOCNAME": "Rental contract", "FOLDERNAME": "Contracts"}
    attachments.create(call, given, [("rental", "txt", "UmVudGFsIGNvbnRyYWN0")])


def _add_bill(call: Call, chooser: random.Random, number: int) -> Record:
    day = _FIRST_DAY + timedelta(days=chooser.randrange(50))
    header = {
        "VENDORID": _VENDORS[number % len(_VENDORS)],
        "WHENCREATED": _day(day),
        "TERMNAME": chooser.choice(("Net 15", "Net 30")),
        "RECORDID": f"B-{1000 + number}",
        "DOCNUMBER": f"PO-{500 + number}",
        "DESCRIPTION": "Seeded bill",
        "ACTION": "Draft" if number > BILLS - 3 else "Submit",
        "SUPDOCID": "ATT-100" if number == 1 else "",
    }
    lines = [
        {
            "ACCOUNTNO": chooser.choice(("5000", "6400", "6700")),
            "TRX_AMOUNT": str(Decimal(chooser.randrange(1000, 200000)) / 100),
            "ENTRYDESCRIPTION": "Goods and services",
            "LOCATIONID": chooser.choice(("100", "110", "200")),
            "DEPARTMENTID": "30",
            "GLDIMREGION": chooser.choice(("", "1", "2")),
        }
        for _ in range(chooser.randrange(1, 4))
    ]
    return documents.create(call, BILL, header, lines)


def _move_bills(call: Call, bills: list[Record]) -> None:
    """Pay two bills, one of them in part, select one, put one on hold, leave one for approval."""
    _pay_bill(call, bills[0], Decimal(1), "Submit")
    _pay_bill(call, bills[1], Decimal("0.5"), "Submit")
    _pay_bill(call, bills[2], Decimal(1), "Draft")
    save(call, bills[3], {**bills[3].body, "ONHOLD": "true"})
    waiting = dict(bills[-1].body)
    documents.set_state(BILL, waiting, "Submitted")
    save(call, bills[-1], waiting)


def _pay_bill(call: Call, bill: Record, part: Decimal, action: str) -> None:
    amount = (Decimal(bill.body["TRX_TOTALDUE"]) * part).quantize(Decimal("0.01"))
    header = {
        "VENDORID": bill.body["VENDORID"],
        "FINANCIALENTITY": "CHK-100",
        "PAYMENTMETHOD": "Printed Check",
        "PAYMENTDATE": _day(date(2026, 3, 1)),
        "DOCNUMBER": f"CHECK-{bill.recordno}",
        "ACTION": action,
    }
    detail = {"RECORDKEY": str(bill.recordno), "TRX_PAYMENTAMOUNT": str(amount)}
    payments.create(call, MADE, header, [detail])


def _add_adjustments(call: Call) -> None:
    """Add a credit memo and two debit memos; one of these is paid, one in part."""
    customer = call.store.by_id("ARINVOICE", "INV-10001")[0].body["CUSTOMERID"]
    for number, amount, paid in (
        ("CM-1", "-5.00", ""),
        ("DM-1", "40.00", "40.00"),
        ("DM-2", "60.00", "15.00"),
    ):
        header = {"CUSTOMERID": customer, "WHENCREATED": "02/10/2026", "RECORDID": number}
        line = {"ACCOUNTNO": "4000", "TRX_AMOUNT": amount, "LOCATIONID": "100"}
        memo = documents.create(call, ADJUSTMENT, header, [line])
        if paid:
            _receive(call, customer, memo, paid)


def _receive(call: Call, customer: str, memo: Record, amount: str) -> None:
    header = {
        "CUSTOMERID": customer,
        "PAYMENTMETHOD": "Printed Check",
        "RECEIPTDATE": "03/02/2026",
        "PAYMENTDATE": "03/02/2026",
        "FINANCIALENTITY": "CHK-100",
        "DOCNUMBER": f"CHECK-{memo.id}",
    }
    detail = {"POSADJKEY": str(memo.recordno), "TRX_PAYMENTAMOUNT": amount}
    payments.create(call, RECEIVED, header, [detail])


def _add_advance(call: Call) -> None:
    header = {
        "CUSTOMERID": "C-00004",
        "PAYMENTMETHOD": "EFT",
        "PAYMENTDATE": "02/12/2026",
        "RECEIPTDATE": "02/12/2026",
        "FINANCIALENTITY": "CHK-100",
    }
    line = {"ACCOUNTNO": "2200", "TRX_AMOUNT": "500.00", "LOCATIONID": "100"}
    advances.create(call, ADVANCE, header, [line])


def _add_journals(call: Call, chooser: random.Random) -> None:
    for number in range(1, 6):
        day = _FIRST_DAY + timedelta(days=10 * number)
        header = {
            "JOURNAL": ("GJ", "GJ", "APJ", "ADJ", "GJ")[number - 1],
            "BATCH_DATE": _day(day),
            "BATCH_TITLE": f"Seeded entry {number}",
            "REFERENCENO": f"J-{number}",
            "STATE": "Draft" if number == 5 else "Posted",  # noqa: PLR2004 # the last one
            "REVERSEDATE": _day(day + timedelta(days=20)) if number == 1 else "",
        }
        amount = str(Decimal(chooser.randrange(1000, 90000)) / 100)
        lines = [
            {"ACCOUNTNO": account, "TR_TYPE": side, "TRX_AMOUNT": amount, "LOCATION": "100"}
            for account, side in (("6400", "1"), ("1300", "-1"))
        ]
        journals.create(call, header, lines)
    header = {"JOURNAL": "SJ", "BATCH_DATE": "01/31/2026", "BATCH_TITLE": "Headcount of January"}
    journals.create(call, header, [{"ACCOUNTNO": "9000", "TR_TYPE": "1", "AMOUNT": "42"}])
