"""A workflow as one file: for another installation, or for a folder under version control.

The file holds no secrets and no times: connections stand in it by name, the fields are sorted, and
the same workflow always gives the same bytes. Its checksum finds accidents, such as a file that was
cut off; against people who change a file on purpose only a signature with a shared key helps.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from dataclasses import dataclass
from typing import Any

import yaml

from connector.errors import InputError
from connector.workflow import yaml_loader
from connector.workflow.literal_secrets import literal_secrets
from connector.workflow.values import check_json
from connector.workflow.wording import printable

FORMAT = "intacct-workflow"
VERSION = "1"
YAML, JSON = "yaml", "json"

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_HEAD = frozenset({"format", "schemaVersion", "id", "workflow", "checksum", "signature"})


@dataclass(frozen=True)
class Portable:
    """What a file holds.

    Args:
        workflow_id: The id it has where it comes from; empty in a file written by hand.
        document: The workflow.
        is_checked: Its checksum was right; False where it has none.
        is_signed: Its signature was right; False where nobody could tell.
    """

    workflow_id: str
    document: Any
    is_checked: bool = False
    is_signed: bool = False


def write(workflow_id: str, document: Any, *, form: str = YAML, key: bytes = b"") -> str:
    """Return the file of a workflow; the same workflow always gives the same text.

    Args:
        workflow_id: Its id.
        document: What it says.
        form: ``yaml`` or ``json``.
        key: A key that the reader knows, too; without one the file is not signed.

    Raises:
        InputError: A secret seems to stand in it, or YAML cannot say what it holds.
    """
    _refuse_secrets(document)
    content = _content(workflow_id, document)
    sealed = {**content, "checksum": _checksum(content)}
    if key:
        sealed["signature"] = _signature(content, key)
    if form == JSON:
        return json.dumps(sealed, ensure_ascii=False, sort_keys=True, indent=2) + "\n"
    text = yaml.dump(
        sealed, Dumper=_Dumper, allow_unicode=True, sort_keys=True, width=100, indent=2
    )
    if yaml_loader.load(text) != sealed:
        raise InputError(
            "The workflow holds numbers or yes/no that are no text, which YAML files here cannot "
            "say.",
            advice="Export it as JSON (--format json).",
        )
    return text


def read(text: str, *, key: bytes = b"") -> Portable:
    """Return what a file holds: one that was exported, or a workflow file written by hand.

    Args:
        text: The file.
        key: The key it has to be signed with; any file is taken without one.

    Raises:
        InputError: It cannot be read, was changed since it was exported, holds a secret, or is
            not signed with the key.
    """
    found = _loaded(text)
    if not isinstance(found, dict) or "format" not in found:
        if key:
            raise _unsigned()
        _refuse_secrets(found)
        return Portable("", found)
    _check_head(found)
    content = _content(found["id"], found["workflow"])
    if not hmac.compare_digest(str(found["checksum"]).encode(), _checksum(content).encode()):
        raise InputError(
            "The file is not what was exported: its checksum does not fit.",
            advice="Export it again; or take out the lines around 'workflow' to use it as it is.",
            field="checksum",
        )
    if key and not _is_signed(found, content, key):
        raise _unsigned()
    _refuse_secrets(found["workflow"])
    return Portable(found["id"], found["workflow"], is_checked=True, is_signed=bool(key))


def _loaded(text: str) -> Any:
    if len(text.encode("utf-8", "surrogatepass")) > yaml_loader.MAX_BYTES:
        raise InputError("The file is larger than 256 KB.", advice="Split the workflow.")
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        try:
            found = json.loads(
                text.removeprefix("\ufeff"), parse_constant=_refuse, object_pairs_hook=_unique
            )
        except (ValueError, RecursionError):
            return yaml_loader.load(text)  # it knows the line
        if isinstance(found, dict) and "format" in found:
            check_json(found)
            return found
    return yaml_loader.load(text)


def _refuse(name: str) -> Any:
    raise ValueError(name)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError(pairs)
    return found


def _check_head(found: dict[str, Any]) -> None:
    if found["format"] != FORMAT:
        raise InputError("The file is no workflow.", field="format")
    if found.get("schemaVersion") != VERSION:
        raise InputError(
            "The file was written by a newer program.",
            advice="Import it there, or update this one.",
            field="schemaVersion",
        )
    if extra := sorted(set(found) - _HEAD):
        raise InputError(f"The file has an unknown field '{printable(extra[0])}'.")
    missing = sorted(_HEAD - {"signature"} - set(found))
    if missing:
        raise InputError(f"The file has no '{missing[0]}'.", field=missing[0])
    if not isinstance(found["id"], str) or not _ID.fullmatch(found["id"]):
        raise InputError("The file's id is none of a workflow.", field="id")


def _content(workflow_id: str, document: Any) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "schemaVersion": VERSION,
        "id": workflow_id,
        "workflow": document,
    }


def _bytes(content: Any) -> bytes:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def _checksum(content: Any) -> str:
    return f"sha256:{hashlib.sha256(_bytes(content)).hexdigest()}"


def _signature(content: Any, key: bytes) -> str:
    return f"hmac-sha256:{hmac.new(key, _bytes(content), hashlib.sha256).hexdigest()}"


def _is_signed(found: dict[str, Any], content: Any, key: bytes) -> bool:
    given = str(found.get("signature", "")).encode()
    return hmac.compare_digest(given, _signature(content, key).encode())


def _unsigned() -> InputError:
    return InputError(
        "The file is not signed with this key.",
        advice="Export it with the same key, from an installation you trust.",
        field="signature",
    )


def _refuse_secrets(document: Any) -> None:
    if found := list(literal_secrets(document)):
        raise InputError(
            f"A password or key seems to be written at {', '.join(found[:5])}.",
            advice="Keep it in a connection and name that.",
            field=found[0],
        )


class _Dumper(yaml.SafeDumper):
    """Writes every list and group out in full: anchors are refused by our own reader."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the signature is YAML's
        return True
