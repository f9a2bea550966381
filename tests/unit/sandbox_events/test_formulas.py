import pytest

from connector.sandbox.events import formula
from connector.sandbox.objects import OBJECTS

INVOICE = OBJECTS["ARINVOICE"]
VALUES = {
    "TOTALDUE": "3000.50",
    "STATE": "Posted",
    "WHENDUE": "2026-03-31",
    "ONHOLD": "false",
    "CUSTOMERID": "C1",
}


def holds(text: str) -> bool:
    return formula.parse(INVOICE, text)(lambda path: VALUES.get(path, ""))


@pytest.mark.parametrize(
    "text",
    [
        "true",
        "{!ARINVOICE.TOTALDUE!} > 3000.00",
        "{!TOTALDUE!} >= 3000.5",
        "{!ARINVOICE.TOTALDUE!} = 3000.50",
        "{! arinvoice.totaldue !} < 20000",
        "{!ARINVOICE.STATE!} == 'Posted'",
        '{!ARINVOICE.STATE!} <> "Draft"',
        "{!ARINVOICE.WHENDUE!} > '2026-03-01'",
        "{!ARINVOICE.ONHOLD!} = false",
        "false || true && true",
        "(false or {!ARINVOICE.CUSTOMERID!} = 'C1') and true",
        "{!ARINVOICE.EXTERNALID!} = ''",
        "{!ARINVOICE.TRX_TOTALDUE!} != 5",
    ],
)
def test_a_condition_that_is_met(text: str) -> None:
    assert holds(text)


@pytest.mark.parametrize(
    "text",
    [
        "false",
        "true && false",
        "(true || true) && false",
        "{!ARINVOICE.TOTALDUE!} <= 3000",
        "{!ARINVOICE.STATE!} = 'Draft'",
        "{!ARINVOICE.WHENPAID!} < '2026-03-01'",
        "{!ARINVOICE.TRX_TOTALDUE!} = 0",
    ],
)
def test_a_condition_that_is_not_met(text: str) -> None:
    assert not holds(text)


def test_amounts_are_compared_as_numbers() -> None:
    assert holds("{!ARINVOICE.TOTALDUE!} > 900")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{!ARINVOICE.TOTALDUE!}",
        "{!ARINVOICE.TOTALDUE!} >",
        "{!ARINVOICE.TOTALDUE!} > 'much'",
        "{!ARINVOICE.TOTALDUE!} + 1 > 2",
        "{!ARINVOICE.STATE!} > 'A'",
        "{!ARINVOICE.STATE!} = Posted",
        "{!ARINVOICE.STATE!} = {!ARINVOICE.RAWSTATE!}",
        "{!ARINVOICE.NO_SUCH_FIELD!} = 1",
        "ISCHANGED({!ARINVOICE.STATE!})",
        "true true",
        "(true",
        "true)",
        "'a' = 'a'",
        "(" * 21 + "true" + ")" * 21,
    ],
)
def test_what_is_not_understood_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"condition|has no field|compares only"):
        formula.parse(INVOICE, text)
