from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from connector.accounts import ApiKeys, Role
from connector.errors import InputError, NotFound
from connector.store import Database
from connector.store.tables import api_key, audit


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'intacct.db'}")
    database.upgrade()
    yield database
    database.close()


def test_a_key_opens_until_it_is_revoked_and_is_kept_as_a_hash(database: Database) -> None:
    keys = ApiKeys(database)
    made, secret = keys.add("nightly export", Role.VIEWER, actor="ada")
    assert keys.find(secret) == made
    assert made.ending == secret[-4:]
    for wrong in ("", secret[:-1], secret + "x", made.id):
        assert keys.find(wrong) is None
    tables = (api_key, audit)
    kept = database.read(lambda c: [str(list(c.execute(sa.select(table)))) for table in tables])
    assert secret not in "".join(kept)
    keys.revoke(made.id, actor="ada")
    assert keys.find(secret) is None
    assert keys.list() == ()
    with pytest.raises(NotFound):
        keys.revoke(made.id, actor="ada")


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 101])
def test_a_key_has_a_name_of_one_line(database: Database, name: str) -> None:
    with pytest.raises(InputError, match="one line"):
        ApiKeys(database).add(name, Role.VIEWER, actor="ada")
