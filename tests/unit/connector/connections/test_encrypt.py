from __future__ import annotations

import pytest
from cryptography.fernet import Fernet

from connector import redaction
from connector.connections import SecretBox
from connector.errors import ConnectionProblem, SetupError

OLD, NEW = (Fernet.generate_key().decode() for _ in range(2))


def test_sealed_values_open_for_their_owner() -> None:
    box = SecretBox([NEW])
    sealed = box.seal("connection/1", {"userPassword": "p@ss wörd"})
    assert "p@ss" not in sealed
    assert box.open("connection/1", sealed) == {"userPassword": "p@ss wörd"}


def test_a_ciphertext_moved_to_another_row_is_refused() -> None:
    box = SecretBox([NEW])
    sealed = box.seal("connection/1", {"userPassword": "geheim-1"})
    with pytest.raises(ConnectionProblem, match="belong to something else"):
        box.open("connection/2", sealed)


@pytest.mark.parametrize("damage", [lambda text: text[:-4] + "AAA=", lambda _: "", lambda _: "ü"])
def test_a_damaged_ciphertext_is_refused_in_words(damage: object) -> None:
    box = SecretBox([NEW])
    sealed = box.seal("connection/1", {"userPassword": "geheim-1"})
    assert callable(damage)
    with pytest.raises(SetupError, match="cannot be opened"):
        box.open("connection/1", damage(sealed))


def test_an_older_key_still_opens_and_a_removed_one_does_not() -> None:
    sealed = SecretBox([OLD]).seal("connection/1", {"a": "geheim-1"})
    assert SecretBox([NEW, OLD]).open("connection/1", sealed) == {"a": "geheim-1"}
    with pytest.raises(SetupError, match="master key") as caught:
        SecretBox([NEW]).open("connection/1", sealed)
    assert "backup" in caught.value.advice


def test_renewed_values_need_the_newest_key_only() -> None:
    sealed = SecretBox([OLD]).seal("connection/1", {"a": "geheim-1"})
    renewed = SecretBox([NEW, OLD]).renew(sealed)
    assert SecretBox([NEW]).open("connection/1", renewed) == {"a": "geheim-1"}
    with pytest.raises(SetupError):
        SecretBox([NEW]).renew(sealed)


@pytest.mark.parametrize("keys", [[], ["short"], [""]])
def test_no_key_is_no_box(keys: list[str]) -> None:
    with pytest.raises(SetupError, match="master key"):
        SecretBox(keys)


def test_opened_secrets_are_masked_from_then_on() -> None:
    box = SecretBox([NEW])
    sealed = box.seal("connection/1", {"outer": {"inner": ["only-in-here-17"]}})
    assert box.open("connection/1", sealed)
    assert redaction.scrub("got only-in-here-17!") == f"got {redaction.MASK}!"
