"""What an operator does and sees: health, doctor, backup and restore, keys, the audit trail."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.installation import PATIENCE_SECONDS, free_port, start_installation

if TYPE_CHECKING:
    from tests.support.installation import Installation

NOW = int(time.time() * 1000)


def intacct(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "connector.cli", *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


def until(condition: Callable[[], Any], what: str) -> Any:
    """Wait for a condition without starting anything again that has died."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (found := condition()):
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.05)
    return found


@pytest.fixture
def alone(tmp_path: Path) -> dict[str, str]:
    """Return the environment of an installation that nothing of runs."""
    found = {
        "INTACCT_DATA_DIR": str(tmp_path / "data"),
        "INTACCT_WEB_ADDRESS": f"127.0.0.1:{free_port()}",
        "INTACCT_SANDBOX_ADDRESS": f"127.0.0.1:{free_port()}",
    }
    assert intacct("db", "upgrade", **found).returncode == 0
    return found


def health(installation: Installation) -> Any:
    return installation.outside.get(f"{installation.machine.settings.public_url}/health")


@pytest.mark.accepts("F38")
def test_a_dead_beat_turns_health_red_until_it_is_back(installation: Installation) -> None:
    environment = installation.machine.environment
    installation.until(lambda: health(installation).json()["missing"] == [], "all have started")
    until(lambda: "all have shown" in intacct("doctor", **environment).stdout, "all are heard")
    assert intacct("doctor", **environment).returncode == 0
    installation.kill("beat")
    red = until(
        lambda: (a := health(installation)).status_code == 503 and a.json(), "health is red"
    )
    missing = {one["part"]: one["title"] for one in red["missing"]}
    assert set(missing) <= {"beat", "sweeper"}  # nobody rings the sweeper without a beat
    until(lambda: "beat" in {o["part"] for o in health(installation).json()["missing"]}, "named")
    log = installation.machine.settings.data_dir / "logs" / "worker.log"
    until(lambda: "The beat has shown no sign of life" in log.read_text(), "the log tells")
    told = intacct("doctor", **environment)
    assert told.returncode == 1
    assert "Run: intacct beat" in told.stdout
    installation.until(lambda: health(installation).status_code == 200, "health is green again")


def test_a_running_installation_is_backed_up_and_not_restored(
    installation: Installation, tmp_path: Path
) -> None:
    environment, file = installation.machine.environment, str(tmp_path / "copy.db")
    assert intacct("db", "backup", file, **environment).returncode == 0
    refused = intacct("db", "restore", file, **environment)
    assert refused.returncode == 2
    assert "in use" in refused.stderr
    assert intacct("audit", "verify", **environment).returncode == 0


@pytest.mark.accepts("F31")
def test_a_deal_that_the_restored_backup_does_not_know_makes_no_second_invoice(
    tmp_path: Path,
) -> None:
    data, file = tmp_path / "data", str(tmp_path / "copy.db")
    first = start_installation(data)
    environment = first.machine.environment
    try:
        deal_id = first.new_deal()
        first.move(deal_id, deliver=False)
        assert intacct("db", "backup", file, **environment).returncode == 0
        event = first.event(deal_id, 9100, NOW)
        assert first.deliver_events(event).status_code == 200
        first.run_in(deal_id, "succeeded")
        assert len(first.invoices(deal_id)) == 1
    finally:
        first.close()
    restored = intacct("db", "restore", file, **environment)
    assert restored.returncode == 0, restored.stderr
    # Where the books answer stands in the connection, so the address stays.
    again = start_installation(
        data, INTACCT_SANDBOX_ADDRESS=str(first.machine.settings.sandbox_address)
    )
    try:
        assert again.runs_for(deal_id) == []
        assert again.deliver_events(event).status_code == 200
        again.run_in(deal_id, "succeeded")
        assert len(again.invoices(deal_id)) == 1
        told = intacct("db", "report", **again.machine.environment).stdout
        assert "were found in Intacct and not sent" in told
        assert "invoice" in told
        assert intacct("db", "end-check", **again.machine.environment).returncode == 0
        other = again.new_deal()
        again.move(other)
        again.run_in(other, "succeeded")
    finally:
        again.close()


