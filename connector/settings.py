"""What an installation can set: environment variables, each with a default and a check."""

from __future__ import annotations

import os
import re
import urllib.parse
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from connector import master_key
from connector.errors import SetupError

T = TypeVar("T")

# Written by ``intacct run``, so that commands beside it may call its sandbox, an inside address.
OWN_SANDBOX = "own-sandbox"

_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
_REDIS_SCHEMES = ("redis", "rediss", "redis+socket", "unix")
_ORIGIN = re.compile(r"([a-z0-9.-]+|\[[0-9a-f:.]+\]):(?P<port>[0-9]{1,5})")
_LAST_PORT = 65535
_LONGEST_SECONDS = 7 * 24 * 3600


class Described(NamedTuple):
    """One setting as people see it.

    Args:
        name: The environment variable.
        value: Its value as text; a mask where it is secret.
        source: ``environment`` or ``default``.
        masked: Whether the value, or a password in it, is hidden.
    """

    name: str
    value: str
    source: str
    masked: bool


class Address(NamedTuple):
    """Where a server of this installation listens."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True)
class Settings:
    """All settings of this installation, checked.

    Args:
        data_dir: Where the database, the key and the embedded broker keep their files.
        database_url: SQLite file or PostgreSQL.
        redis_url: Broker; empty starts the embedded one.
        web_address: Where webhooks and the console are served.
        sandbox_address: Where ``intacct run`` serves its sandbox.
        public_url: How the outside reaches this installation; without a slash at the end.
        master_key: The keys themselves, newest first; empty means the file holds them.
        master_key_file: The file with the keys.
        log_level: ``DEBUG``, ``INFO``, ``WARNING`` or ``ERROR``.
        allowed_origins: Inside addresses, as ``host:port``, that outbound calls may reach.
        sweep_seconds: How often due work is looked for.
        run_lease_seconds: How long a run belongs to a worker that shows no sign of life.
        call_seconds: The total time of one call to Intacct.
        slot_seconds: How long a dead worker's slot of a company's limit stays taken.
        settle_after_seconds: How long after its deadline a silent write is first looked up.
        look_up_delays: Seconds before each further look-up.
        limit_raise_seconds: How long until a limit that a refusal lowered rises by one call.
        probe_seconds: How often one call may look whether an Intacct that is away is back.
        clock_offset_seconds: Added to this process's clock, to rehearse what a wrong one does.
    """

    data_dir: Path
    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    web_address: Address
    sandbox_address: Address
    public_url: str
    master_key: str = field(repr=False)
    master_key_file: Path
    log_level: str
    allowed_origins: tuple[str, ...]
    sweep_seconds: float
    run_lease_seconds: float
    call_seconds: float
    slot_seconds: float
    settle_after_seconds: float
    look_up_delays: tuple[float, ...]
    limit_raise_seconds: float
    probe_seconds: float
    clock_offset_seconds: float
    keep_runs_days: int
    given: frozenset[str] = frozenset()

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Return the settings of an environment; blank variables count as not given.

        Raises:
            SetupError: Names the variable that is wrong and what would be right.
        """
        given = {
            name: environment[name].strip()
            for name, _ in _VARIABLES
            if environment.get(name, "").strip()
        }
        if "INTACCT_MASTER_KEY" in given and "INTACCT_MASTER_KEY_FILE" in given:
            raise _wrong(
                "INTACCT_MASTER_KEY", "and INTACCT_MASTER_KEY_FILE are both set; set one of them"
            )

        def value(name: str, check: Callable[[str, str], T], default: str) -> T:
            return check(name, given.get(name, default))

        data_dir = value("INTACCT_DATA_DIR", _path, ".intacct")
        own_sandbox = _own_sandbox(data_dir)
        web_address = value("INTACCT_WEB_ADDRESS", _address, "127.0.0.1:8765")
        return cls(
            data_dir=data_dir,
            database_url=value(
                "INTACCT_DATABASE_URL", _database_url, f"sqlite:///{data_dir / 'intacct.db'}"
            ),
            redis_url=value("INTACCT_REDIS_URL", _redis_url, ""),
            web_address=web_address,
            sandbox_address=value("INTACCT_SANDBOX_ADDRESS", _address, "127.0.0.1:8766"),
            public_url=value("INTACCT_PUBLIC_URL", _public_url, f"http://{web_address}"),
            master_key=given.get("INTACCT_MASTER_KEY", ""),
            master_key_file=value("INTACCT_MASTER_KEY_FILE", _path, str(data_dir / "master.key")),
            log_level=value("INTACCT_LOG_LEVEL", _log_level, "INFO"),
            allowed_origins=value("INTACCT_ALLOWED_ORIGINS", _origins, own_sandbox),
            sweep_seconds=value("INTACCT_SWEEP_SECONDS", _seconds, "15"),
            run_lease_seconds=value("INTACCT_RUN_LEASE_SECONDS", _seconds, "60"),
            call_seconds=value("INTACCT_CALL_SECONDS", _seconds, "120"),
            slot_seconds=value("INTACCT_SLOT_SECONDS", _seconds, "30"),
            settle_after_seconds=value("INTACCT_SETTLE_AFTER_SECONDS", _seconds, "30"),
            look_up_delays=value("INTACCT_LOOK_UP_DELAYS", _delays, "30,120,600"),
            limit_raise_seconds=value("INTACCT_LIMIT_RAISE_SECONDS", _seconds, "60"),
            probe_seconds=value("INTACCT_PROBE_SECONDS", _seconds, "30"),
            clock_offset_seconds=value("INTACCT_CLOCK_OFFSET_SECONDS", _offset, "0"),
            keep_runs_days=value("INTACCT_KEEP_RUNS_DAYS", _days, "180"),
            given=frozenset(given),
        )

    def master_keys(self) -> tuple[str, ...]:
        """Return the master keys, newest first.

        Raises:
            SetupError: There is none, others may read the file, or one is malformed.
        """
        if self.master_key:
            return master_key.split(self.master_key, "INTACCT_MASTER_KEY")
        return master_key.read(self.master_key_file)

    def environment(self) -> dict[str, str]:
        """Return the variables that give a child process these very settings."""
        texts = {name: _shown(getattr(self, attribute)) for name, attribute in _VARIABLES}
        if self.master_key:
            del texts["INTACCT_MASTER_KEY_FILE"]
        return {name: text for name, text in texts.items() if text}

    def describe(self) -> list[Described]:
        """Return every setting with its source, secrets masked."""
        described = []
        for name, attribute in _VARIABLES:
            text = _shown(getattr(self, attribute))
            shown = "•••" if attribute == "master_key" and text else _without_password(text)
            source = "environment" if name in self.given else "default"
            if attribute == "allowed_origins" and text and source == "default":
                source = "intacct run"
            described.append(Described(name, shown, source, shown != text))
        return described


