"""The rules of a journal entry."""

import re
from collections.abc import Callable

import httpx
import pytest

Result = Callable[..., str]
Policy = Callable[..., None]
DATE = "<year>2026</year><month>02</month><day>01</day>"


def _line(side: str, amount: str, more: str = "", account: str = "6400") -> str:
    return (
        f"<GLENTRY><ACCOUNTNO>{account}</ACCOUNTNO><TR_TYPE>{side}</TR_TYPE>"
        f"<TRX_AMOUNT>{amount}</TRX_AMOUNT>{more}</GLENTRY>"
    )


def _entry(*lines: str, more: str = "", journal: str = "GJ", day: str = "02/01/2026") -> str:
    entries = "".join(lines) or _line("1", "10") + _line("-1", "10")
    return (
        f"<create><GLBATCH><JOURNAL>{journal}</JOURNAL><BATCH_DATE>{day}</BATCH_DATE>"
        f"<BATCH_TITLE>T</BATCH_TITLE>{more}<ENTRIES>{entries}</ENTRIES></GLBATCH></create>"
    )


def _key(answer: str) -> str:
    found = re.search("<(?:key|RECORDNO)>(.*?)</", answer)
    assert found, answer
    return found[1]


def _fields(result: Result, key: str, names: str) -> list[str]:
    function = f"<read><object>GLBATCH</object><keys>{key}</keys><fields>{names}</fields></read>"
    return re.findall(r"<[A-Z_]+>([^<]*)</", result(function).replace("/>", "></x>"))


def _all(result: Result, key: str, name: str) -> list[str]:
    read = f"<read><object>GLBATCH</object><keys>{key}</keys></read>"
    return re.findall(f"<{name}>(.*?)</", result(read))


def test_an_entry_is_posted_and_numbered_within_its_journal(result: Result) -> None:
    answer = result(_entry())
    assert (
        '<data listtype="objects" count="1"><glbatch><RECORDNO>507</RECORDNO></glbatch>' in answer
    )
    assert _fields(result, "507", "STATE,BATCHNO,JOURNAL,MODULE") == ["Posted", "5", "GJ", "2.GL"]
    read = result("<read><object>GLBATCH</object><keys>507</keys></read>")
    assert "<ENTRIES><glentry>" in read
    assert _all(result, "507", "TRX_AMOUNT") == ["10.00", "10.00"]


def test_a_line_is_a_record_that_can_be_read(result: Result) -> None:
    key = _key(result(_entry()))
    query = f"<object>GLENTRY</object><fields>*</fields><query>BATCHNO = '{key}'</query>"
    answer = result(f"<readByQuery>{query}</readByQuery>")
    assert 'listtype="glentry" count="2"' in answer
    assert "<ACCOUNTTITLE>Software</ACCOUNTTITLE>" in answer


def test_an_unbalanced_entry_is_told_the_exact_difference(result: Result) -> None:
    answer = result(_entry(_line("1", "10.01"), _line("-1", "10")))
    assert "Debits and credits do not balance in USD" in answer
    assert "debits 10.01, credits 10.00, difference 0.01." in answer
    assert "Could not create GLBatch record!" in answer


def test_each_currency_balances_on_its_own(result: Result) -> None:
    euro = "<CURRENCY>EUR</CURRENCY>"
    answer = result(_entry(_line("1", "11"), _line("-1", "10", euro)))
    assert "do not balance in EUR" in answer
    both = _line("1", "10", euro) + _line("-1", "10", euro)
    key = _key(result(_entry(both)))
    assert _all(result, key, "AMOUNT") == ["11.00", "11.00"]


def test_each_entity_balances_unless_a_base_entity_is_named(result: Result, policy: Policy) -> None:
    lines = (
        _line("1", "10", "<LOCATION>110</LOCATION>"),
        _line("-1", "10", "<LOCATION>200</LOCATION>"),
    )
    answer = result(_entry(*lines))
    assert "in USD at entity 100: debits 10.00, credits 0, difference 10.00." in answer
    assert "success" in result(_entry(*lines, more="<BASELOCATION_NO>100</BASELOCATION_NO>"))
    # A location belongs to the entity above it.
    same = (lines[0], _line("-1", "10", "<LOCATION>100</LOCATION>"))
    assert "success" in result(_entry(*same))
    policy(journal_balance="currency")
    assert "success" in result(_entry(*lines))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (_entry(_line("1", "10")), "A journal entry needs at least two lines."),
        (_entry(_line("1", "x"), _line("-1", "1")), "illegal format"),
        (_entry(_line("1", "-5"), _line("-1", "-5")), "Amounts are absolute"),
        (_entry(_line("2", "5"), _line("-1", "5")), "TR_TYPE is 1 for a debit or -1"),
        (_entry(journal="XX"), "Journal 'XX' specified is not valid."),
        (_entry(journal="OLDJ"), "Journal 'OLDJ' specified is not valid."),
        (_entry(day="12/31/2024"), "The period of 2024-12-31 is closed."),
        (_entry(more="<REVERSEDATE>02/01/2026</REVERSEDATE>"), "must be after the date"),
        (_entry(more="<STATE>Perhaps</STATE>"), "is not a valid state"),
        (_entry(_line("1", "5", account="77"), _line("-1", "5")), "Account '77' specified"),
        (_entry(_line("1", ""), _line("-1", "5")), "Enter an amount for each line"),
    ],
)
def test_a_wrong_entry_is_refused(result: Result, text: str, sentence: str) -> None:
    answer = result(text)
    assert sentence in answer
    assert "Could not create GLBatch record!" in answer


