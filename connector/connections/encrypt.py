"""Secrets at rest: encrypted under the master key and bound to the row they belong to."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from connector import redaction
from connector.errors import ConnectionProblem, SetupError
from connector.store.json_text import to_json
from connector.store.tables import TENANT


class SecretBox:
    """Seals and opens secrets.

    Args:
        keys: Master keys, newest first: the newest seals, all of them open.

    Raises:
        SetupError: There is no key, or one is malformed.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        try:
            self._fernet = MultiFernet([Fernet(key) for key in keys])
        except ValueError:
            raise SetupError("The master key is missing or malformed.") from None

    def seal(self, owner: str, values: Mapping[str, Any]) -> str:
        """Return the values encrypted, to be opened for the same owner only.

        Args:
            owner: The row they belong to, such as ``connection/6f1c...``.
            values: A JSON document; its texts are masked in logs from now on.
        """
        _register(values)
        content = {"tenant": TENANT, "owner": owner, "values": dict(values)}
        return self._fernet.encrypt(to_json(content).encode()).decode()

    def open(self, owner: str, text: str) -> dict[str, Any]:
        """Return the values that were sealed for this owner; they are masked in logs from now on.

        Raises:
            SetupError: No master key that is set opens them.
            ConnectionProblem: They were sealed for another row.
        """
        content = json.loads(self._decrypted(text))
        values: dict[str, Any] = content["values"]
        _register(values)
        if (content["tenant"], content["owner"]) != (TENANT, owner):
            raise ConnectionProblem(
                "The stored credentials belong to something else, so they are not used.",
                advice="Enter them again, and find out who changed the database.",
            )
        return values

    def renew(self, text: str) -> str:
        """Return the same content sealed under the newest key.

        Raises:
            SetupError: No master key that is set opens it.
        """
        try:
            return self._fernet.rotate(text.encode()).decode()
        except InvalidToken:
            raise _wrong_key() from None

    def _decrypted(self, text: str) -> bytes:
        try:
            return self._fernet.decrypt(text.encode())
        except InvalidToken:
            raise _wrong_key() from None


def _wrong_key() -> SetupError:
    return SetupError(
        "The stored credentials cannot be opened with the master key that is set.",
        advice="Add the key that was in use when they were saved as the last one; "
        "a restored backup needs the key of its time.",
    )


def _register(value: Any) -> None:
    if isinstance(value, str):
        redaction.register(value)
    elif isinstance(value, Mapping):
        for item in value.values():
            _register(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _register(item)
