"""Secrets that are kept elsewhere: a connection then holds only where they are found.

``env:INTACCT_SECRET_BOOKS`` names a variable of the processes, ``file:books_password`` a file of
one folder. Whoever runs the processes puts them there: a vault's agent, an orchestrator, a person.
They are read anew each time, so what is exchanged there counts from the next call on.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from connector import redaction
from connector.errors import InputError, SetupError

FOLDER = "INTACCT_SECRETS_DIR"
USUAL_FOLDER = "/run/secrets"  # where container platforms put them
# Whoever edits a connection may send a secret to an address, so no other variable or file counts.
_FORMS = {
    "env": re.compile(r"INTACCT_SECRET_[A-Z0-9_]{1,100}"),
    "file": re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}"),
}
_EXAMPLES = {"env": "env:INTACCT_SECRET_BOOKS", "file": "file:books_password"}
_LONGEST_BYTES = 20_000


def check(secrets: Mapping[str, Any]) -> None:
    """Refuse a secret that begins like a reference and is none.

    Raises:
        InputError: Names the field and the form that is meant.
    """
    for field, value in secrets.items():
        kind, name = _parts(value)
        if kind and not _FORMS[kind].fullmatch(name):
            raise InputError(
                f"{field} begins with {kind}: and does not say where a secret is kept.",
                advice=f"Write it like {_EXAMPLES[kind]}, or give the secret itself.",
                field=field,
            )


def resolved(
    secrets: Mapping[str, Any], environment: Mapping[str, str] = os.environ
) -> dict[str, Any]:
    """Return the secrets with each reference replaced by what is kept there; logs mask that too.

    Raises:
        SetupError: Nothing is kept there, as far as this process sees.
    """
    return {field: _resolved(field, value, environment) for field, value in secrets.items()}


def _resolved(field: str, value: Any, environment: Mapping[str, str]) -> Any:
    kind, name = _parts(value)
    if not kind or not _FORMS[kind].fullmatch(name):
        return value
    if kind == "env":
        found, place = environment.get(name, ""), f"the variable {name}"
    else:
        path = Path(environment.get(FOLDER, "").strip() or USUAL_FOLDER) / name
        found, place = _content(path), f"the file {path}"
    if not found:
        raise SetupError(
            f"The connection's {field} is kept in {place}, and this process finds nothing there.",
            advice="Put it there for every process of this installation, or enter it in the "
            "connection itself.",
            field=field,
        )
    redaction.register(found)
    return found


def _parts(value: Any) -> tuple[str, str]:
    """Return kind and name of a reference; nothing for a secret itself."""
    kind, _, name = value.partition(":") if isinstance(value, str) else ("", "", "")
    return (kind, name.strip()) if kind in _FORMS else ("", "")


def _content(path: Path) -> str:
    """Return what a file holds without the end of its line; nothing where it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(_LONGEST_BYTES).decode("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        return ""
