"""Sends letters through the mail server that the environment names."""

from __future__ import annotations

import os
import re
import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate

from connector import redaction
from connector.errors import ConnectorError, SetupError, Unreachable

STARTTLS, TLS, NONE = "starttls", "tls", "none"
_SECURITIES = (STARTTLS, TLS, NONE)
_PORTS = {STARTTLS: 587, TLS: 465, NONE: 25}
_SECONDS = 20.0
_LAST_PORT = 65535
_ADDRESS = re.compile(r"[^\s@<>]+@[^\s@<>]+")


@dataclass(frozen=True)
class Letter:
    """What is written.

    Args:
        subject: One line.
        text: Plain text.
    """

    subject: str
    text: str


@dataclass(frozen=True)
class MailSettings:
    """The mail server of this installation.

    Args:
        host: Empty where there is none.
        port: Where it listens.
        security: ``starttls``, ``tls`` or ``none``.
        user: Who signs in; empty where nobody has to.
        password: Never shown.
        sender: The address that letters come from.
    """

    host: str
    port: int
    security: str
    user: str
    password: str = field(repr=False)
    sender: str

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> MailSettings:
        """Return the settings of an environment.

        Raises:
            SetupError: Names the variable that is wrong and what would be right.
        """
        given = {
            name: environment.get(f"INTACCT_SMTP_{name}", "").strip()
            for name in ("HOST", "PORT", "SECURITY", "USER", "PASSWORD", "FROM")
        }
        security = given["SECURITY"].lower() or STARTTLS
        if security not in _SECURITIES:
            raise _wrong("SECURITY", f"must be one of {', '.join(_SECURITIES)}")
        port = given["PORT"] or str(_PORTS[security])
        if not (port.isascii() and port.isdigit() and 0 < int(port[:6]) <= _LAST_PORT):
            raise _wrong("PORT", "must be a port, such as 587")
        if given["HOST"] and not _ADDRESS.fullmatch(given["FROM"]):
            raise _wrong("FROM", "must be a mail address, such as intacct@example.com")
        if given["PASSWORD"] and security == NONE:
            raise _wrong("SECURITY", "is none, and a password is never sent unencrypted")
        redaction.register(given["PASSWORD"])
        return cls(
            host=given["HOST"],
            port=int(port),
            security=security,
            user=given["USER"],
            password=given["PASSWORD"],
            sender=given["FROM"],
        )


def send(settings: MailSettings, to: str, letter: Letter, letter_id: str) -> None:
    """Hand a letter to the mail server.

    Args:
        settings: Which one.
        to: One address.
        letter: What is written.
        letter_id: The same whenever it is sent again, so that a repeat is known as one.

    Raises:
        SetupError: No mail server is set.
        Unreachable: It did not answer, or not as it should.
        ConnectorError: It refused the letter, or who sends it.
    """
    if not settings.host:
        raise SetupError(
            "No mail server is set, so nothing can be sent by mail.",
            advice="Set INTACCT_SMTP_HOST and INTACCT_SMTP_FROM for the workers.",
        )
    message = _message(settings, to, letter, letter_id)
    try:
        with _opened(settings) as server:
            if settings.user:
                server.login(settings.user, settings.password)
            server.send_message(message)
    except smtplib.SMTPResponseException as error:
        raise _refused(error.smtp_code) from error
    except smtplib.SMTPRecipientsRefused as error:
        raise ConnectorError("The mail server does not take letters to this address.") from error
    except (smtplib.SMTPException, OSError) as error:
        # What these say may hold what was sent; the type is enough to find the cause.
        raise Unreachable(
            f"The mail server {settings.host} could not be used ({type(error).__name__}).",
            advice="Check the INTACCT_SMTP settings of the workers.",
        ) from error


def _opened(settings: MailSettings) -> smtplib.SMTP:
    context = ssl.create_default_context()
    place = (settings.host, settings.port)
    if settings.security == TLS:
        return smtplib.SMTP_SSL(*place, timeout=_SECONDS, context=context)
    server = smtplib.SMTP(*place, timeout=_SECONDS)
    if settings.security == STARTTLS:
        try:
            server.starttls(context=context)  # raises where the server offers none
        except BaseException:
            server.close()
            raise
    return server


def _message(settings: MailSettings, to: str, letter: Letter, letter_id: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = settings.sender
    message["To"] = to
    message["Subject"] = " ".join(letter.subject.split())
    message["Date"] = formatdate()
    message["Message-ID"] = f"<{letter_id}@{settings.sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    return message


def _refused(code: int) -> ConnectorError:
    return ConnectorError(
        f"The mail server refused the letter with the code {code}.",
        advice="Check the INTACCT_SMTP settings of the workers, and the address.",
    )


def _wrong(name: str, what: str) -> SetupError:
    return SetupError(
        f"INTACCT_SMTP_{name} {what}.", advice="Correct the environment variable, then start."
    )
