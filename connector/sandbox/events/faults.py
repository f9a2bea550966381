"""Faults of deliveries: one that comes twice, and one that others overtake."""

from dataclasses import asdict, dataclass, replace

from connector.sandbox.store import Record, Store

DUPLICATE, OUT_OF_ORDER = "duplicate_delivery", "out_of_order"
# Kept among the records of the company, so that a reset disarms them.
_FAULTS = "DELIVERYFAULT"


@dataclass(frozen=True)
class DeliveryFault:
    """A fault for the next `times` deliveries; an overtaken one is held for some seconds."""

    fault: str
    times: int = 1
    seconds: float = 5.0

    def __post_init__(self) -> None:
        if self.fault not in (DUPLICATE, OUT_OF_ORDER):
            raise ValueError(f"fault is {DUPLICATE} or {OUT_OF_ORDER}.")
        if self.times < 1 or self.seconds < 0:
            raise ValueError("times is at least 1, seconds are not negative.")


def arm(store: Store, fault: DeliveryFault) -> None:
    """Add a fault behind the others."""
    with store.transaction():
        store.put(_record(store.next_number(_FAULTS), fault))


def take(store: Store, name: str) -> DeliveryFault | None:
    """Return the first armed fault of that name, used up by one."""
    with store.transaction():
        found = store.by_id(_FAULTS, name)
        if not found:
            return None
        fault = _fault(found[0])
        if fault.times == 1:
            store.remove(found[0])
        else:
            store.put(_record(found[0].recordno, replace(fault, times=fault.times - 1)))
        return fault


def armed(store: Store) -> list[dict[str, str | int | float]]:
    """Return the faults that still wait."""
    return [asdict(_fault(record)) for record in store.select(_FAULTS)]


def disarm(store: Store) -> None:
    """Remove them all."""
    with store.transaction():
        for record in store.select(_FAULTS):
            store.remove(record)


def _record(number: int, fault: DeliveryFault) -> Record:
    body = {"TIMES": str(fault.times), "SECONDS": str(fault.seconds)}
    return Record(_FAULTS, number, fault.fault, "", None, body)


def _fault(record: Record) -> DeliveryFault:
    return DeliveryFault(record.id, int(record.body["TIMES"]), float(record.body["SECONDS"]))
