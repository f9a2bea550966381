"""The keys that seal every secret: read from a private file or a variable, made once."""

from __future__ import annotations

import base64
import binascii
import os
import re
import stat
from pathlib import Path

from connector.errors import SetupError

_KEY_BYTES = 32


def make(path: Path) -> None:
    """Make the file with a new key, readable by its owner only; leave one that is there.

    Raises:
        SetupError: The folder cannot be written.
    """
    if path.exists():
        return
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(base64.urlsafe_b64encode(os.urandom(_KEY_BYTES)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)  # whole at once, and refused where another process was faster
        except FileExistsError:
            return
        finally:
            draft.unlink()
    except OSError as error:
        raise SetupError(
            f"The master key file {path} cannot be made.",
            advice="Let the account that runs this program own the data folder.",
        ) from error


def read(path: Path) -> tuple[str, ...]:
    """Return the keys of a file, newest first.

    Raises:
        SetupError: It is missing, others may read or change it, or a key is malformed.
    """
    try:
        if stat.S_IMODE(path.stat().st_mode) & stat.S_IRWXO:
            raise SetupError(
                f"The master key file {path} can be read or changed by every account.",
                advice=f"Run 'chmod 600 {path}' and think about making a new key.",
            )
        return split(path.read_text(encoding="ascii"), str(path))
    except FileNotFoundError:
        raise SetupError(
            f"The master key file {path} is missing.",
            advice="Put it back, or set INTACCT_MASTER_KEY; without it no password can be read.",
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SetupError(f"The master key file {path} cannot be read.") from error


def split(text: str, where: str) -> tuple[str, ...]:
    """Return the keys of a text, separated by commas or lines.

    Raises:
        SetupError: There is none, or one is malformed; names ``where`` the text is from.
    """
    keys = tuple(key for key in re.split(r"[\s,]+", text) if key)
    if not keys or not all(_is_key(key) for key in keys):
        raise SetupError(
            f"A master key in {where} is malformed.",
            advice="A key is 32 random bytes in URL-safe base64, 44 characters with the '=' at "
            "the end; write several newest first, separated by commas or lines.",
        )
    return keys


def _is_key(key: str) -> bool:
    try:
        raw = base64.b64decode(key, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return False
    return len(raw) == _KEY_BYTES and len(set(raw)) > 1  # one byte over and over is an example
