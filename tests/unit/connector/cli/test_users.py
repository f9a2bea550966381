"""The console's people, from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from connector.accounts import Accounts, SecondFactors
from connector.accounts.second_factor import STEP_SECONDS, code_at
from connector.accounts.store import NotSignedIn
from connector.cli import first_start, users
from connector.connections.encrypt import SecretBox
from connector.errors import InputError, NotFound
from connector.settings import Settings
from connector.store import clock

OLD, NEW = "correct horse battery", "a quite other passphrase"


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("INTACCT_DATA_DIR", str(tmp_path / "data"))
    database = first_start.prepare(Settings.read())
    Accounts(database).set_up("ada", "Ada", OLD)
    database.close()
    return tmp_path


@pytest.mark.usefixtures("data_dir")
def test_a_forgotten_password_is_replaced_at_the_machine() -> None:
    """Otherwise the only administrator could never come back."""
    result = CliRunner().invoke(users.users, ["reset", " Ada "], input=f"{NEW}\n{NEW}\n")
    assert result.exit_code == 0, result.output
    assert NEW not in result.output
    database = first_start.prepare(Settings.read())
    accounts = Accounts(database)
    with pytest.raises(NotSignedIn):
        accounts.sign_in("ada", OLD, "127.0.0.1")
    assert accounts.sign_in("ada", NEW, "127.0.0.1").name == "Ada"
    database.close()


@pytest.mark.usefixtures("data_dir")
def test_people_are_listed_and_unknown_ones_are_said() -> None:
    assert "ada" in CliRunner().invoke(users.users, ["list"]).output
    result = CliRunner().invoke(users.users, ["reset", "bob"], input=f"{NEW}\n{NEW}\n")
    assert isinstance(result.exception, NotFound)


@pytest.mark.usefixtures("data_dir")
def test_a_lost_second_factor_is_taken_away_at_the_machine() -> None:
    settings = Settings.read()
    database = first_start.prepare(settings)
    factors = SecondFactors(database, SecretBox(settings.master_keys()))
    (ada,) = Accounts(database).list()
    factors.begin(ada.id)
    now = database.read(clock.now_ms) // 1000 // STEP_SECONDS
    factors.confirm(ada.id, code_at(factors.pending(ada.id), now), actor="ada")
    result = CliRunner().invoke(users.users, ["remove-factor", "ada"])
    assert result.exit_code == 0, result.output
    assert not factors.is_on(ada.id)
    database.close()
    again = CliRunner().invoke(users.users, ["remove-factor", "ada"])
    assert isinstance(again.exception, InputError)
