"""Faults on request: which are armed, for which requests, and how often."""

import threading
from dataclasses import asdict, dataclass

from connector.sandbox.fault_effects import FAULTS


@dataclass
class Armed:
    """A fault that waits for a request with its function (`*` is any) and lets `skip` pass."""

    fault: str
    function: str = "*"
    times: int = 1
    seconds: float = 5.0
    skip: int = 0

    def __post_init__(self) -> None:
        if self.fault not in FAULTS:
            raise ValueError(f"There is no fault named {self.fault}. Known: {', '.join(FAULTS)}.")
        is_negative = self.seconds < 0 and self.fault != "clock_skew"
        if self.times < 1 or self.skip < 0 or is_negative:
            raise ValueError("times is at least 1, skip and seconds are not negative.")


def from_header(text: str) -> Armed:
    """Return the fault of a header like `commit_then_hold; seconds=2`; raises ValueError."""
    name, *options = (part.strip() for part in text.split(";"))
    given = dict(option.partition("=")[::2] for option in options)
    if given.keys() - {"seconds"}:
        raise ValueError("The header names a fault, and seconds= behind a semicolon if needed.")
    return Armed(name, seconds=float(given.get("seconds", Armed.seconds)))


class Faults:
    """The armed faults, in the order they were armed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._armed: list[Armed] = []

    def arm(self, fault: Armed) -> None:
        """Add a fault behind the others."""
        with self._lock:
            self._armed.append(fault)

    def take(self, functions: list[str]) -> Armed | None:
        """Return the first fault that one of the functions meets, used up by one."""
        with self._lock:
            for fault in self._armed:
                if fault.function != "*" and fault.function not in functions:
                    continue
                if fault.skip:
                    fault.skip -= 1
                    continue
                fault.times -= 1
                if not fault.times:
                    self._armed.remove(fault)
                return fault
        return None

    def all(self) -> list[dict[str, str | int | float]]:
        """Return the faults that still wait."""
        with self._lock:
            return [asdict(fault) for fault in self._armed]

    def clear(self) -> None:
        """Disarm everything."""
        with self._lock:
            self._armed.clear()