def test_the_amount_of_documented_examples_is_understood(result: Result) -> None:
    text = _entry().replace("TRX_AMOUNT", "AMOUNT")
    assert _all(result, _key(result(text)), "TRX_AMOUNT") == ["10.00", "10.00"]


def test_a_draft_may_be_unbalanced_until_it_is_posted(result: Result) -> None:
    lines = (_line("1", "10"), _line("-1", "9"))
    key = _key(result(_entry(*lines, more="<STATE>Draft</STATE>")))
    update = _entry(*lines, more=f"<RECORDNO>{key}</RECORDNO><STATE>Posted</STATE>")
    assert "difference 1.00" in result(update.replace("create>", "update>"))
    update = _entry(more=f"<RECORDNO>{key}</RECORDNO><STATE>Posted</STATE>")
    assert "success" in result(update.replace("create>", "update>"))
    assert _fields(result, key, "STATE") == ["Posted"]
    assert _all(result, key, "TRX_AMOUNT") == ["10.00", "10.00"]


def test_an_update_needs_all_lines_again(result: Result) -> None:
    key = _key(result(_entry()))
    given = f"<RECORDNO>{key}</RECORDNO><BATCH_TITLE>N</BATCH_TITLE>"
    answer = result(f"<update><GLBATCH>{given}</GLBATCH></update>")
    assert "Send all lines of the journal entry" in answer


def test_a_reversal_date_makes_a_second_entry(result: Result, client: httpx.Client) -> None:
    key = _key(result(_entry(more="<REVERSEDATE>03/01/2026</REVERSEDATE>")))
    second = _fields(result, key, "REVERSEDKEY")[0]
    assert _fields(result, second, "REVERSEDFROM,BATCH_TITLE") == [key, "Reversed - T"]
    assert _all(result, second, "ENTRY_DATE") == ["2026-03-01", "2026-03-01"]
    assert _all(result, second, "TR_TYPE") == ["-1", "1"]
    rows = client.get("/_sandbox/ledger", params={"object": "GLBATCH"}).json()
    assert [row["key"] for row in rows] == [key, second]
    delete = f"<delete><object>GLBATCH</object><keys>{key}</keys></delete>"
    assert "because it was reversed" in result(delete)


def test_splits_add_up_to_their_line(result: Result) -> None:
    def text(*parts: str) -> str:
        splits = "".join(
            f"<SPLIT><AMOUNT>{part}</AMOUNT><LOCATIONID>100</LOCATIONID>"
            f"<DEPARTMENTID>{department}</DEPARTMENTID></SPLIT>"
            for part, department in zip(parts, ("10", "20"), strict=True)
        )
        custom = f"<ALLOCATION>Custom</ALLOCATION>{splits}"
        location = "<LOCATION>100</LOCATION>"
        return _entry(_line("1", "10", custom), _line("-1", "10", location))

    key = _key(result(text("4", "6")))
    assert _all(result, key, "DEPARTMENT") == ["10", "20"]
    assert _all(result, key, "TRX_AMOUNT") == ["4.00", "6.00", "10.00"]
    assert "The splits add up to 9.00, the line is 10.00, difference 1.00." in result(
        text("4", "5")
    )
    bare = _entry(_line("1", "1", "<ALLOCATION>Custom</ALLOCATION>"), _line("-1", "1"))
    assert "A custom allocation needs splits." in result(bare)


def test_a_statistical_journal_counts_and_does_not_balance(result: Result) -> None:
    key = _key(result(_entry(_line("1", "42", account="9000"), journal="SJ")))
    assert _fields(result, key, "STATISTICAL") == ["T"]
    money = _entry(_line("1", "42"), journal="SJ")
    assert "Statistical account '6400' specified is not valid." in result(money)


@pytest.mark.parametrize(
    ("function", "entries", "journal", "account"),
    [
        ("create_gltransaction", "gltransactionentries", "GJ", "6400"),
        ("create_statgltransaction", "statgltransactionentries", "SJ", "9000"),
    ],
)
def test_the_older_functions_make_the_same_entry(
    result: Result, function: str, entries: str, journal: str, account: str
) -> None:
    lines = "".join(
        f"<glentry><trtype>{side}</trtype><amount>3</amount><glaccountno>{account}</glaccountno>"
        f"<memo>m</memo><locationid>100</locationid></glentry>"
        for side in ("debit", "credit")
    )
    head = f"<journalid>{journal}</journalid><datecreated>{DATE}</datecreated>"
    key = _key(
        result(
            f"<{function}>{head}<description>D</description><{entries}>{lines}</{entries}></{function}>"
        )
    )
    assert _fields(result, key, "JOURNAL,BATCH_TITLE,BATCH_DATE") == [journal, "D", "2026-02-01"]
    assert _all(result, key, "TR_TYPE") == ["1", "-1"]
    assert f"<key>{key}</key>" in result(f'<delete_gltransaction key="{key}"/>')


def test_a_line_takes_the_entity_that_is_signed_in(result: Result) -> None:
    key = _key(result(_entry(), entity="200"))
    answer = result(f"<read><object>GLBATCH</object><keys>{key}</keys></read>", entity="200")
    assert re.findall("<LOCATION>(.*?)</", answer) == ["200", "200"]
    assert "<MEGAENTITYID>200</MEGAENTITYID>" in answer
