"""The company that answers: its state, its switches, and what one call knows of both."""

import base64
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from connector.sandbox.config import SandboxConfig
from connector.sandbox.ledger import Cause
from connector.sandbox.policies import Policies
from connector.sandbox.reader import Reader
from connector.sandbox.store import Store

CURSORS = 500  # result sets of readByQuery that are kept; the oldest goes first


@dataclass
class Cursor:
    """A result set of readByQuery with the pages that are still to come."""

    session: str
    object_name: str
    fields: str
    page_size: int
    total: int
    remaining: list[int]


def utc_now() -> datetime:
    """Return the time of this machine."""
    return datetime.now(tz=UTC)


class Company:
    """One sandbox company."""

    def __init__(self, config: SandboxConfig, now: Callable[[], datetime] = utc_now) -> None:
        """Open its store; an empty one stays empty until it is seeded."""
        self.config = config
        self.now = now
        self.store = Store(config.data)
        self.policies = Policies(config.policies)
        self.cursors: OrderedDict[str, Cursor] = OrderedDict()
        self._support_ids = 0
        self._lock = threading.Lock()

    def forget(self) -> None:
        """Forget everything, and go back to the policies of the start."""
        self.store.clear()
        self.policies.restore()
        with self._lock:
            self.cursors.clear()
            self._support_ids = 0

    def support_id(self) -> str:
        """Return the next support id, URL-encoded as the gateway prints it."""
        with self._lock:
            self._support_ids += 1
            number = self._support_ids
        digest = hashlib.sha256(f"{self.config.seed}/{number}".encode()).digest()
        text = base64.b32encode(digest).decode().rstrip("=")
        return f"{text[:10]}%7E{text[10:34]}"

    def keep_cursor(self, result_id: str, cursor: Cursor) -> None:
        """Remember a result set for readMore."""
        with self._lock:
            self.cursors[result_id] = cursor
            while len(self.cursors) > CURSORS:
                self.cursors.popitem(last=False)


@dataclass(frozen=True)
class Scope:
    """Who calls and where: an empty entity is the top level."""

    user: str
    entity: str
    sender: str
    session: str = ""


@dataclass
class Call:
    """One function of one request while it runs."""

    company: Company
    scope: Scope
    function: str
    control_id: str
    at: datetime
    reader: Reader = field(init=False)

    def __post_init__(self) -> None:
        self.reader = Reader(self.company.store)

    @property
    def store(self) -> Store:
        """The records of the company."""
        return self.company.store

    @property
    def cause(self) -> Cause:
        """What the ledger says of changes that this call makes."""
        return Cause(self.function, self.control_id, self.at)
