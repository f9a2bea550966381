"""Files on their way into an attachment: names taken apart, contents checked, an ID made."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from connector.errors import InputError

# An attachment's ID holds 20 characters at most; ten of them tell contents apart.
_LONGEST_ID = 20
_DIGEST_LENGTH = 10

File = dict[str, str]


def prepared(files: Sequence[Mapping[str, Any]]) -> list[File]:
    """Return the files as Intacct takes them: name, ending without its dot, base64 in one line.

    Raises:
        InputError: A name without ending, two files of one name, or content that is no base64.
    """
    found: list[File] = []
    for place, file in enumerate(files):
        name, kind = _parts(file["fileName"], f"files[{place}].fileName")
        content = base64.b64encode(_bytes(file["content"], f"files[{place}].content")).decode()
        if any((each["name"], each["type"]) == (name, kind) for each in found):
            raise InputError(
                f"Two files are called {file['fileName']}.",
                advice="Give each file a name of its own.",
                field=f"files[{place}].fileName",
            )
        found.append({"name": name, "type": kind, "content": content})
    return found


def derived_id(files: Sequence[File]) -> str:
    """Return the ID for these files: the same files always get the same one.

    It begins with what the first one is called, so that people recognise it.
    """
    longest_stem = _LONGEST_ID - _DIGEST_LENGTH - 1
    stem = re.sub(r"[^A-Za-z0-9]+", "-", files[0]["name"])[:longest_stem].strip("-")
    return f"{stem or 'file'}-{_digest(files)}"


def with_file_names(files: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return files as they were read, each with its whole name, whichever API told it."""
    named = []
    for file in files:
        parts = [str(file[part]) for part in ("name", "type") if file.get(part)]
        named.append({**file, "fileName": file.get("fileName") or ".".join(parts)})
    return named


def are_same(found: Sequence[Mapping[str, Any]], files: Sequence[File]) -> bool:
    """Say whether an attachment holds these files; contents count where they were told."""
    if not all(file.get("content") for file in found):
        names = {f"{file['name']}.{file['type']}" for file in files}
        return {str(file["fileName"]) for file in with_file_names(found)} == names
    kept = [
        dict(zip(("name", "type"), _parts(str(file["fileName"]), ""), strict=True))
        | {"content": "".join(str(file["content"]).split())}
        for file in with_file_names(found)
    ]
    return _digest(kept) == _digest(files)


def _digest(files: Sequence[File]) -> str:
    parts = sorted("\n".join((each["name"], each["type"], each["content"])) for each in files)
    return hashlib.sha256("\n\n".join(parts).encode()).hexdigest()[:_DIGEST_LENGTH]


def _parts(file_name: str, where: str) -> tuple[str, str]:
    # Whoever hands over a path means its last part.
    name, _, kind = re.split(r"[/\\]", file_name.strip())[-1].rpartition(".")
    if not name or not kind:
        raise InputError(
            f"The file name '{file_name[:60]}' has no ending.",
            advice="Write it with its ending, such as receipt.pdf: Intacct shows files by it.",
            field=where,
        )
    return name, kind


def _bytes(content: str, where: str) -> bytes:
    try:
        return base64.b64decode("".join(content.split()), validate=True)
    except ValueError:  # letters beyond ASCII; bad base64 is one kind of it
        raise InputError(
            f"{where} is not base64 text.",
            advice="Encode the file's bytes as base64 first.",
            field=where,
        ) from None
