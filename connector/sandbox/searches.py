"""Answers of searches, kept as long as no record has changed."""

import threading
from array import array
from collections import OrderedDict
from collections.abc import Hashable

KEPT = 16


class Searches:
    """The last searches and the record numbers they found, safe for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: OrderedDict[Hashable, tuple[int, array[int]]] = OrderedDict()

    def get(self, search: Hashable, version: int) -> "array[int] | None":
        """Return what a search found at that version of the store, None when it is not known."""
        with self._lock:
            kept = self._found.get(search)
            if kept is None or kept[0] != version:
                return None
            self._found.move_to_end(search)
            return kept[1]

    def keep(self, search: Hashable, version: int, numbers: "array[int]") -> None:
        """Remember what a search found."""
        with self._lock:
            self._found[search] = (version, numbers)
            while len(self._found) > KEPT:
                self._found.popitem(last=False)
