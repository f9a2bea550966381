"""Syncs and exports as people type them, beside a running installation."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

if TYPE_CHECKING:
    from tests.support.installation import Installation

ROWS = 1500


def write_rows(path: Path, prefix: str, count: int) -> list[str]:
    """Write a file of customers and return their ids."""
    ids = [f"{prefix}-{number}" for number in range(count)]
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["Number", "Company"])
        writer.writerows([each, f"Company {each}"] for each in ids)
    return ids


OPTIONS = ("--connection", "books", "--object", "customer")
MAPPED = ("--map", "customerId=Number", "--map", "customerName=Company")


def outcomes(path: Path) -> Counter[str]:
    with path.open(newline="", encoding="utf-8") as file:
        return Counter(row["outcome"] for row in csv.DictReader(file))


def made(installation: Installation, prefix: str) -> list[str]:
    reply = installation.portal.get("/_sandbox/ledger", params={"object": "CUSTOMER"})
    entries: list[dict[str, Any]] = reply.json()
    return [
        entry["id"]
        for entry in entries
        if entry["operation"] == "create" and entry["id"].startswith(prefix)
    ]


@pytest.mark.accepts("D1", "D39")
def test_a_file_is_tried_then_synced_then_exported(
    installation: Installation, tmp_path: Path
) -> None:
    path = tmp_path / "rows.csv"
    ids = write_rows(path, "CLI", 30)
    dry = installation.command("sync", str(path), *OPTIONS, *MAPPED, "--dry-run")
    assert dry.returncode == 0, dry.stderr
    assert "31 API transactions" in dry.stdout
    assert "Batches make it faster, not cheaper" in dry.stdout
    assert made(installation, "CLI") == []
    few = installation.command("sync", str(path), *OPTIONS, *MAPPED, "--limit", "2")
    assert few.returncode == 0, few.stderr
    assert made(installation, "CLI") == ids[:2]
    done = installation.command("sync", str(path), *OPTIONS, *MAPPED)
    assert done.returncode == 0, done.stderr
    assert outcomes(tmp_path / "rows.outcomes.csv") == {"updated": 2, "created": 28}
    target = tmp_path / "customers.jsonl"
    arguments = ("export", "customer", "--connection", "books", "--to", str(target))
    where = ("--fields", "customerId", "--where", "CUSTOMERID like 'CLI-%'")
    out = installation.command(*arguments, *where)
    assert out.returncode == 0, out.stderr
    found = [json.loads(line)["customerId"] for line in target.read_text().splitlines()]
    assert sorted(found) == sorted(ids)
    usage = installation.command("usage", "--json")
    document = json.loads(usage.stdout)
    assert document["transactions"] >= 34  # 32 records, their look-ups, the export
    assert "books" in {line["name"] for line in document["connections"]}
    spent = installation.command("usage", "--budget", "10")
    assert spent.returncode == 2
    assert "budget of 10" in spent.stderr


def test_a_query_is_a_source_as_well(installation: Installation, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'warehouse.db'}"
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE c (customerId TEXT, name TEXT)"))
        connection.execute(sa.text("INSERT INTO c VALUES ('SQL-1', 'One'), ('SQL-2', 'Two')"))
    engine.dispose()
    path = tmp_path / "outcomes.csv"
    table = tmp_path / "mapping.csv"
    table.write_text(
        "source,target,transformation\ncustomerId,customerId,\nupper(input.name),name,expression\n"
    )
    query = ("--url", url, "--query", "SELECT * FROM c ORDER BY customerId")
    more = ("--outcomes", str(path), "--mapping", str(table))
    done = installation.command("sync", *OPTIONS, *query, *more)
    assert done.returncode == 0, done.stderr
    assert outcomes(path) == {"created": 2}
    records = installation.portal.get("/_sandbox/records/CUSTOMER").json()
    names = {row["CUSTOMERID"]: row["NAME"] for row in records}
    assert (names["SQL-1"], names["SQL-2"]) == ("ONE", "TWO")


def test_failed_rows_are_told_by_the_exit_code(installation: Installation, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"customerId": "BAD-1", "name": "A", "creditLimit": "x"}\n{"broken\n')
    done = installation.command("sync", str(path), *OPTIONS)
    assert done.returncode == 1, done.stderr
    assert outcomes(tmp_path / "rows.outcomes.csv") == {"invalid": 2}
    assert "Traceback" not in done.stderr
    mirror = installation.command("sync", str(path), *OPTIONS, "--mode", "mirror")
    assert mirror.returncode == 2
    assert "would delete customers" in mirror.stderr


def test_a_killed_sync_is_resumed_without_doubling_a_row(
    installation: Installation, tmp_path: Path
) -> None:
    path = tmp_path / "rows.csv"
    ids = write_rows(path, "KILL", ROWS)
    command = [sys.executable, "-m", "connector.cli", "sync", str(path), *OPTIONS, *MAPPED]
    process = subprocess.Popen(  # noqa: S603 - our own command
        [*command, "--resume", "nightly"],
        env={**os.environ, **installation.machine.environment},
        stderr=subprocess.DEVNULL,
    )
    installation.until(lambda: len(made(installation, "KILL")) >= 100, "some rows are written")
    process.send_signal(signal.SIGKILL)
    process.wait(30)
    assert len(made(installation, "KILL")) < ROWS

    def resumed() -> bool:
        done = installation.command("sync", str(path), *OPTIONS, *MAPPED, "--resume", "nightly")
        return done.returncode == 0

    installation.until(resumed, "the sync is through")
    assert sorted(made(installation, "KILL")) == sorted(ids)
    assert outcomes(tmp_path / "rows.outcomes.csv")["created"] == ROWS
