"""What a function answers, and how functions are found by name."""

from collections.abc import Callable
from dataclasses import dataclass, field

from connector.sandbox.company import Call
from connector.sandbox.objects import OBJECTS
from connector.sandbox.objects.definition import ObjectType
from connector.sandbox.refusal import Fault, Refusal
from connector.sandbox.wire.tree import Element


@dataclass(frozen=True)
class Bare:
    """Data in another form than XML, which travels alone, without any envelope."""

    content_type: str
    body: bytes


@dataclass
class Answer:
    """A success, or, with faults, a failure that kept what it lists in `data`.

    `rows` is XML that stands inside `data` and was never an element, `listed` stands before it.
    """

    data: Element | None = None
    rows: bytes = b""
    listed: Element | None = None
    bare: Bare | None = None
    key: str = ""
    faults: list[Fault] = field(default_factory=list)


Function = Callable[[Call, Element], Answer]


def object_type(name: str, errorno: str) -> ObjectType:
    """Return the object of that name; raises Refusal with the given errorno for an unknown one."""
    described = OBJECTS.get(name.upper())
    if described is None:
        raise Refusal(Fault(errorno, f"Object definition {name} not found"))
    return described
