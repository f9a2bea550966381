"""What customers and vendors have alike: adjustments, advances, and the details of payments."""

from connector.sandbox.objects.definition import Lines, ObjectType, describe
from connector.sandbox.objects.lines import document_line

# States of what is settled by payments; those of a reversal and after it are chosen here.
SETTLED = "enum(Draft=D|Posted=A|Partially Paid=PP|Paid=P|Reversed=V)"
TOTALS = """
TOTALENTERED money readonly
TOTALSELECTED money readonly default=0
TOTALPAID money readonly default=0
TOTALDUE money readonly
TRX_TOTALENTERED money readonly
TRX_TOTALSELECTED money readonly default=0
TRX_TOTALPAID money readonly default=0
TRX_TOTALDUE money readonly
"""
MONEY = """
BASECURR text default=USD
CURRENCY text default=USD
EXCH_RATE_DATE date
EXCH_RATE_TYPE_ID text
EXCHANGE_RATE rate
"""
_SIDES = {"AR": "CUSTOMER", "AP": "VENDOR"}
_END = "DATEREVERSED date readonly\nAUWHENCREATED stamp readonly\nINTEGRATION_KEY text\n"


def party(name: str, flag: str = "") -> str:
    """Return the fields that name a customer or vendor; `flag` may be required."""
    return f"""{name}ID text {flag} ->{name}
{name}NAME text <- {name}.NAME
{name}KEY int <- {name}.RECORDNO"""


def adjustment(side: str, title: str, more: str = "", of_line: str = "") -> tuple[ObjectType, ...]:
    """Return the adjustment of a side, AR or AP, and its line."""
    name, record_type = f"{side}ADJUSTMENT", f"{side[1].lower()}a"
    fields = f"""RECORDTYPE text readonly default={record_type}
RECORDID text
{party(_SIDES[side], "required")}
STATE {SETTLED} readonly
RAWSTATE text readonly
DOCNUMBER text
DESCRIPTION text
EXTERNALID text
WHENCREATED date required
WHENPOSTED date
WHENPAID date readonly
{MONEY.strip()}
{TOTALS.strip()}
TAXSOLUTIONID text
{more}NOGL bool default=false
PRBATCHKEY int
PRBATCH text
SYSTEMGENERATED tf default=false
{_END}"""
    lines = Lines(f"{name}ITEMS", f"{name}ITEM")
    own = describe(name, title, "RECORDID", fields, lines=lines, is_unique=False)
    return own, document_line(lines.object, f"{title} line", name, record_type, SETTLED, of_line)


def advance(side: str, methods: str, means: str) -> tuple[ObjectType, ...]:
    """Return the advance of a side, AR or AP, and its line; `means` say where its money is."""
    name, record_type = f"{side}ADVANCE", f"{side[1].lower()}r"
    fields = f"""RECORDTYPE text readonly default={record_type}
RECORDID text readonly
{party(_SIDES[side], "required")}
STATE {SETTLED} readonly
RAWSTATE text readonly
PAYMENTMETHOD {methods} required
{means.strip()}
WHENPAID date readonly
{MONEY.strip()}
{TOTALS.strip()}
SUPDOCID text ->SUPDOC
{_END}"""
    lines = Lines(f"{name}ITEMS", f"{name}ITEM")
    own = describe(name, f"{side} advance", "RECORDNO", fields, lines=lines, is_unique=False)
    return own, document_line(lines.object, f"{side} advance line", name, record_type, SETTLED)


def detail(side: str, document: str, payment: str, states: str, more: str) -> ObjectType:
    """Return the detail of a payment: what it pays, and with which money and credits."""
    return describe(
        f"{payment}DETAIL",
        f"{side} payment detail",
        "RECORDNO",
        f"""PAYMENTKEY int readonly #{payment}:{payment}
RECORDKEY int #{document}:{document}
RECORDID text <- {document}.RECORDID
ENTRYKEY int #{document}ITEM:{document}ITEM
POSADJKEY int #{side}ADJUSTMENT:POSADJ
POSADJENTRYKEY int #{side}ADJUSTMENTITEM:POSADJLINE
ADJUSTMENTKEY int #{side}ADJUSTMENT:ADJUSTMENT
ADJUSTMENTENTRYKEY int #{side}ADJUSTMENTITEM:ADJUSTMENTLINE
TRX_ADJUSTMENTAMOUNT money
INLINEKEY int #{document}:INLINE
INLINEENTRYKEY int #{document}ITEM:INLINELINE
TRX_INLINEAMOUNT money
ADVANCEKEY int #{side}ADVANCE:ADVANCE
ADVANCEENTRYKEY int #{side}ADVANCEITEM:ADVANCELINE
TRX_POSTEDADVANCEAMOUNT money
{more.strip()}
DISCOUNTDATE date
PAYMENTAMOUNT money readonly
TRX_PAYMENTAMOUNT money
CURRENCY text
STATE {states} readonly <- {payment}.STATE
""",
        is_unique=False,
    )
