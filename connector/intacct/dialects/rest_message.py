"""One REST request as text: what an effect keeps, what a dry run shows, what a resend repeats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from connector.intacct.dialects.json_text import read_json, write_json
from connector.intacct.operation import Frozen

REST = "rest"
QUERY_PATH = "/services/core/query"
ATOMIC = {"X-IA-API-Param-Transaction": "true"}
# What stands in a name literally; a comma separates keys, colons belong to names like nsp::x.
_SAFE = ",:"
_OBJECT_PARTS = 3


@dataclass(frozen=True)
class Message:
    """Method, address behind the version, headers of this very request, and its body.

    Args:
        method: Such as ``POST``.
        path: Such as ``/objects/accounts-payable/bill/12``, percent-encoded.
        body: The JSON text; empty for none.
        headers: What belongs to the request itself, not to whoever sends it.
    """

    method: str
    path: str
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, frozen: Frozen) -> Message:
        """Return the request that was frozen."""
        head, _, body = frozen.payload.partition("\n\n")
        line, *headers = head.split("\n")
        method, _, path = line.partition(" ")
        pairs = (header.split(": ", 1) for header in headers)
        return cls(method, path, body, dict(pairs))

    def frozen(self, *, is_write: bool) -> Frozen:
        """Return the request as kept bytes; its function is the method and what it works on."""
        lines = [f"{self.method} {self.path}", *(f"{n}: {v}" for n, v in self.headers.items())]
        payload = "\n".join(lines) + (f"\n\n{self.body}" if self.body else "")
        return Frozen(REST, self.function, payload, is_write=is_write)

    @property
    def function(self) -> str:
        """What is called, without keys: ``PATCH /objects/accounts-payable/bill``."""
        parts = self.path.strip("/").split("/")
        kept = parts[:_OBJECT_PARTS] if parts[0] == "objects" else parts
        return f"{self.method} /{'/'.join(kept)}"

    @property
    def document(self) -> Any:
        """The body as values."""
        return read_json(self.body.encode())

    @property
    def object_path(self) -> str:
        """The object whose records the reply holds: ``accounts-payable/bill``."""
        if self.path == QUERY_PATH:
            return str(self.document["object"])
        return "/".join(self.path.strip("/").split("/")[1:_OBJECT_PARTS])


def object_address(rest: str, keys: tuple[str, ...] = ()) -> str:
    """Return the address of an object's records, or of those with the keys."""
    parts = [*rest.split("/"), *([",".join(keys)] if keys else [])]
    return "/objects/" + "/".join(quote(part, safe=_SAFE) for part in parts)


def written(
    method: str, path: str, document: Any, headers: Mapping[str, str] | None = None
) -> Message:
    """Return a request with a JSON body."""
    return Message(method, path, write_json(document), headers or {})
