"""One record of the company."""

from dataclasses import dataclass, field

Body = dict[str, str]


@dataclass
class Record:
    """One record; `body` holds its own fields by name, empty ones left out."""

    object: str
    recordno: int
    id: str
    entity: str
    parent: int | None = None
    body: Body = field(default_factory=dict)
