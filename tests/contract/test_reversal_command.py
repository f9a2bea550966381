"""``intacct runs reverse``: what would become of each write, and then exactly that."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from connector.cli import commands, reverse
from connector.runtime import history
from connector.sandbox import config as sandbox
from tests.support import desk
from tests.support.office import Books, Office
from tests.support.reversing import DAY, act, begin, reversing_office, state


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with reversing_office(f"sqlite:///{tmp_path / 'intacct.db'}", tmp_path, Books()) as found:
        monkeypatch.setattr(reverse, "open_installation", lambda: found.services)
        yield found


def intacct(*words: str, typed: str = "") -> Result:
    return CliRunner().invoke(commands, ["runs", "reverse", *words], input=typed)


def key_of(here: Office) -> str:
    (found,) = [row for row in here.effects() if row.function == "create_invoice"]
    return str(found.key)


def test_a_dry_look_says_what_would_become_of_each_write_and_does_nothing(here: Office) -> None:
    run_id = begin(here)
    done = intacct(run_id, "--date", DAY, "--dry")
    assert done.exit_code == 0, done.output
    assert f"It is reversed on {DAY}." in done.output
    assert "Nothing else names it, so it is set to inactive." in done.output
    assert "2  will be taken back" in done.output
    assert "Whether the books are open" in done.output
    assert state(here, key_of(here)) == "Posted"
    shown = json.loads(intacct(run_id, "--date", DAY, "--json").output)
    assert (shown["needs"], shown["state"]) == (sandbox.COMPANY_ID, "planned")


def test_it_asks_for_the_company_and_then_does_it(here: Office) -> None:
    run_id = begin(here)
    refused = intacct(run_id, "--date", DAY, typed="Another\n")
    assert refused.exit_code != 0
    assert "nothing was started" in refused.output
    done = intacct(run_id, "--date", DAY, typed=f"{sandbox.COMPANY_ID}\n")
    assert done.exit_code == 0, done.output
    desk.work_off(here)
    assert state(here, key_of(here)) == "Reversed"
    shown = here.database.read(lambda connection: history.run_of(connection, run_id))
    assert shown is not None
    (back,) = shown.reversed_by
    assert f"The reversal is the run {back}." in done.output
    other = here.database.read(lambda connection: history.run_of(connection, back))
    assert other is not None
    assert (other.reverses, other.line.once) == (run_id, run_id)


def test_without_a_date_it_is_today_and_nothing_left_asks_nothing(here: Office) -> None:
    run_id = begin(here, customer="C-00001")
    act(here, "reverseInvoice", recordNo=key_of(here), reversalDate=DAY)
    done = intacct(run_id)
    assert done.exit_code == 0, done.output
    assert "It is reversed already." in done.output
    assert "company" not in done.output
