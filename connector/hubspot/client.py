"""Reads deals and what belongs to them from HubSpot's CRM, and writes properties back."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar
from urllib.parse import quote

import orjson

from connector.errors import InputError, OutcomeUnknown, RateLimited, Unavailable, Unreachable
from connector.http import HttpReply, HttpRequest, OutboundClient
from connector.hubspot.records import (
    Batch,
    End,
    Record,
    Stage,
    read_associated,
    read_ends,
    read_record,
    read_records,
    read_stages,
)
from connector.hubspot.replies import problem, read_json

DEAL_PROPERTIES = (
    "dealname",
    "amount",
    "dealstage",
    "pipeline",
    "closedate",
    "deal_currency_code",
    "hubspot_owner_id",
    "description",
)
DEAL_ASSOCIATIONS = ("companies", "contacts", "line_items")
COMPANY_PROPERTIES = (
    "name",
    "domain",
    "address",
    "address2",
    "city",
    "state",
    "zip",
    "country",
    "phone",
)
CONTACT_PROPERTIES = (
    "email",
    "firstname",
    "lastname",
    "phone",
)
LINE_ITEM_PROPERTIES = (
    "name",
    "quantity",
    "price",
    "amount",
    "discount",
    "hs_discount_percentage",
    "hs_sku",
    "description",
    "hs_line_item_currency_code",
)

CALL_SECONDS = 20.0
MAX_REPLY_BYTES = 10_000_000
RETRY_SECONDS = (0.3, 1.0)  # longer waits belong to the caller, who can come back later
BATCH_SIZE = 100

Parsed = TypeVar("Parsed")


class HubspotClient:
    """One portal. Reads are tried up to three times; what cannot be read raises.

    Every method may raise ``ConnectionProblem`` (token or rights), ``RateLimited``,
    ``Unreachable``, or ``Refused`` for what HubSpot declines.

    Args:
        http: The client that cannot be pointed inwards.
        base_url: Such as ``https://api.hubapi.com``.
        token: The private app's access token.
        pause: Waits between two attempts of a read.
        writing: Is given each write by its name, its content and what sends it, and decides
            whether it is sent; without it, each one is.
    """

    def __init__(
        self,
        http: OutboundClient,
        base_url: str,
        token: str,
        *,
        pause: Callable[[float], None] = time.sleep,
        writing: Callable[[str, str, Callable[[], None]], None] | None = None,
    ) -> None:
        self._http = http
        self._base_url = base_url.rstrip("/")
        self._token = token
        self._pause = pause
        self._writing = writing

    def get_deal(self, deal_id: str, also: Sequence[str] = ()) -> Record:
        """Return a deal with its properties, those of ``also`` too, and the ids of what it has.

        Raises:
            NotFound: There is no such deal, or it was deleted.
        """
        return self.get_record("deals", deal_id, (*DEAL_PROPERTIES, *also), DEAL_ASSOCIATIONS)

    def get_record(
        self,
        kind: str,
        record_id: str,
        properties: Sequence[str] = (),
        associations: Sequence[str] = (),
    ) -> Record:
        """Return any record with its properties and the ids of what belongs to it.

        Args:
            kind: Such as ``deals``, or the id of an object type, such as ``2-3465404``.
            record_id: Digits.
            properties: By internal name; HubSpot's own choice when there are none.
            associations: The kinds of which the ids are wanted.

        Raises:
            NotFound: There is no such record, or it was deleted.
        """
        asked = {"properties": properties, "associations": associations}
        query = "&".join(
            f"{name}={','.join(map(_name, each))}" for name, each in asked.items() if each
        )
        path = f"/crm/v3/objects/{_name(kind)}/{_digits(record_id)}"
        record, unfinished = self._read(
            "GET", f"{path}?{query}" if query else path, read_associated
        )
        whole = {
            name: [end.id for end in self._ends(kind, record.id, name.replace(" ", "_"))]
            for name in unfinished
        }
        return replace(record, associated={**record.associated, **whole})

    def primary_company_id(self, deal_id: str) -> str | None:
        """Return the primary company, else the only one, else the first without a label.

        None when the deal has no company that can be told to be the customer.
        """
        ends = self._ends("deals", deal_id, "companies")
        primary = [end for end in ends if end.is_primary_company]
        unlabelled = [end for end in ends if end.is_unlabelled]
        only = ends if len(ends) == 1 else []
        return next((end.id for end in [*primary, *only, *unlabelled]), None)

    def get_company(self, company_id: str) -> Record:
        """Return a company.

        Raises:
            NotFound: There is no such company, or it was deleted.
        """
        path = f"/crm/v3/objects/companies/{_digits(company_id)}"
        return self._read("GET", f"{path}?properties={','.join(COMPANY_PROPERTIES)}", read_record)

    def get_contacts(self, contact_ids: Sequence[str]) -> Batch:
        """Return the contacts with these ids."""
        return self._read_many("contacts", contact_ids, CONTACT_PROPERTIES)

    def get_line_items(self, line_item_ids: Sequence[str]) -> Batch:
        """Return the line items with these ids."""
        return self._read_many("line_items", line_item_ids, LINE_ITEM_PROPERTIES)

    def get_stages(self) -> list[Stage]:
        """Return the stages of every deal pipeline."""
        return self._read("GET", "/crm/v3/pipelines/deals", read_stages)

    def update_deal(self, deal_id: str, properties: Mapping[str, str]) -> None:
        """Set properties of a deal; doing so again changes nothing more.

        Raises:
            OutcomeUnknown: No clear answer came; it is safe to send the same again.
            NotFound: There is no such deal, or it was deleted.
        """
        path = f"/crm/v3/objects/deals/{_digits(deal_id)}"
        content = {"properties": {_name(name): value for name, value in properties.items()}}

        def send() -> None:
            found = problem(self._send("PATCH", path, content))
            if found:
                raise found

        if self._writing is None:
            send()
            return
        shown = orjson.dumps(content, option=orjson.OPT_SORT_KEYS).decode()
        self._writing(f"PATCH {path}", shown, send)

    def _read_many(self, kind: str, ids: Sequence[str], names: Sequence[str]) -> Batch:
        wanted = [_digits(one) for one in dict.fromkeys(ids)]
        found: dict[str, Record] = {}
        for start in range(0, len(wanted), BATCH_SIZE):
            inputs = [{"id": one} for one in wanted[start : start + BATCH_SIZE]]
            question = {"properties": list(names), "inputs": inputs}
            # 207 holds the records that exist; the others are simply not among the results.
            for record in self._read(
                "POST", f"/crm/v3/objects/{kind}/batch/read", read_records, question
            ):
                found[record.id] = record
        return Batch(
            records=[found[one] for one in wanted if one in found],
            missing=[one for one in wanted if one not in found],
        )

    def _ends(self, kind: str, record_id: str, other: str) -> list[End]:
        path = f"/crm/v4/objects/{kind}/{_digits(record_id)}/associations/{other}?limit=500"
        ends, after = self._read("GET", path, read_ends)
        while after:
            page, after = self._read("GET", f"{path}&after={quote(after)}", read_ends)
            ends += page
        return ends

    def _read(
        self, method: str, path: str, parse: Callable[[Any], Parsed], question: Any = None
    ) -> Parsed:
        for wait in (*RETRY_SECONDS, None):
            try:
                return self._read_once(method, path, parse, question)
            except RateLimited as error:
                if wait is None or (error.retry_after or 0) > wait:
                    raise
            except Unavailable:
                if wait is None:
                    raise
            except OutcomeUnknown as error:
                if wait is None:  # a read has no outcome to look up
                    raise Unreachable(error.title, code=error.code) from error
            self._pause(wait)
        raise AssertionError("the last attempt returns or raises")

    def _read_once(
        self, method: str, path: str, parse: Callable[[Any], Parsed], question: Any
    ) -> Parsed:
        reply = self._send(method, path, question)
        found = problem(reply)
        if found:
            raise found
        try:
            return parse(read_json(reply.body))
        except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
            raise Unreachable("HubSpot's answer is not in the form that is documented.") from error

    def _send(self, method: str, path: str, question: Any = None) -> HttpReply:
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}
        if question is not None:
            headers["Content-Type"] = "application/json"
        return self._http.send(
            HttpRequest(
                method,
                self._base_url + path,
                headers,
                b"" if question is None else orjson.dumps(question),
                CALL_SECONDS,
                MAX_REPLY_BYTES,
            )
        )


def _digits(record_id: str) -> str:
    if not re.fullmatch(r"[0-9]{1,20}", record_id):
        raise InputError(f"'{record_id[:40]}' is not an id of HubSpot; those are digits only.")
    return record_id


def _name(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,100}", text):
        raise InputError(f"'{text[:40]}' is not an internal name of HubSpot.")
    return text
