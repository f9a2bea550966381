"""What customers owe by age, and balances of accounts, from what is posted."""

import re
from collections.abc import Callable

import pytest

Result = Callable[..., str]
DAY = "<year>{}</year><month>{}</month><day>{}</day>"
YEAR = (
    f"<startdate>{DAY.format(2026, '01', '01')}</startdate>"
    f"<enddate>{DAY.format(2026, '12', '31')}</enddate>"
)


def _entry(result: Result, day: str, amount: str, *, account: str = "6400") -> None:
    lines = "".join(
        f"<GLENTRY><ACCOUNTNO>{number}</ACCOUNTNO><TR_TYPE>{side}</TR_TYPE>"
        f"<TRX_AMOUNT>{amount}</TRX_AMOUNT><LOCATION>{place}</LOCATION></GLENTRY>"
        for number, side, place in ((account, "1", "110"), ("1300", "-1", "120"))
    )
    made = result(
        f"<create><GLBATCH><JOURNAL>GJ</JOURNAL><BATCH_DATE>{day}</BATCH_DATE>"
        f"<BATCH_TITLE>T</BATCH_TITLE><ENTRIES>{lines}</ENTRIES></GLBATCH></create>"
    )
    assert "<status>success</status>" in made, made


def _rows(answer: str, tag: str) -> list[dict[str, str]]:
    assert "<status>success</status>" in answer, answer
    found = re.findall(f"<{tag}>(.*?)</{tag}>", answer, re.DOTALL)
    return [dict(re.findall(r"<(\w+)>([^<]*)</", row)) for row in found]


@pytest.fixture
def invoices(result: Result) -> None:
    """Make two invoices of the customer C-00009, who has no other ones, 10 and 40 days old."""
    for number, month, day, amount in (("A-1", "02", "20", "10.00"), ("A-2", "01", "21", "7.50")):
        made = result(
            f"<create_invoice><customerid>C-00040</customerid>"
            f"<datecreated>{DAY.format(2026, month, day)}</datecreated>"
            f"<datedue>{DAY.format(2026, '03', '01')}</datedue><invoiceno>{number}</invoiceno>"
            "<invoiceitems><lineitem><glaccountno>4000</glaccountno>"
            f"<amount>{amount}</amount><locationid>100</locationid></lineitem></invoiceitems>"
            "</create_invoice>"
        )
        assert "<status>success</status>" in made, made


@pytest.fixture
def customer(result: Result) -> None:
    """Let the last customer, who is inactive, buy again."""
    changed = "<CUSTOMERID>C-00040</CUSTOMERID><STATUS>active</STATUS>"
    result(f"<update><CUSTOMER>{changed}</CUSTOMER></update>")


def _aging(result: Result, asked: str = "") -> str:
    return result(
        "<get_araging><agingperiods>0-30,31-60,61-</agingperiods>"
        f"<customerid>C-00040</customerid>{asked}</get_araging>"
    )


@pytest.mark.usefixtures("customer", "invoices")
def test_aging_counts_days_since_the_invoice(result: Result) -> None:
    answer = _aging(result)
    assert "<data><araging><customerid>C-00040</customerid><aging>" in answer
    rows = [(row["agingperiod"], row["totalamount"]) for row in _rows(answer, "aging")]
    assert rows == [("0-30", "10.00"), ("31-60", "7.50"), ("61-", "0")]
    assert "agingdetail" not in answer


@pytest.mark.usefixtures("customer", "invoices")
def test_aging_counts_from_the_due_date_until_a_day_with_details(result: Result) -> None:
    day = DAY.format(2026, "04", "15")
    more = f"<asofdate>{day}</asofdate><useduedate>true</useduedate><showdetails>true</showdetails>"
    answer = _aging(result, more)
    rows = [(row["agingperiod"], row["totalamount"]) for row in _rows(answer, "aging")]
    assert rows == [("0-30", "0"), ("31-60", "17.50"), ("61-", "0")]
    assert (
        "<agingdetail><invoiceno>A-1</invoiceno><totaldue>10.00</totaldue><agingdate>"
        "<year>2026</year><month>03</month><day>01</day></agingdate><age>45</age></agingdetail>"
    ) in answer


@pytest.mark.usefixtures("customer", "invoices")
def test_aging_of_one_invoice_and_of_one_location(result: Result) -> None:
    one = result("<get_araging><invoiceno>A-2</invoiceno></get_araging>")
    assert [row["totalamount"] for row in _rows(one, "aging")] == ["0", "7.50", "0", "0", "0"]
    elsewhere = result(
        "<get_araging><customerid>C-00040</customerid><locationid>200</locationid></get_araging>"
    )
    assert "<araging>" not in elsewhere


