"""Intacct Event: start when Intacct itself tells of a change, with the record as it is now."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import schemas
from connector.component import Context, Event, Trigger, Webhook
from connector.errors import InputError
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.webhooks import bodies, intacct, origins
from connector.webhooks.bodies import Body

SIGNED = "signed"
BY_ADDRESS = "address"
CREATED, UPDATED, DELETED = "created", "updated", "deleted"

# What triggers, Smart Events and their templates call the same three things.
_CHANGES = {
    **dict.fromkeys(("create", "created", "add"), CREATED),
    **dict.fromkeys(("update", "updated", "set"), UPDATED),
    **dict.fromkeys(("delete", "deleted"), DELETED),
}
_OBJECT_NAMES = ("object", "objectname", "restobjectname")
_EVENT_NAMES = ("event", "change", "activation")
_KEY_NAMES = ("key", "recordno", "recordnumber")
_ID_NAMES = ("id", "recordid")
_TIME_NAMES = ("modified", "whenmodified")
_TIMES = ("%m/%d/%Y %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S")
_DIGITS = re.compile(r"[0-9]{1,20}")
_LONGEST_NAME = 200
# Smart Events repeat themselves neither by design nor with a key; a proxy may, at once.
_UNSIGNED_WINDOW_MS = 60_000


def verify(webhook: Webhook, settings: Mapping[str, Any]) -> None:
    """Check Intacct's signature over the body, or that unsigned deliveries are allowed.

    Raises:
        Untrusted: Not signed, and not allowed to be; or signed by somebody else.
    """
    origins.check(webhook, settings)
    intacct.verify(webhook, settings)


def receive(webhook: Webhook, _settings: Mapping[str, Any]) -> list[Event]:
    """Return the one event of a delivery, whatever its template made of it.

    The body is read as JSON, XML, a form or text. What names the record is looked for in the
    body, which is signed, then in the address, then in the context beside it, which is not.
    """
    body = bodies.read(webhook.content, webhook.headers.get("content-type", ""))
    context = intacct.context(webhook.headers)
    said = _said(body, webhook.url, context)
    tokens = intacct.signatures(webhook.headers)
    object_name = _first(said, _OBJECT_NAMES)
    change = _change(_first(said, _EVENT_NAMES))
    key, record_id = _first(said, _KEY_NAMES), _first(said, _ID_NAMES)
    moment = _moment(_first(said[:1], _TIME_NAMES))
    is_ordered = change == UPDATED and moment is not None and (key or record_id)
    own_id, aliases, window_ms = _names_of(webhook, tokens)
    return [
        Event(
            id=own_id,
            type=f"{object_name or 'record'}.{change or 'event'}",
            data={
                "object": object_name,
                "change": change,
                "key": key,
                "id": record_id,
                "trigger": _plain(context.get("EVENTNAME")),
                "user": _plain(context.get("USER")),
                "company": _plain(context.get("COMPANY")),
                "entity": _plain(context.get("ENTITY")),
                "proof": SIGNED if tokens else BY_ADDRESS,
                "form": body.form,
                "body": body.value,
            },
            occurred_at=moment,
            window_ms=window_ms,
            aliases=aliases,
            order=f"{object_name}/{key}/{record_id}" if is_ordered else "",
        )
    ]


def matches(event: Event, config: Mapping[str, Any]) -> bool:
    """Say whether the event is about a wanted object and change.

    What a delivery leaves open is taken to be wanted: a template need not name the object.
    """
    name, change = event.data["object"], event.data["change"]
    changes = config.get("changes")
    return (not name or _canonical(name) in _wanted(config)) and (
        not changes or not change or change in changes
    )


def enrich(ctx: Context, event: Event, config: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the change with the record read anew; the record of a deletion is null.

    None when the record is not there any more although the event is not about its end.

    Raises:
        InputError: The delivery names no record.
    """
    data = event.data
    name, key, record_id = _object_of(event, config), str(data["key"]), str(data["id"])
    if not (key or record_id):
        raise InputError(
            "The delivery of Intacct does not say which record it is about.",
            advice=f"Set the trigger up with the template that 'intacct triggers setup {name}'"
            " prints.",
        )
    found: dict[str, Any] | None = None
    if data["change"] != DELETED:
        found = ctx.intacct.get(name, key=key, id=record_id)
        if not found.pop("found"):
            return None
    known = found or {}
    about = ("trigger", "user", "company", "entity", "proof", "form", "body")
    return {
        "object": name,
        "change": data["change"],
        "key": str(known.get("key") or key),
        "id": str(known.get("id") or record_id),
        "record": found,
        "delivery": {part: data[part] for part in about},
    }


