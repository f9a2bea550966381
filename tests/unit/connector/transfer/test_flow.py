"""The parts a transfer flows through: order, bounds, budgets, outcomes, costs, XML batches."""

from __future__ import annotations

import csv
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import pytest

from actions.sync.modes import Mode, mode_named
from connector.errors import BudgetReached, DuplicateRecord, InputError, OutcomeUnknown, Refused
from connector.intacct.dialects.xml import Control, SessionToken
from connector.intacct.dialects.xml_batch import Function, read_functions, write_functions
from connector.intacct.operation import Frozen, Result
from connector.transfer import usage
from connector.transfer.budget import Budget
from connector.transfer.outcomes import OutcomeFile
from connector.transfer.pipeline import in_groups, in_order
from connector.transfer.rows import Outcome, Told


def test_results_come_in_order_and_no_more_begins_than_is_wanted() -> None:
    taken: list[int] = []
    gate = threading.Event()

    def numbers() -> Iterator[int]:
        for number in range(100):
            taken.append(number)
            yield number

    def work(number: int) -> int:
        gate.wait(10)
        return number

    with ThreadPoolExecutor(4) as pool:
        results = in_order(pool, work, numbers(), 3)
        threading.Timer(0.01, gate.set).start()
        assert next(results) == 0
        assert len(taken) <= 5
        assert list(results) == list(range(1, 100))


def test_groups_are_full_but_for_the_last() -> None:
    assert list(in_groups(range(5), 2)) == [[0, 1], [2, 3], [4]]


@pytest.mark.accepts("E18", "E24")
def test_a_budget_warns_once_and_stops_before_it_is_exceeded() -> None:
    said: list[str] = []
    budget = Budget(100, 70, said.append)
    budget.spend(10)
    budget.spend(15)
    assert said == ["80 of this month's 100 API transactions are used."]
    with pytest.raises(BudgetReached, match="95 are used, and the next request takes 6"):
        budget.spend(6)
    budget.spend(5)
    budget.give_back(5)
    budget.spend(5)


def test_no_budget_is_no_limit() -> None:
    budget = Budget(0, 10**9, pytest.fail)
    budget.spend(10**9)


@pytest.mark.accepts("E19", "E20")
def test_overage_is_paid_by_the_pack_of_ten() -> None:
    assert usage.cost(100_000) == 0
    assert usage.cost(100_001) == Decimal("0.15")
    assert usage.cost(11, used=100_000) == Decimal("0.30")
    assert usage.cost(5, used=100_001) == 0  # the pack is begun already
    assert usage.cost(1_000, used=0, included=usage.TIERS[2]) == 0


@pytest.mark.accepts("E22")
def test_a_forecast_goes_on_at_the_month_s_pace() -> None:
    assert usage.forecast(1000, 0.5) == 2000
    assert usage.forecast(1000, 0.0) == 1000


@pytest.mark.accepts("D14", "D15")
@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("mirror", "would delete customers"),
        ("audience_add", "keeps books"),
        ("Audience Remove", "keeps books"),
        ("audience-mirror", "keeps books"),
        ("audience upsert", "keeps books"),
        ("sideways", "no sync mode"),
    ],
)
def test_modes_that_are_not_supported_say_why(name: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        mode_named(name)


@pytest.mark.accepts("D11", "D12", "D13")
def test_three_modes_are_supported() -> None:
    assert [mode_named(name) for name in ("insert", "Update", "UPSERT")] == list(Mode)


@pytest.mark.accepts("D30")
def test_the_outcome_file_tells_each_row_and_acts_as_no_formula(tmp_path: Path) -> None:
    path = tmp_path / "outcomes.csv"
    error = Refused("Bad term.", advice="Choose another.", field="termName")
    with OutcomeFile(path) as file:
        file.write(Told(1, Outcome.CREATED, "12", "=HYPERLINK()"))
        file.write(Told(2, Outcome.REFUSED, error=error))
    with path.open(newline="") as text:
        rows = list(csv.DictReader(text))
    assert rows[0]["id"] == "'=HYPERLINK()"
    assert rows[1] == {
        "row": "2",
        "outcome": "refused",
        "key": "",
        "id": "",
        "error": "Bad term. [termName]",
        "advice": "Choose another.",
    }


def test_an_outcome_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        OutcomeFile(tmp_path / "no" / "folder.csv")


TOKEN = SessionToken("session", "https://x.test", "", 0)
CONTROL = Control("sender", "password", "request", is_unique=True)
FUNCTIONS = [
    Function(Frozen("xml", "create", f"<create><X>{n}</X></create>", is_write=True), f"c-{n}")
    for n in range(3)
]


def test_functions_share_a_request_and_stand_alone() -> None:
    text = write_functions(FUNCTIONS, TOKEN, CONTROL).decode()
    assert '<operation transaction="false">' in text
    assert text.count("<operation") == 1
    found = re.findall(r'<function controlid="(c-[0-9])"><create><X>([0-9])</X>', text)
    assert found == [("c-0", "0"), ("c-1", "1"), ("c-2", "2")]
    assert text.count("<content>") == 1


def test_a_record_that_holds_the_envelope_s_words_breaks_nothing() -> None:
    inside = "<create><content>x</content></create>"
    odd = [Function(Frozen("xml", "create", inside, is_write=True), "c-0"), FUNCTIONS[1]]
    text = write_functions(odd, TOKEN, CONTROL).decode()
    assert text.count("<function ") == 2
    assert text.rstrip().endswith("</function></content></operation></request>")


def reply(*results: str) -> bytes:
    head = "<response><control><status>success</status></control><operation>"
    head += "<authentication><status>success</status></authentication>"
    return f"{head}{''.join(results)}</operation></response>".encode()


def done(control_id: str, key: str) -> str:
    data = f"<data><customer><RECORDNO>{key}</RECORDNO></customer></data>"
    return _result("success", control_id, data)


def _result(status: str, control_id: str, more: str) -> str:
    return (
        f"<result><status>{status}</status><function>create</function>"
        f"<controlid>{control_id}</controlid>{more}</result>"
    )


FAILED = (
    "<errormessage><error><errorno>BL34000061</errorno><description></description>"
    "<description2>Another Customer with the given value(s) already exists</description2>"
    "<correction></correction></error></errormessage>"
)


def test_each_function_is_judged_as_if_it_were_alone() -> None:
    body = reply(done("c-0", "12"), _result("failure", "c-1", FAILED))
    first, second, third = read_functions(200, {}, body, FUNCTIONS)
    assert isinstance(first, Result)
    assert first.key == "12"
    assert isinstance(second, DuplicateRecord)
    assert isinstance(third, OutcomeUnknown)  # nothing is said of it


def test_two_answers_under_one_name_are_none() -> None:
    body = reply(done("c-0", "12"), done("c-0", "13"), done("c-1", "14"))
    first, second, _ = read_functions(200, {}, body, FUNCTIONS)
    assert isinstance(first, OutcomeUnknown)
    assert isinstance(second, Result)


@pytest.mark.parametrize("body", [b"", b"<html>busy</html>", reply()[:-20], reply()])
def test_an_answer_without_results_is_unclear_for_all(body: bytes) -> None:
    with pytest.raises(OutcomeUnknown):
        read_functions(200, {}, body, FUNCTIONS)
