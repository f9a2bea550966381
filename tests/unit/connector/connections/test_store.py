from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet

import schemas
from connector.connections import ConnectionRow, Connections, SecretBox
from connector.connections.rotate import rotate
from connector.errors import ConnectionProblem, InputError, NotFound, SetupError
from connector.store import Database, audit, tables
from connector.store.json_text import from_json, to_json

OLD, NEW = (Fernet.generate_key().decode() for _ in range(2))
VALUES = {
    "companyId": "ACME_INC",
    "senderId": "ACME_CORP",
    "senderPassword": "s3nder-secret",
    "userId": "apiuser@acme.com",
    "userPassword": "us3r-secret",
}


@pytest.fixture
def connections(database: Database) -> Connections:
    return Connections(database, SecretBox([OLD]))


@pytest.fixture
def books(connections: Connections) -> ConnectionRow:
    return connections.add("sage-intacct", "books", VALUES, actor="ann")


def audit_rows(database: Database) -> list[dict[str, Any]]:
    query = sa.select(tables.audit).order_by(tables.audit.c.seq)
    return database.read(lambda c: [dict(row) for row in c.execute(query).mappings()])


def sign_in(database: Database, box: SecretBox, row: ConnectionRow) -> None:
    sealed = box.seal(f"session/{row.id}/", {"sessionId": "session-77"})
    secret = to_json({"endpoint": "https://api.intacct.com/", "sealed": sealed})
    values = {"connection_id": row.id, "scope": "", "secret": secret, "expires_at": 1}
    database.write(lambda c: c.execute(tables.session.insert().values(values)).close())


def session_secrets(database: Database) -> list[str]:
    query = sa.select(tables.session.c.secret)
    return database.read(lambda connection: list(connection.execute(query).scalars()))


def test_an_added_connection_is_found_and_opened(
    connections: Connections, books: ConnectionRow
) -> None:
    assert connections.by_name("books") == books
    assert connections.by_id(books.id) == books
    assert connections.list() == (books,)
    opened = connections.open(books)
    assert opened == {
        **VALUES,
        "endpoint": "https://api.intacct.com/ia/xml/xmlgw.phtml",
        "environment": "production",
        "restUrl": "https://api.intacct.com/ia/api/v1",
        "preferredApi": "rest",
        "concurrency": 2,
        "callsPerMinute": 300,
    }


def test_names_are_listed_in_order(connections: Connections, books: ConnectionRow) -> None:
    second = connections.add("sage-intacct", "archive", {**VALUES, "entityId": "ENTITY_001"})
    assert connections.list() == (second, books)
    assert second.settings["entityId"] == "ENTITY_001"


def test_no_file_of_the_database_holds_a_secret(
    tmp_path: Path, connections: Connections, books: ConnectionRow
) -> None:
    connections.update(books.id, {**VALUES, "userPassword": "another-secret"})
    connections.delete(connections.add("sage-intacct", "other", VALUES).id)
    content = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"ACME_CORP" in content
    for secret in (b"s3nder-secret", b"us3r-secret", b"another-secret"):
        assert secret not in content


def test_a_row_shows_neither_secrets_nor_its_hook_token(books: ConnectionRow) -> None:
    assert "secret" not in repr(books)
    assert books.hook_token not in repr(books)
    assert books.settings == {
        key: value for key, value in VALUES.items() if not key.endswith("Password")
    }


def test_every_change_is_audited_without_secrets(
    database: Database, connections: Connections, books: ConnectionRow
) -> None:
    connections.update(books.id, {**VALUES, "userPassword": "another-secret"}, actor="bob")
    connections.delete(books.id, actor="eve")
    rows = audit_rows(database)
    assert [(row["actor"], row["action"]) for row in rows] == [
        ("ann", "connection.add"),
        ("bob", "connection.update"),
        ("eve", "connection.delete"),
    ]
    assert {row["object"] for row in rows} == {f"connection/{books.id}"}
    assert '"secretsChanged":["userPassword"]' in rows[1]["after"]
    assert "-secret" not in str(rows)
    assert books.hook_token not in str(rows)
    assert database.read(audit.verify) is None


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"companyId": " "}, "companyId"),
        ({"userPassword": ""}, "userPassword"),
        ({"concurrency": 0}, "concurrency"),
        ({"concurrency": 51}, "concurrency"),
        ({"endpoint": "ftp://example.com"}, "endpoint"),
        ({"hook_token": "mine"}, "hook_token"),
    ],
)
def test_wrong_values_are_refused_by_name(
    connections: Connections, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(InputError) as caught:
        connections.add("sage-intacct", "books", {**VALUES, **values})
    assert caught.value.field == field
    assert connections.list() == ()


@pytest.mark.parametrize("kind", ["", "unknown", "../actions/createBill", "sage-intacct.json"])
def test_an_unknown_kind_is_refused(connections: Connections, kind: str) -> None:
    with pytest.raises(InputError, match="no kind of connection"):
        connections.add(kind, "books", VALUES)


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 101])
def test_a_name_is_one_line(connections: Connections, name: str) -> None:
    with pytest.raises(InputError) as caught:
        connections.add("sage-intacct", name, VALUES)
    assert caught.value.field == "name"