def weakness(settings: Mapping[str, Any]) -> str:
    """Return why deliveries may prove little: Smart Events are signed by nobody."""
    if not intacct.is_unsigned_allowed(settings):
        return ""
    return "Unsigned deliveries are allowed, so whoever knows the address can start workflows."


def _names_of(webhook: Webhook, tokens: Sequence[str]) -> tuple[str, tuple[str, ...], int | None]:
    """Return the event's id, its other ids, and for how long they hold.

    Intacct's key stays the same over all retries, but nobody signs it: a delivery played back
    under another key is known by its token.
    """
    key = intacct.event_key(webhook.headers)
    token = f"intacct-token-{_digest(' '.join(tokens).encode())}" if tokens else ""
    if key:
        return f"intacct-{_digest(key.encode())}", (token,) if token else (), None
    if token:
        return token, (), None
    source = urlsplit(webhook.url).query.encode() + b"\n" + webhook.raw
    return f"intacct-body-{_digest(source)}", (), _UNSIGNED_WINDOW_MS


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _said(body: Body, url: str, context: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return what body, address and context say, names in lower case, the surest first."""
    return [_lowered(_parts(body)), _lowered(bodies.query(url)), _lowered(context)]


def _parts(body: Body) -> Mapping[str, Any]:
    value = body.value
    if isinstance(value, str) and _DIGITS.fullmatch(value.strip()):
        return {"key": value.strip()}
    if not isinstance(value, Mapping):
        return {}
    inner = next(iter(value.values())) if len(value) == 1 else None
    if isinstance(inner, Mapping):  # one element around the fields, as XML needs it
        outer = str(next(iter(value)))
        return {**({"object": outer} if _is_known(outer) else {}), **inner}
    return value


def _lowered(named: Mapping[str, Any]) -> Mapping[str, Any]:
    return {str(name).lower().replace("_", ""): value for name, value in named.items()}


def _first(said: Sequence[Mapping[str, Any]], names: Sequence[str]) -> str:
    found = (_plain(one.get(name)) for one in said for name in names)
    return next((text for text in found if text), "")


def _plain(value: Any) -> str:
    """Return a name or number as text; a context says false or {} where it has nothing to say."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    text = str(value).strip()
    return text if len(text) <= _LONGEST_NAME else ""


def _change(text: str) -> str:
    words = re.split(r"[^a-z]+", text.lower())
    return next((_CHANGES[word] for word in words if word in _CHANGES), "")


def _moment(text: str) -> int | None:
    """Return a time of Intacct's as milliseconds, good for telling which of two came first.

    The zone is the company's and is not said, so it is no moment to be shown to anybody.
    """
    plain = text.removesuffix("Z").partition(".")[0]
    for form in _TIMES:
        try:
            found = datetime.strptime(plain, form).replace(tzinfo=UTC)
        except ValueError:
            continue
        return int(found.timestamp()) * 1000
    return None


def _wanted(config: Mapping[str, Any]) -> list[str]:
    return [_canonical(name) for name in config["objects"]]


def _object_of(event: Event, config: Mapping[str, Any]) -> str:
    if event.data["object"]:
        return _canonical(str(event.data["object"]))
    wanted = _wanted(config)
    if len(wanted) == 1:
        return wanted[0]
    raise InputError(
        "The delivery of Intacct does not say what kind of record it is about.",
        advice="Name one object only in the workflow's trigger, or name it in the template.",
    )


def _canonical(name: str) -> str:
    """Return our name of an object that is given by any of its names."""
    if "/" in name:
        schema = ObjectSchema.of_rest(name)
        return schema.name if schema.is_known else name
    try:
        return ObjectSchema.find(name).name
    except InputError:
        return name  # not a name at all: it equals no wanted one


def _is_known(name: str) -> bool:
    try:
        return ObjectSchema.find(name).is_known
    except InputError:
        return False


EVENT = "events/intacct.event.json"

TRIGGER = Trigger(
    key="intacct.event",
    label="Intacct Event",
    description="Starts the workflow when a record of Sage Intacct is created, changed or deleted.",
    connection="intacct-events",
    event=EVENT,
    config="triggers/intacct.event.json",
    verify=verify,
    receive=receive,
    matches=matches,
    enrich=enrich,
    weakness=weakness,
    example=schemas.load(EVENT)["examples"][0],
)
