"""Creating, changing and deleting one record, through the functions of the company.

REST and XML so have the same rules, numbers and ledger: a body becomes the request of the generic
function, and a refusal is told in the words of REST.
"""

from connector.sandbox import usage
from connector.sandbox.company import Call
from connector.sandbox.functions import FUNCTIONS
from connector.sandbox.functions.answer import Answer
from connector.sandbox.functions.reversals import REVERSALS
from connector.sandbox.refusal import NOT_UNIQUE, NUMBER_TAKEN, Refusal
from connector.sandbox.rest.catalogue import CATALOGUE
from connector.sandbox.rest.description import RestObject
from connector.sandbox.rest.documents import found, identity, position
from connector.sandbox.rest.errors import (
    OPERATION,
    READ_ONLY,
    Detail,
    Json,
    RestError,
    bad_payload,
    invalid,
)
from connector.sandbox.rest.payload import Given, Line, read_body
from connector.sandbox.store import Record
from connector.sandbox.values import shown
from connector.sandbox.wire.tree import Element, add, element, text_of

DUPLICATES = frozenset({NOT_UNIQUE, NUMBER_TAKEN})


def create(call: Call, shape: RestObject, body: object) -> Json:
    """Create a record and return its key, id and href; raises RestError."""
    usage.note(call, 1)
    if shape.owner:
        return _add_line(call, shape, body)
    written = read_body(call, shape, body, is_create=True)
    request = element("create")
    item = add(request, shape.described.name)
    copied = {
        field.xml: written.given.get(field.copied_from, "")
        for field in shape.fields.values()
        if field.copied_from and not written.given.get(field.xml)
    }
    fill(item, written.given | copied)
    if shape.states:
        state = written.state or default_state(call, shape)
        fill(item, dict([shape.states[state]]))
    _add_lines(item, shape, [line.given for line in written.lines or []])
    data = run(call, shape, "create", request).data
    key = text_of(data[0], "RECORDNO") if data is not None else ""
    return identity(shape, found(call, shape, key))


def default_state(call: Call, shape: RestObject) -> str:
    """Return the state of a new transaction whose body does not name one."""
    if shape.path == "accounts-payable/bill":
        return call.company.policies["rest_bill_default_state"]
    return list(shape.states)[-1]


def update(call: Call, shape: RestObject, key: str, body: object) -> Json:
    """Change a record and return its key, id and href; lines it does not name stay as they are."""
    record = found(call, shape, key)
    written = read_body(call, shape, _without_own_id(shape, record, body), is_create=False)
    usage.note(call, 1)
    if shape.owner:
        change = Line(written.given, str(record.recordno))
        _change_lines(call, CATALOGUE[shape.owner], _owner_of(call, shape, record), {}, [change])
        return identity(shape, found(call, shape, key))
    is_about_lines = written.lines is not None
    if shape.lines is not None and (is_about_lines or shape.lines.is_always_sent):
        _change_lines(call, shape, record, written.given, written.lines or [])
    else:
        _update(call, shape, record, written.given, [])
    return identity(shape, found(call, shape, key))


def delete(call: Call, shape: RestObject, key: str) -> None:
    """Delete a record; raises RestError."""
    record = found(call, shape, key)
    usage.note(call, 1)
    if shape.owner:
        gone = Line({}, str(record.recordno), is_deleted=True)
        _change_lines(call, CATALOGUE[shape.owner], _owner_of(call, shape, record), {}, [gone])
        return
    request = element("delete")
    add(request, "object", shape.described.name)
    add(request, "keys", str(record.recordno))
    run(call, shape, "delete", request)


def run(call: Call, shape: RestObject, function: str, request: Element) -> Answer:
    """Run a function of the company; a refusal of it raises RestError (422)."""
    verb = {"create": "create", "update": "update", "delete": "delete"}.get(function, "change")
    try:
        with call.store.transaction():
            return (REVERSALS.get(function) or FUNCTIONS[function])(call, request)
    except Refusal as refusal:
        raise refused(call, shape, refusal, verb) from None


def refused(call: Call, shape: RestObject, refusal: Refusal, verb: str) -> RestError:
    """Return a refusal of the company as REST tells it: the XML number and text in the details."""
    support_id = call.company.support_id()
    details = [
        Detail(
            fault.errorno,
            f"{fault.text or fault.description} [Support ID: {support_id}]",
            target=_pointer(shape, fault.field),
            message_id=fault.message_id,
            placeholders=dict(fault.values),
        )
        for fault in refusal.faults
    ]
    is_duplicate = any(fault.errorno in DUPLICATES for fault in refusal.faults)
    status = int(call.company.policies["rest_duplicate_status"]) if is_duplicate else 422
    message = f"Operation {verb} object {shape.path} failed"
    told = RestError(status, "operationFailed", message, error_id=OPERATION, details=details)
    told.support_id = support_id
    return told


def fill(item: Element, given: Given) -> None:
    """Append fields as elements, dotted names nested."""
    groups: dict[str, Element] = {"": item}
    for name, text in given.items():
        *parents, leaf = name.split(".")
        at = ""
        for parent in parents:
            inside = f"{at}.{parent}".lstrip(".")
            if inside not in groups:
                groups[inside] = add(groups[at], parent)
            at = inside
        add(groups[at], leaf, text)