def test_a_changed_audit_row_is_named(alone: dict[str, str]) -> None:
    for name in ("one", "two", "three"):
        file = f"{alone['INTACCT_DATA_DIR']}/{name}.db"
        assert intacct("db", "backup", file, **alone).returncode == 0
    whole = intacct("audit", "verify", **alone)
    assert (whole.returncode, "whole: 3 rows" in whole.stdout) == (0, True)
    with closing(sqlite3.connect(f"{alone['INTACCT_DATA_DIR']}/intacct.db")) as driver:
        driver.execute("DROP TRIGGER audit_no_update")
        driver.execute("UPDATE audit SET actor = 'nobody' WHERE seq = 2")
        driver.commit()
    broken = intacct("audit", "verify", **alone)
    assert (broken.returncode, "broken at row 2" in broken.stdout) == (1, True)


def test_a_new_master_key_loses_no_password(alone: dict[str, str], tmp_path: Path) -> None:
    given = tmp_path / "hubspot.json"
    given.write_text('{"token": "t0ken", "clientSecret": "s3cret"}')
    added = intacct(
        "connections", "add", "portal", "--kind", "hubspot", "--input", str(given), **alone
    )
    assert added.returncode == 0, added.stderr
    key_file = Path(alone["INTACCT_DATA_DIR"]) / "master.key"
    old = key_file.read_text()
    assert intacct("keys", "forget", **alone).returncode == 0  # there is only one
    assert intacct("keys", "add", **alone).returncode == 0
    early = intacct("keys", "forget", **alone)
    assert (early.returncode, "intacct keys rotate" in early.stderr) == (2, True)
    rotated = intacct("keys", "rotate", **alone)
    assert (rotated.returncode, "1 secrets are sealed" in rotated.stdout) == (0, True)
    assert intacct("keys", "forget", **alone).returncode == 0
    assert old not in key_file.read_text()
    assert key_file.stat().st_mode & 0o777 == 0o600
    assert "all open with the master key" in intacct("doctor", **alone).stdout
    key_file.write_text(old)
    told = intacct("doctor", **alone)
    assert (told.returncode, "does not open 1 of" in told.stdout) == (1, True)


def spoil_folder(environment: dict[str, str]) -> dict[str, str]:
    Path(environment["INTACCT_DATA_DIR"], "master.key").chmod(0o644)
    return environment


def spoil_tables(environment: dict[str, str]) -> dict[str, str]:
    with closing(sqlite3.connect(f"{environment['INTACCT_DATA_DIR']}/intacct.db")) as driver:
        driver.execute("UPDATE alembic_version SET version_num = '0001'")
        driver.commit()
    return environment


def spoil_broker(environment: dict[str, str]) -> dict[str, str]:
    return {**environment, "INTACCT_REDIS_URL": f"redis://127.0.0.1:{free_port()}/0"}


def spoil_clock(environment: dict[str, str]) -> dict[str, str]:
    return {**environment, "INTACCT_CLOCK_OFFSET_SECONDS": "3600"}


@pytest.mark.parametrize(
    ("spoil", "remedy"),
    [
        (spoil_folder, "chmod 600"),
        (spoil_tables, "intacct db upgrade"),
        (spoil_broker, "Check that it runs"),
        (spoil_clock, "timedatectl set-ntp true"),
    ],
)
def test_the_doctor_names_the_remedy(
    alone: dict[str, str], spoil: Callable[[dict[str, str]], dict[str, str]], remedy: str
) -> None:
    assert intacct("doctor", **alone).returncode == 0
    told = intacct("doctor", **spoil(alone))
    assert told.returncode == 1
    assert remedy in told.stdout


def test_a_run_that_is_not_there_makes_no_other_record(alone: dict[str, str]) -> None:
    refused = intacct("runs", "another", "none", "invoice", **alone)
    assert (refused.returncode, "There is no run none." in refused.stderr) == (2, True)
