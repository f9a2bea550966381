"""What an installation can set: environment variables, each with a default and a check."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from connector import master_key
from connector import setting_values as values
from connector.setting_values import Address

T = TypeVar("T")

# Written by ``intacct run``, so that commands beside it may call its sandbox, an inside address.
OWN_SANDBOX = "own-sandbox"

# Written for child processes: the settings that somebody made, beside those that are defaults.
_CHOSEN = "INTACCT_CHOSEN_SETTINGS"


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
        trusted_proxies: Networks whose proxies may say in X-Forwarded headers who asks.
        sweep_seconds: How often due work is looked for.
        run_lease_seconds: How long a run belongs to a worker that shows no sign of life.
        call_seconds: The total time of one call to Intacct.
        slot_seconds: How long a dead worker's slot of a company's limit stays taken.
        settle_after_seconds: How long after its deadline a silent write is first looked up.
        look_up_delays: Seconds before each further look-up.
        limit_raise_seconds: How long until a limit that a refusal lowered rises by one call.
        probe_seconds: How often one call may look whether an Intacct that is away is back.
        clock_offset_seconds: Added to this process's clock, to rehearse what a wrong one does.
        given: The variables that this process found.
        chosen: Those of them that somebody set, not the process that started this one.
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
    trusted_proxies: tuple[str, ...]
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
    chosen: frozenset[str] = frozenset()

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
            raise values.wrong(
                "INTACCT_MASTER_KEY", "and INTACCT_MASTER_KEY_FILE are both set; set one of them"
            )

        def value(name: str, check: Callable[[str, str], T], default: str) -> T:
            return check(name, given.get(name, default))

        data_dir = value("INTACCT_DATA_DIR", values.path, ".intacct")
        own_sandbox = _own_sandbox(data_dir)
        web_address = value("INTACCT_WEB_ADDRESS", values.address, "127.0.0.1:8765")
        return cls(
            data_dir=data_dir,
            database_url=value(
                "INTACCT_DATABASE_URL", values.database_url, f"sqlite:///{data_dir / 'intacct.db'}"
            ),
            redis_url=value("INTACCT_REDIS_URL", values.redis_url, ""),
            web_address=web_address,
            sandbox_address=value("INTACCT_SANDBOX_ADDRESS", values.address, "127.0.0.1:8766"),
            public_url=value("INTACCT_PUBLIC_URL", values.public_url, f"http://{web_address}"),
            master_key=given.get("INTACCT_MASTER_KEY", ""),
            master_key_file=value(
                "INTACCT_MASTER_KEY_FILE", values.path, str(data_dir / "master.key")
            ),
            log_level=value("INTACCT_LOG_LEVEL", values.log_level, "INFO"),
            allowed_origins=value("INTACCT_ALLOWED_ORIGINS", values.origins, own_sandbox),
            trusted_proxies=value("INTACCT_TRUSTED_PROXIES", values.networks, ""),
            sweep_seconds=value("INTACCT_SWEEP_SECONDS", values.seconds, "15"),
            run_lease_seconds=value("INTACCT_RUN_LEASE_SECONDS", values.seconds, "60"),
            call_seconds=value("INTACCT_CALL_SECONDS", values.seconds, "120"),
            slot_seconds=value("INTACCT_SLOT_SECONDS", values.seconds, "30"),
            settle_after_seconds=value("INTACCT_SETTLE_AFTER_SECONDS", values.seconds, "30"),
            look_up_delays=value("INTACCT_LOOK_UP_DELAYS", values.delays, "30,120,600"),
            limit_raise_seconds=value("INTACCT_LIMIT_RAISE_SECONDS", values.seconds, "60"),
            probe_seconds=value("INTACCT_PROBE_SECONDS", values.seconds, "30"),
            clock_offset_seconds=value("INTACCT_CLOCK_OFFSET_SECONDS", values.offset, "0"),
            keep_runs_days=value("INTACCT_KEEP_RUNS_DAYS", values.days, "180"),
            given=frozenset(given),
            chosen=frozenset(environment.get(_CHOSEN, " ".join(given)).split()),
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
        # Else a child would call every default a choice.
        texts[_CHOSEN] = " ".join(sorted(self.chosen)) or "-"
        return {name: text for name, text in texts.items() if text}

    def describe(self) -> list[Described]:
        """Return every setting with its source, secrets masked."""
        described = []
        for name, attribute in _VARIABLES:
            text = _shown(getattr(self, attribute))
            shown = "•••" if attribute == "master_key" and text else _without_password(text)
            source = "environment" if name in self.chosen else "default"
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
    ("INTACCT_TRUSTED_PROXIES", "trusted_proxies"),
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


def _shown(value: Any) -> str:
    if isinstance(value, tuple) and not isinstance(value, Address):
        return ",".join(_shown(part) for part in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _without_password(text: str) -> str:
    # Greedy up to the last @: passwords with an unescaped @ or : are common.
    return re.sub(r"(?<=://)([^:/@]*):.*@", r"\1:•••@", text)