def _add_lines(item: Element, shape: RestObject, lines: list[Given]) -> None:
    owned = shape.described.lines
    if owned is None or not lines:
        return
    wrapper = add(item, owned.wrapper)
    for line in lines:
        fill(add(wrapper, owned.object), line)


def _update(
    call: Call, shape: RestObject, record: Record, given: Given, lines: list[Given]
) -> None:
    request = element("update")
    item = add(request, shape.described.name)
    fill(item, {"RECORDNO": str(record.recordno), **given})
    _add_lines(item, shape, lines)
    run(call, shape, "update", request)


def _without_own_id(shape: RestObject, record: Record, body: object) -> object:
    """Leave out an id that repeats what the record has; any other one is refused."""
    if not isinstance(body, dict) or "id" not in body or shape.is_transaction:
        return body
    if body["id"] != record.id:
        text = "The id of a record cannot be changed"
        raise bad_payload([Detail("invalidRequest", text, READ_ONLY, "/id")])
    return {name: value for name, value in body.items() if name != "id"}


def _change_lines(
    call: Call, shape: RestObject, record: Record, given: Given, changes: list[Line]
) -> None:
    """Merge changed lines by their keys.

    The update function replaces the set, so it is told all lines, and each keeps its key.
    """
    target = CATALOGUE[shape.lines.target] if shape.lines else shape
    kept = sorted(call.store.owned(target.described.name, record.recordno), key=position)
    named = {change.key: change for change in changes if change.key}
    for key in named.keys() - {str(line.recordno) for line in kept}:
        raise RestError(404, "notFound", f"The key {key} of {target.path} is not found")
    staying = [n for n in kept if not _is_deleted(named.get(str(n.recordno)))]
    lines = [_merged(target, line, named.get(str(line.recordno))) for line in staying]
    added = [change.given for change in changes if not change.key]
    if not lines and not added:
        raise RestError(422, "operationFailed", f"The last line of {shape.path} cannot be deleted")
    with call.store.transaction():
        _update(call, shape, record, given, lines + added)
        _restore_keys(call, target, record, [line.recordno for line in staying])


def _is_deleted(change: Line | None) -> bool:
    return change is not None and change.is_deleted


def _merged(target: RestObject, line: Record, change: Line | None) -> Given:
    """Return a kept line as the update function takes it, changed."""
    fields = target.described.fields
    # Tax is calculated by nobody here, so it travels along; other calculated fields do not.
    own = {
        name: shown(fields[name], value, is_read=False)
        for name, value in line.body.items()
        if name in fields and (not fields[name].is_readonly or name == "TRX_TAX")
    }
    if "TRX_AMOUNT" in own:
        own.pop("AMOUNT", None)
    if own.get("ACCOUNTLABEL"):
        own.pop("ACCOUNTNO", None)  # the label says which account it is
    return own | (change.given if change else {})


def _restore_keys(call: Call, target: RestObject, record: Record, numbers: list[int]) -> None:
    """Give lines their keys back, in order; what comes after them is new."""
    name = target.described.name
    lines = sorted(call.store.owned(name, record.recordno), key=position)
    if [line.recordno for line in lines[: len(numbers)]] == numbers:
        return
    for line in lines:
        call.store.remove(line)
    for at, line in enumerate(lines):
        number = numbers[at] if at < len(numbers) else call.store.next_number(name)
        call.store.put(
            Record(line.object, number, str(number), line.entity, line.parent, line.body)
        )


def _add_line(call: Call, shape: RestObject, body: object) -> Json:
    """Add a line to the record that its reference names by key."""
    owner = CATALOGUE[shape.owner]
    name = next(path for path, one in shape.references.items() if one.target == shape.owner)
    fields = dict(body) if isinstance(body, dict) else {}
    reference = fields.pop(name, None)
    key = reference.get("key") if isinstance(reference, dict) else None
    if not isinstance(key, str):
        raise invalid(f"The key of the {name} that owns the line is missing")
    record = found(call, owner, key)
    written = read_body(call, shape, fields, is_create=True)
    _change_lines(call, owner, record, {}, [Line(written.given)])
    last = max(call.store.owned(shape.described.name, record.recordno), key=position)
    return identity(shape, last)


def _owner_of(call: Call, shape: RestObject, line: Record) -> Record:
    return found(call, CATALOGUE[shape.owner], str(line.parent))


def _pointer(shape: RestObject, name: str) -> str:
    """Return where in a body the field of a fault stands, empty when it is not known."""
    if not name:
        return ""
    shapes = [("", shape)]
    if shape.lines is not None:
        shapes.append((f"/{shape.lines.name}", CATALOGUE[shape.lines.target]))
    for prefix, at in shapes:
        kept = {field.xml: path for path, field in at.fields.items()}
        kept |= {reference.link: path for path, reference in at.references.items()}
        if name in kept:
            return f"{prefix}/{kept[name].replace('.', '/')}"
    return ""
