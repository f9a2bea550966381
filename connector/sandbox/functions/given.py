"""What a request gives: the fields below an element, in the words of the objects."""

from connector.sandbox.company import Call
from connector.sandbox.reader import is_visible
from connector.sandbox.refusal import rule
from connector.sandbox.store import Record
from connector.sandbox.values import date_of, decimal_of, illegal_format
from connector.sandbox.wire.tree import Element, text_of, texts
from connector.sandbox.writer import Given

_SPLIT = "SPLIT"
_TAXES = "TAXENTRIES"


def flat(item: Element, without: str = "") -> Given:
    """Return the elements below as fields with dotted upper-case names, one wrapper left out."""
    given: Given = {}
    for child in item:
        name = str(child.tag).upper()
        if name == without:
            continue
        if len(child):
            given.update({f"{name}.{rest}": text for rest, text in flat(child).items()})
        else:
            given[name] = child.text or ""
    return given


def generic_lines(item: Element, wrapper: str, line: str) -> list[Given]:
    """Return the lines below a wrapper of a generic create or update.

    Tax entries become the tax of the line, splits get numbers: SPLIT.1.AMOUNT.
    """
    return [_generic_line(found) for found in item.iterfind(f"{wrapper}/{line}")]


def _generic_line(line: Element) -> Given:
    given = flat(line, _TAXES)
    entries = line.findall("TAXENTRIES/TAXENTRY")
    given.update(taxes([(text_of(e, "DETAILID"), text_of(e, "TRX_TAX")) for e in entries]))
    splits = line.findall(_SPLIT)
    if splits:
        given = {n: text for n, text in given.items() if not n.startswith(f"{_SPLIT}.")}
        for position, split in enumerate(splits, start=1):
            own = flat(split).items()
            given.update({f"{_SPLIT}.{position}.{name}": text for name, text in own})
    return given


def taxes(entries: list[tuple[str, str]]) -> Given:
    """Return the tax of a line from its entries: the tax details and their sum.

    Text that is no number goes on as it is and is refused later.
    """
    if not entries:
        return {}
    amounts = [amount for _, amount in entries]
    known = [
        number for number in (decimal_of(text or "0") for text in amounts) if number is not None
    ]
    total = str(sum(known)) if len(known) == len(amounts) else ", ".join(amounts)
    return {"TAXDETAILS": "#~#".join(detail for detail, _ in entries), "TRX_TAX": total}


def mapped(request: Element, names: dict[str, str]) -> Given:
    """Return the children of a legacy function under the names of the object's fields."""
    given: Given = {}
    for child in request:
        name = names.get(str(child.tag))
        if name is not None:
            given[name] = date_text(child) if len(child) else (child.text or "").strip()
    return given


def custom(request: Element) -> Given:
    """Return the custom fields of a legacy function."""
    fields = request.findall("customfields/customfield")
    return {
        text_of(field, "customfieldname").upper(): "".join(texts(field, "customfieldvalue"))
        for field in fields
    }


def date_text(block: Element | None) -> str:
    """Return the date of year, month and day elements as MM/DD/YYYY, empty when all are empty."""
    if block is None:
        return ""
    year, month, day = (text_of(block, part) for part in ("year", "month", "day"))
    return f"{month}/{day}/{year}" if year or month or day else ""


def needed_day(block: Element | None, name: str, title: str) -> str:
    """Return the ISO date of year, month and day elements; raises Refusal without one."""
    text = date_text(block)
    if not text:
        raise rule(f"Enter the date of the {title}.", field=name)
    day = date_of(text)
    if day is None:
        raise illegal_format(name, text)
    return day.isoformat()


def addressed(call: Call, request: Element, object_name: str, title: str, verb: str) -> Record:
    """Return the record that `key` names: its record number, or its id of another system.

    Raises Refusal for none that is seen from here.
    """
    key = request.get("key", "").strip()
    if request.get("externalkey") == "true":
        found = call.store.where(object_name, "EXTERNALID", key) if key else []
    else:
        number = call.store.get(object_name, key)
        found = [number] if number else []
    seen = [r for r in found if is_visible(r, call.scope.entity, with_private=True)]
    if not seen:
        raise rule(f"Cannot find {title} with key '{key}' to {verb}.", object_name=object_name)
    return seen[0]