def _own_sandbox(data_dir: Path) -> str:
    """Return the sandbox that ``intacct run`` keeps over this data folder, where it runs."""
    try:
        return (data_dir / OWN_SANDBOX).read_text().strip()
    except OSError:
        return ""


_VARIABLES = (
    ("INTACCT_DATA_DIR", "data_dir"),
    ("INTACCT_DATABASE_URL", "database_url"),
    ("INTACCT_REDIS_URL", "redis_url"),
    ("INTACCT_WEB_ADDRESS", "web_address"),
    ("INTACCT_SANDBOX_ADDRESS", "sandbox_address"),
    ("INTACCT_PUBLIC_URL", "public_url"),
    ("INTACCT_MASTER_KEY", "master_key"),
    ("INTACCT_MASTER_KEY_FILE", "master_key_file"),
    ("INTACCT_LOG_LEVEL", "log_level"),
    ("INTACCT_ALLOWED_ORIGINS", "allowed_origins"),
    ("INTACCT_SWEEP_SECONDS", "sweep_seconds"),
    ("INTACCT_RUN_LEASE_SECONDS", "run_lease_seconds"),
    ("INTACCT_CALL_SECONDS", "call_seconds"),
    ("INTACCT_SLOT_SECONDS", "slot_seconds"),
    ("INTACCT_SETTLE_AFTER_SECONDS", "settle_after_seconds"),
    ("INTACCT_LOOK_UP_DELAYS", "look_up_delays"),
    ("INTACCT_LIMIT_RAISE_SECONDS", "limit_raise_seconds"),
    ("INTACCT_PROBE_SECONDS", "probe_seconds"),
    ("INTACCT_CLOCK_OFFSET_SECONDS", "clock_offset_seconds"),
    ("INTACCT_KEEP_RUNS_DAYS", "keep_runs_days"),
)


