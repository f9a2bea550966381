"""Values of records as JSON: one column per path, read along references."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from connector.sandbox.reader import Reader, closest
from connector.sandbox.rest.catalogue import CATALOGUE
from connector.sandbox.rest.description import Reference, RestField, RestObject
from connector.sandbox.store import Record, Store
from connector.sandbox.values import CENT

Read = Callable[[Reader, Record], Any]


@dataclass(frozen=True)
class Column:
    """How one path is read: the kept text, and that text as JSON."""

    path: str
    kind: str
    raw: Callable[[Reader, Record], str]
    as_json: Callable[[str], Any]
    xml: str = ""  # the record's own field it comes from, where a search may use it
    words: dict[str, str] | None = None

    def value(self, reader: Reader, record: Record) -> Any:
        """Return the JSON value of a record; None for an empty one."""
        return self.as_json(self.raw(reader, record))


def column(store: Store, owner: RestObject, path: str) -> Column | None:
    """Return the column of a path like `vendor.id`, or None when it leads nowhere."""
    return _column(store, owner, owner, path, path, "")


def _column(
    store: Store, owner: RestObject, at: RestObject, whole: str, path: str, prefix: str
) -> Column | None:
    if path == "href":
        return _href(owner, at, whole, f"{prefix}RECORDNO")
    own = at.fields.get(path)
    if own is not None:
        return _of_field(owner, own, whole, prefix)
    found = next((r for name, r in at.references.items() if path.startswith(f"{name}.")), None)
    if found is None:
        return None
    rest = path.removeprefix(f"{found.path}.")
    if rest in found.parts:
        return _of_text(owner, whole, prefix + found.parts[rest])
    target = CATALOGUE.get(found.target)
    if target is None:
        return None
    return _beyond(store, owner, found, target, whole, (prefix, rest))


def _beyond(
    store: Store,
    owner: RestObject,
    found: Reference,
    target: RestObject,
    whole: str,
    steps: tuple[str, str],
) -> Column | None:
    """Return the column of what only the other record of a reference tells."""
    prefix, rest = steps
    if rest == "href" and "key" in found.parts:
        return _href(owner, target, whole, prefix + found.parts["key"])
    if found.relation:
        return _column(store, owner, target, whole, rest, f"{prefix}{found.relation}.")
    if rest in ("key", "href"):
        return _looked_up(store, owner, found, target, whole, prefix, is_href=rest == "href")
    return None


def _of_field(owner: RestObject, own: RestField, whole: str, prefix: str) -> Column:
    name = prefix + own.xml
    return Column(
        whole,
        own.kept.kind,
        lambda reader, record: reader.value(owner.described, record, name),
        json_of(own),
        name,
        own.words,
    )


def _of_text(owner: RestObject, whole: str, name: str) -> Column:
    return Column(
        whole,
        "text",
        lambda reader, record: reader.value(owner.described, record, name),
        _text,
        name,
    )


def _href(owner: RestObject, target: RestObject, whole: str, name: str) -> Column:
    return Column(
        whole,
        "href",
        lambda reader, record: reader.value(owner.described, record, name),
        lambda key: target.href(key) if key else None,
    )


def _looked_up(
    store: Store,
    owner: RestObject,
    reference: Reference,
    target: RestObject,
    whole: str,
    prefix: str,
    *,
    is_href: bool,
) -> Column:
    """Return the key of a record that is known only by the id that the reference holds."""

    def raw(reader: Reader, record: Record) -> str:
        identifier = reader.value(owner.described, record, prefix + reference.link)
        found = store.by_id(target.described.name, identifier) if identifier else []
        meant = closest(found, record.entity)
        return str(meant.recordno) if meant else ""

    def as_json(key: str) -> str | None:
        return (target.href(key) if is_href else key) if key else None

    return Column(whole, "href" if is_href else "text", raw, as_json)


def json_of(own: RestField) -> Callable[[str], Any]:
    """Return what turns the kept text of a field into JSON."""
    if own.path in {"key", "id"}:
        return _text
    if own.words:
        spelled = {label: word for word, label in own.words.items()}
        return lambda text: spelled.get(text, text) or None
    if own.is_number:
        return lambda text: Decimal(text) if text else None
    return _BY_KIND.get(own.kept.kind, _text)


def _text(text: str) -> str | None:
    return text or None


def _money(text: str) -> str | None:
    return str(Decimal(text).quantize(CENT)) if text else None


def _truth(text: str) -> bool:
    return text == "true"


_BY_KIND: dict[str, Callable[[str], Any]] = {"money": _money, "bool": _truth, "tf": _truth}
