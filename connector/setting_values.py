"""Checks of single settings: each returns the value that its text means, or says what is wrong."""

from __future__ import annotations

import ipaddress
import re
import urllib.parse
from pathlib import Path
from typing import NamedTuple

from connector.errors import SetupError

_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
_REDIS_SCHEMES = ("redis", "rediss", "redis+socket", "unix")
_ORIGIN = re.compile(r"([a-z0-9.-]+|\[[0-9a-f:.]+\]):(?P<port>[0-9]{1,5})")
_LAST_PORT = 65535
_LONGEST_SECONDS = 7 * 24 * 3600


class Address(NamedTuple):
    """Where a server of this installation listens."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def wrong(name: str, what: str) -> SetupError:
    """Return the error for a variable that is not as it should be."""
    return SetupError(f"{name} {what}.", advice="Correct the environment variable, then start.")


def path(_name: str, text: str) -> Path:
    """Return an absolute path."""
    return Path(text).expanduser().absolute()


def database_url(name: str, text: str) -> str:
    """Return the address of a database."""
    if not text.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://", "postgres://")):
        raise wrong(name, "must begin with sqlite:/// or postgresql://")
    return text


def redis_url(name: str, text: str) -> str:
    """Return the address of a broker, or nothing."""
    if text and text.partition("://")[0] not in _REDIS_SCHEMES:
        raise wrong(name, "must begin with redis://, rediss:// or redis+socket://")
    return text


def public_url(name: str, text: str) -> str:
    """Return a web address without a slash at its end."""
    parts = urllib.parse.urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise wrong(name, "must be an address such as https://intacct.example.com")
    return text.rstrip("/")


def address(name: str, text: str) -> Address:
    """Return a host with a port."""
    if not _is_origin(text.lower()):
        raise wrong(name, "must be a host with a port, such as 127.0.0.1:8765")
    host, _, port = text.lower().rpartition(":")
    return Address(host.strip("[]"), int(port))


def log_level(name: str, text: str) -> str:
    """Return the name of a level."""
    if text.upper() not in _LEVELS:
        raise wrong(name, f"must be one of {', '.join(_LEVELS)}")
    return text.upper()


def origins(name: str, text: str) -> tuple[str, ...]:
    """Return hosts with ports, in lower case."""
    found = tuple(part.strip().lower() for part in text.split(",") if part.strip())
    if not all(_is_origin(origin) for origin in found):
        raise wrong(name, "must be hosts with ports, such as 127.0.0.1:8770,localhost:8771")
    return found


def networks(name: str, text: str) -> tuple[str, ...]:
    """Return networks as ``10.0.0.0/24``; one address is a network of its own."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    try:
        found = [ipaddress.ip_network(part, strict=False) for part in parts]
    except ValueError:
        found = []
    # A network of everybody would believe everybody.
    if len(found) != len(parts) or not all(network.prefixlen for network in found):
        raise wrong(name, "must be addresses or networks, such as 10.0.0.5,192.168.7.0/24")
    return tuple(str(network) for network in found)


def _is_origin(text: str) -> bool:
    found = _ORIGIN.fullmatch(text)
    return found is not None and 0 < int(found["port"]) <= _LAST_PORT


def seconds(name: str, text: str) -> float:
    """Return a time above zero, a week at most."""
    if re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,3})?", text) and 0 < float(text) <= _LONGEST_SECONDS:
        return float(text)
    raise wrong(name, "must be a number of seconds above zero and at most a week, such as 15")


def offset(name: str, text: str) -> float:
    """Return a time of a week at most, either way."""
    if re.fullmatch(r"-?[0-9]{1,6}(\.[0-9]{1,3})?", text) and abs(float(text)) <= _LONGEST_SECONDS:
        return float(text)
    raise wrong(name, "must be a number of seconds, at most a week either way, such as -3600")


def days(name: str, text: str) -> int:
    """Return a number of days, or 0."""
    if re.fullmatch(r"[0-9]{1,5}", text):
        return int(text)
    raise wrong(name, "must be a number of days such as 180, or 0 to keep runs for ever")


def delays(name: str, text: str) -> tuple[float, ...]:
    """Return times, as ``seconds`` does."""
    return tuple(seconds(name, part.strip()) for part in text.split(","))