def ensure_master_key(settings: Settings) -> None:
    """Make the key file of a first start, readable by its owner only; never touch one that is.

    A key that is set, or a file that was named, is the administrator's: nothing is made.

    Raises:
        SetupError: The data folder cannot be written.
    """
    if not settings.given & {"INTACCT_MASTER_KEY", "INTACCT_MASTER_KEY_FILE"}:
        master_key.make(settings.master_key_file)


def _wrong(name: str, what: str) -> SetupError:
    return SetupError(f"{name} {what}.", advice="Correct the environment variable, then start.")


def _path(_name: str, text: str) -> Path:
    return Path(text).expanduser().absolute()


def _database_url(name: str, text: str) -> str:
    if not text.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://", "postgres://")):
        raise _wrong(name, "must begin with sqlite:/// or postgresql://")
    return text


def _redis_url(name: str, text: str) -> str:
    if text and text.partition("://")[0] not in _REDIS_SCHEMES:
        raise _wrong(name, "must begin with redis://, rediss:// or redis+socket://")
    return text


def _public_url(name: str, text: str) -> str:
    parts = urllib.parse.urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise _wrong(name, "must be an address such as https://intacct.example.com")
    return text.rstrip("/")


def _address(name: str, text: str) -> Address:
    if not _is_origin(text.lower()):
        raise _wrong(name, "must be a host with a port, such as 127.0.0.1:8765")
    host, _, port = text.lower().rpartition(":")
    return Address(host.strip("[]"), int(port))


def _log_level(name: str, text: str) -> str:
    if text.upper() not in _LEVELS:
        raise _wrong(name, f"must be one of {', '.join(_LEVELS)}")
    return text.upper()


def _origins(name: str, text: str) -> tuple[str, ...]:
    origins = tuple(part.strip().lower() for part in text.split(",") if part.strip())
    if not all(_is_origin(origin) for origin in origins):
        raise _wrong(name, "must be hosts with ports, such as 127.0.0.1:8770,localhost:8771")
    return origins


def _is_origin(text: str) -> bool:
    found = _ORIGIN.fullmatch(text)
    return found is not None and 0 < int(found["port"]) <= _LAST_PORT


def _seconds(name: str, text: str) -> float:
    if re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,3})?", text) and 0 < float(text) <= _LONGEST_SECONDS:
        return float(text)
    raise _wrong(name, "must be a number of seconds above zero and at most a week, such as 15")


def _offset(name: str, text: str) -> float:
    if re.fullmatch(r"-?[0-9]{1,6}(\.[0-9]{1,3})?", text) and abs(float(text)) <= _LONGEST_SECONDS:
        return float(text)
    raise _wrong(name, "must be a number of seconds, at most a week either way, such as -3600")


def _days(name: str, text: str) -> int:
    if re.fullmatch(r"[0-9]{1,5}", text):
        return int(text)
    raise _wrong(name, "must be a number of days such as 180, or 0 to keep runs for ever")


def _delays(name: str, text: str) -> tuple[float, ...]:
    return tuple(_seconds(name, part.strip()) for part in text.split(","))


def _shown(value: Any) -> str:
    if isinstance(value, tuple) and not isinstance(value, Address):
        return ",".join(_shown(part) for part in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _without_password(text: str) -> str:
    # Greedy up to the last @: passwords with an unescaped @ or : are common.
    return re.sub(r"(?<=://)([^:/@]*):.*@", r"\1:•••@", text)