def test_a_taken_name_is_refused(connections: Connections, books: ConnectionRow) -> None:
    with pytest.raises(InputError, match="already a connection named 'books'"):
        connections.add("sage-intacct", " books ", VALUES)
    other = connections.add("sage-intacct", "other", VALUES)
    with pytest.raises(InputError, match="already"):
        connections.update(other.id, VALUES, name="books")
    assert connections.list() == (books, other)


def test_a_blank_secret_keeps_its_value_and_a_blank_setting_goes(
    connections: Connections,
) -> None:
    row = connections.add("sage-intacct", "books", {**VALUES, "entityId": "ENTITY_001"})
    form = {**VALUES, "entityId": "", "senderPassword": " ", "userPassword": "another-secret"}
    changed = connections.update(row.id, form, name="ledger")
    opened = connections.open(changed)
    assert opened["senderPassword"] == "s3nder-secret"
    assert opened["userPassword"] == "another-secret"
    assert "entityId" not in opened
    assert (changed.name, changed.hook_token) == ("ledger", row.hook_token)


def test_changed_credentials_heal_and_sign_out(
    database: Database, connections: Connections, books: ConnectionRow
) -> None:
    sign_in(database, SecretBox([OLD]), books)
    connections.needs_attention(books.id, ConnectionProblem("The password was not accepted."))
    troubled = connections.by_id(books.id)
    assert troubled.state == "needs-attention"
    assert troubled.problem
    assert troubled.problem["title"] == "The password was not accepted."
    healed = connections.update(books.id, VALUES)
    assert (healed.state, healed.problem) == ("ready", None)
    assert connections.by_id(books.id) == healed
    assert session_secrets(database) == []


def test_a_repeated_problem_is_audited_once(
    database: Database, connections: Connections, books: ConnectionRow
) -> None:
    for _ in range(3):
        connections.needs_attention(books.id, ConnectionProblem("The password was refused."))
    actions = [row["action"] for row in audit_rows(database)]
    assert actions == ["connection.add", "connection.problem"]


def test_a_hook_token_finds_its_connection_alone(
    connections: Connections, books: ConnectionRow
) -> None:
    assert connections.by_hook_token(books.hook_token) == books
    assert connections.by_hook_token(books.hook_token[:-1]) is None
    assert connections.by_hook_token("") is None
    assert len(books.hook_token) == 22  # 128 bits, six to a character


def test_a_deleted_connection_is_gone_with_its_sessions(
    database: Database, connections: Connections, books: ConnectionRow
) -> None:
    sign_in(database, SecretBox([OLD]), books)
    connections.delete(books.id)
    assert connections.by_name("books") is None
    assert session_secrets(database) == []
    for act in (connections.delete, connections.by_id):
        with pytest.raises(NotFound, match="does not exist"):
            act(books.id)


def test_exchanged_ciphertexts_are_refused(
    database: Database, connections: Connections, books: ConnectionRow
) -> None:
    other = connections.add("sage-intacct", "other", VALUES)
    table = tables.connection
    stolen = table.update().where(table.c.id == books.id).values(secrets=other.secrets)
    database.write(lambda connection: connection.execute(stolen).close())
    with pytest.raises(ConnectionProblem, match="belong to something else"):
        connections.open(connections.by_id(books.id))


def test_after_rotation_the_old_key_is_not_needed(
    database: Database, connections: Connections, books: ConnectionRow
) -> None:
    sign_in(database, SecretBox([OLD]), books)
    assert rotate(database, SecretBox([NEW, OLD])) == 2
    renewed = Connections(database, SecretBox([NEW]))
    assert renewed.open(renewed.by_id(books.id))["userPassword"] == "us3r-secret"
    (secret,) = session_secrets(database)
    sealed = from_json(secret)["sealed"]
    assert SecretBox([NEW]).open(f"session/{books.id}/", sealed) == {"sessionId": "session-77"}
    with pytest.raises(SetupError, match="master key"):
        connections.open(connections.by_id(books.id))
    assert audit_rows(database)[-1]["action"] == "keys.rotate"


@pytest.mark.accepts("C3", "C4", "C7")
def test_the_published_inputs_have_help_and_examples() -> None:
    schema = schemas.load("connections/sage-intacct.json")
    fields = schema["properties"]
    titles = [part["title"] for part in fields.values()]
    assert titles[:6] == [
        "Company ID",
        "Entity ID",
        "Sender ID",
        "Sender Password",
        "User ID",
        "User Password",
    ]
    assert all(part["description"] for part in fields.values())
    examples = {key: part["examples"][0] for key, part in fields.items() if "examples" in part}
    assert examples["companyId"] == "ACME_INC"
    assert examples["entityId"] == "ENTITY_001"
    assert examples["senderId"] == "ACME_CORP"
    assert examples["userId"] == "apiuser@acme.com"
    assert {key for key, part in fields.items() if part.get("writeOnly")} == {
        "senderPassword",
        "userPassword",
        "clientSecret",
    }
    assert "entityId" not in schema["required"]
    for topic in (
        "developer license",
        "administrator access",
        "sender ID and its password",
        "Web Services authorizations",
        "find the company ID",
        "Web Services users",
        "only the permissions",
        "Entities",
    ):
        assert topic in schema["description"]
