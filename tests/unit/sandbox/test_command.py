"""The command that starts the sandbox: what it prints and what it refuses before it listens."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from connector.cli import commands
from connector.sandbox import company_file


def _refused(*words: str) -> str:
    done = CliRunner().invoke(commands, ["sandbox", *words])
    assert done.exit_code == 2, done.output
    return done.output


def test_the_example_that_it_prints_is_one_that_it_takes() -> None:
    done = CliRunner().invoke(commands, ["sandbox", "--example-company"])
    assert done.exit_code == 0
    assert company_file.read(done.output)["users"][0]["id"] == "controller"


def test_a_wrong_company_file_is_told_before_anything_starts(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text("customers: [{id: A, name: B, term: Net 9}]", encoding="utf-8")
    told = _refused("--company", str(file))
    assert "customers, number 1: Term 'Net 9' specified is not valid." in told
    assert "--example-company" in told


def test_a_company_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert "cannot be read" in _refused("--company", str(tmp_path / "none.yaml"))


@pytest.mark.parametrize("other", ["--data", "--hubspot-data"])
def test_fast_and_a_data_file_do_not_go_together(other: str) -> None:
    assert "--fast keeps everything in memory" in _refused("--fast", other, "company.db")


def test_an_unknown_policy_is_told_with_those_that_exist() -> None:
    assert "There is no policy named nothing." in _refused("--policy", "nothing=1")
