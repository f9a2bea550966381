"""Outbound messages of Salesforce: up to a hundred notifications in one SOAP document.

Shape and acknowledgement are those of Salesforce's page on outbound messages (SOAP 1.1). They
carry no signature; the organisation's id inside is no secret either.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from connector.errors import InputError, Untrusted
from connector.webhooks.delivery import Delivery

ACKNOWLEDGEMENT = (
    b'<?xml version="1.0" encoding="UTF-8"?>'
    b'<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">'
    b'<soapenv:Body><notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound">'
    b"<Ack>true</Ack></notificationsResponse></soapenv:Body></soapenv:Envelope>"
)
MOST_NOTIFICATIONS = 100  # Salesforce's own limit for one message
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
# What lets whoever reads it act in Salesforce; it is never kept.
_SECRET = "SessionId"  # noqa: S105 - the name of an element
_LETTERS_OF_15 = 15  # the older form of an id; the longer one adds three letters to tell case


@dataclass(frozen=True)
class Notification:
    """One record that Salesforce tells of.

    Args:
        id: The notification's own id, the same whenever it is sent again.
        record_type: Such as ``Opportunity``.
        fields: The record's fields as text.
        organization: Whose Salesforce it is.
        action: The id of the outbound message that was set up.
    """

    id: str
    record_type: str
    fields: Mapping[str, str]
    organization: str
    action: str


def check(delivery: Delivery, settings: Mapping[str, Any]) -> None:
    """Return when the message names the organisation that the connection expects.

    Raises:
        Untrusted: It names another, or is no such message.
    """
    try:
        found = _message(delivery.content)
    except InputError as error:
        raise Untrusted("The delivery is not an outbound message of Salesforce.") from error
    wanted = str(settings.get("organizationId") or "")
    given = _text(found, "OrganizationId")
    if wanted and given[:_LETTERS_OF_15] != wanted[:_LETTERS_OF_15]:
        raise Untrusted("The message comes from another organisation of Salesforce.")


def notifications(content: bytes) -> list[Notification]:
    """Return what a message tells of.

    Raises:
        InputError: It is no outbound message, or holds more than a hundred notifications.
    """
    message = _message(content)
    found = _children(message, "Notification")
    if len(found) > MOST_NOTIFICATIONS:
        raise InputError(f"The message holds more than {MOST_NOTIFICATIONS} notifications.")
    organization, action = _text(message, "OrganizationId"), _text(message, "ActionId")
    return [_notification(one, organization, action) for one in found]


def _notification(one: etree._Element, organization: str, action: str) -> Notification:
    number, records = _text(one, "Id"), _children(one, "sObject")
    if not number or len(records) != 1:
        raise InputError("A notification of Salesforce has no id, or not one record.")
    (record,) = records
    return Notification(
        id=number,
        record_type=str(record.get(_TYPE, "")).rpartition(":")[2],
        fields={_name(field): "".join(map(str, field.itertext())) for field in record},
        organization=organization,
        action=action,
    )


def _message(content: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise InputError("The delivery is not XML that can be read.") from error
    if getattr(root.getroottree().docinfo, "doctype", ""):
        raise InputError("The delivery declares a document type, which a message never does.")
    found = [
        message for body in _children(root, "Body") for message in _children(body, "notifications")
    ]
    if _name(root) != "Envelope" or len(found) != 1:
        raise InputError("The delivery is not an outbound message of Salesforce.")
    message = found[0]
    for secret in _children(message, _SECRET):
        message.remove(secret)
    return message


def _children(element: etree._Element, name: str) -> list[etree._Element]:
    return [child for child in element if _name(child) == name]


def _text(element: etree._Element, name: str) -> str:
    found = _children(element, name)
    return (found[0].text or "").strip() if found else ""


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname
