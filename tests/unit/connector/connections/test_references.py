"""A connection works the same whether it keeps its secrets itself or a broker does."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet

from connector import redaction
from connector.connections import Connections, SecretBox, references
from connector.errors import InputError, SetupError
from connector.store import Database, tables

VALUES = {
    "companyId": "ACME_INC",
    "senderId": "ACME_CORP",
    "senderPassword": "env:INTACCT_SECRET_SENDER",
    "userId": "apiuser@acme.com",
    "userPassword": "file:books_password",
}


@pytest.fixture
def connections(database: Database) -> Connections:
    return Connections(database, SecretBox([Fernet.generate_key().decode()]))


@pytest.fixture
def broker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder into which somebody else puts secrets."""
    monkeypatch.setenv("INTACCT_SECRETS_DIR", str(tmp_path))
    monkeypatch.setenv("INTACCT_SECRET_SENDER", "s3nder-of-broker")
    (tmp_path / "books_password").write_text("us3r-of-broker\n")
    return tmp_path


@pytest.mark.accepts("A5")
def test_secrets_of_a_broker_open_like_our_own(connections: Connections, broker: Path) -> None:
    row = connections.add("sage-intacct", "books", VALUES)
    opened = connections.open(row)
    assert opened["senderPassword"] == "s3nder-of-broker"
    assert opened["userPassword"] == "us3r-of-broker"
    own = connections.add(
        "sage-intacct",
        "own",
        {**VALUES, "senderPassword": "s3nder-of-broker", "userPassword": "us3r-of-broker"},
    )
    assert connections.open(own) == opened


@pytest.mark.accepts("A5")
def test_a_secret_that_the_broker_exchanges_counts_at_once(
    connections: Connections, broker: Path
) -> None:
    row = connections.add("sage-intacct", "books", VALUES)
    connections.open(row)
    (broker / "books_password").write_text("n3w-of-broker")
    assert connections.open(row)["userPassword"] == "n3w-of-broker"


def test_secrets_of_a_broker_are_never_kept_and_always_masked(
    connections: Connections, broker: Path, database: Database
) -> None:
    (broker / "books_password").write_text("known-only-here")
    row = connections.add("sage-intacct", "books", VALUES)
    assert connections.open(row)["userPassword"] == "known-only-here"
    kept = database.read(lambda c: c.execute(sa.select(tables.connection.c.secrets)).scalar_one())
    assert "known-only-here" not in str(connections._box.open(f"connection/{row.id}", kept))
    assert redaction.scrub("it is known-only-here") == f"it is {redaction.MASK}"


def test_a_change_that_leaves_the_secret_blank_keeps_where_it_is_kept(
    connections: Connections, broker: Path
) -> None:
    row = connections.add("sage-intacct", "books", VALUES)
    changed = connections.update(row.id, {**VALUES, "userPassword": "", "entityId": "E1"})
    (broker / "books_password").write_text("n3w-of-broker")
    assert connections.open(changed)["userPassword"] == "n3w-of-broker"


def test_what_is_not_there_is_said_with_its_place(connections: Connections, broker: Path) -> None:
    row = connections.add("sage-intacct", "books", VALUES)
    (broker / "books_password").unlink()
    with pytest.raises(SetupError) as missing:
        connections.open(row)
    assert missing.value.field == "userPassword"
    assert str(broker / "books_password") in missing.value.title


@pytest.mark.parametrize(
    "reference",
    [
        "env:INTACCT_MASTER_KEY",
        "env:PATH",
        "env:",
        "file:/etc/passwd",
        "file:../master.key",
        "file:..",
    ],
)
def test_nothing_but_what_is_put_there_for_connections_can_be_named(
    connections: Connections, reference: str
) -> None:
    """Else whoever edits a connection could send the master key to an address of theirs."""
    with pytest.raises(InputError) as refused:
        connections.add("sage-intacct", "books", {**VALUES, "userPassword": reference})
    assert refused.value.field == "userPassword"
    assert references.resolved({"userPassword": reference}) == {"userPassword": reference}


def test_any_other_secret_is_taken_as_it_is() -> None:
    secrets = {"userPassword": "a:b", "token": "environment", "count": 3}
    references.check(secrets)
    assert references.resolved(secrets) == secrets