def test_aging_periods_must_not_overlap(result: Result) -> None:
    for periods in ("0-30,30-60", "0-,31-60"):
        asked = f"<get_araging><agingperiods>{periods}</agingperiods></get_araging>"
        assert "overlap" in result(asked)
    assert "BL03000018" in result("<get_araging><agingperiods>old</agingperiods></get_araging>")


def test_balances_of_an_account_for_a_range_of_days(result: Result) -> None:
    _entry(result, "11/30/2025", "1.00")
    _entry(result, "05/01/2026", "2.50")
    asked = "<get_accountbalances>{}<glaccountno>{}</glaccountno></get_accountbalances>"
    day = f"<startdate>{DAY.format(2026, '05', '01')}</startdate>"
    days = f"{day}<enddate>{DAY.format(2026, '05', '31')}</enddate>"
    (row,) = _rows(result(asked.format(days, "1300")), "accountbalance")
    assert (row["debits"], row["credits"], row["reportingbook"]) == ("0", "2.50", "ACCRUAL")
    assert float(row["endbalance"]) == float(row["startbalance"]) - 2.5
    (cost,) = _rows(result(asked.format(days, "6400")), "accountbalance")
    (whole,) = _rows(result(asked.format(YEAR, "6400")), "accountbalance")
    assert whole["startbalance"] == "0"
    assert (cost["debits"], whole["endbalance"]) == ("2.50", cost["endbalance"])


def test_balances_are_grouped_by_dimensions(result: Result) -> None:
    _entry(result, "05/01/2026", "2.50", account="6100")
    _entry(result, "05/02/2026", "1.00", account="6100")
    answer = result(
        f"<get_accountbalancesbydimensions>{YEAR}<startaccountno>6100</startaccountno>"
        "<endaccountno>6199</endaccountno><locationid>100</locationid>"
        "<groupby>location,department</groupby></get_accountbalancesbydimensions>"
    )
    assert (
        "<accountbalance><glaccountno>6100</glaccountno><startbalance>0</startbalance>"
        "<periodbalance>3.50</periodbalance><endbalance>3.50</endbalance><currency>USD</currency>"
        "<locationid>110</locationid><locationname>Main Office</locationname>"
    ) in answer
    alone = result(
        f"<get_accountbalancesbydimensions>{YEAR}<glaccountno>6100</glaccountno>"
        "<locationid>100</locationid><loc_subs>false</loc_subs></get_accountbalancesbydimensions>"
    )
    assert "accountbalance>" not in alone


def test_the_trial_balance_balances(result: Result) -> None:
    answer = result(
        f"<get_trialbalance>{YEAR}<statistical>exclude</statistical></get_trialbalance>"
    )
    rows = _rows(answer, "trialbalance")
    assert {"1100", "2000", "4000", "1000"} <= {row["glaccountno"] for row in rows}
    assert round(sum(float(row["endbalance"]) for row in rows), 2) == 0
    assert any(row["adjdebits"] != "0" for row in rows)


def test_balances_of_a_named_period(result: Result) -> None:
    name = "<reportingperiodname>{}</reportingperiodname>"
    asked = f"<get_trialbalance>{name}</get_trialbalance>"
    assert "specified is not valid" in result(asked.format("Never"))


def test_what_no_balance_can_be_made_of_is_refused(result: Result) -> None:
    group = (
        f"<get_accountbalances>{YEAR}<accountgroupname>X</accountgroupname></get_accountbalances>"
    )
    assert "SANDBOX-NOT-OFFERED" in result(group)
    asked = f"<get_accountbalancesbydimensions>{YEAR}<groupby>mood</groupby>"
    assert "cannot be grouped by mood" in result(f"{asked}</get_accountbalancesbydimensions>")


def test_subscriptions_and_closed_books_are_told(
    result: Result, policy: Callable[..., None]
) -> None:
    assert "<data><application>CO</application>" in result("<get_applications/>")
    policy(books_closed_through="2026-01-31")
    assert (
        "<closedbooksdate><year>2026</year><month>01</month><day>31</day></closedbooksdate>"
    ) in result("<get_closedbooksdate/>")


def test_an_invoice_is_got_by_its_own_function(result: Result) -> None:
    listed = result('<get_list object="invoice" maxitems="1"/>')
    key = re.findall("<key>(.*?)</key>", listed)[0]
    own = result(f'<get_invoice key="{key}"/>')
    assert f"<invoice><key>{key}</key>" in own
    assert '<listtype start="0" end="0" total="1">invoice</listtype>' in own
    assert "Cannot find bill with key '9'" in result('<get_bill key="9"/>')
