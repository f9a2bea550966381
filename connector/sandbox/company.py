"""The company that answers: its state, its switches, and what one call knows of both."""

import base64
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from connector.sandbox.clock import Clock
from connector.sandbox.config import SandboxConfig
from connector.sandbox.gate import Gate
from connector.sandbox.generated import GeneratedVendors
from connector.sandbox.ledger import Cause
from connector.sandbox.policies import Policies
from connector.sandbox.reader import Reader
from connector.sandbox.searches import Searches
from connector.sandbox.snapshots import Snapshots
from connector.sandbox.store import Store
from connector.sandbox.transport import Post, TransportPolicies

CURSORS = 200  # result sets of readByQuery that are kept; the oldest goes first


@dataclass
class Cursor:
    """A result set of readByQuery with the pages that are still to come."""

    session: str
    object_name: str
    fields: str
    page_size: int
    numbers: Sequence[int]
    used_at: datetime
    position: int = 0


def utc_now() -> datetime:
    """Return the time of this machine."""
    return datetime.now(tz=UTC)


class Company:
    """One sandbox company."""

    def __init__(
        self,
        config: SandboxConfig,
        now: Callable[[], datetime] = utc_now,
        post: Post | None = None,
    ) -> None:
        """Open its store; an empty one stays empty until it is seeded.

        `post` delivers the replies of asynchronous requests, over the network when not given.
        """
        self.config = config
        self.clock = Clock(now)
        self.now = self.clock.now
        self.store = Store(config.data, GeneratedVendors(config.rows))
        closed = config.company.get("closedThrough")
        own = {"books_closed_through": closed} if closed else {}
        self.policies = Policies({**own, **config.policies})
        self.gate = Gate()
        self.searches = Searches()
        self.snapshots = Snapshots()
        self.transport = TransportPolicies(post)
        self.forgetting: list[Callable[[], None]] = []
        self.cursors: OrderedDict[str, Cursor] = OrderedDict()
        self._support_ids = 0
        self._lock = threading.Lock()

    def forget(self) -> None:
        """Forget everything but the snapshots, and go back to the policies of the start."""
        self.store.clear()
        self.policies.restore()
        self.clock.run()
        self.transport.clear()
        for forget in self.forgetting:
            forget()
        with self._lock:
            self.cursors.clear()
            self._support_ids = 0

    def take_snapshot(self, name: str) -> None:
        """Keep the records, sessions, counters, ledger and policies under a name."""
        self.snapshots.keep(name, self.store.copy(), self.policies.all())

    def restore_snapshot(self, name: str) -> None:
        """Go back to a snapshot; raises ValueError for an unknown one. Result sets are over."""
        copied, policies = self.snapshots.get(name)
        self.store.become(copied)
        self.policies.change(policies)
        with self._lock:
            self.cursors.clear()

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

    def drop_cursors(self, owner: str) -> None:
        """Forget the result sets of a session."""
        with self._lock:
            for result_id in [key for key, c in self.cursors.items() if c.session == owner]:
                del self.cursors[result_id]


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
        self.reader = Reader(self.company.store, self.at)

    @property
    def store(self) -> Store:
        """The records of the company."""
        return self.company.store

    @property
    def cause(self) -> Cause:
        """What the ledger says of changes that this call makes."""
        return Cause(self.function, self.control_id, self.at, self.scope.user)
