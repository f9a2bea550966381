"""Letters leave over an encrypted line, once under one id, and what goes wrong is a sentence."""

from __future__ import annotations

import email
import email.policy
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from connector.errors import ConnectorError, SetupError, Unreachable
from connector.operations import letters, mail
from connector.operations.mail import Letter, MailSettings
from connector.redaction import scrub

LETTER = Letter("[Intacct] It failed\r\nBcc: everybody@example.com", "Ünï: look at it.\n")


class Post(socketserver.ThreadingTCPServer):
    """A mail server without encryption, which keeps what it is given."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, refused: str = "") -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.refused = refused
        self.said: list[str] = []
        self.letters: list[bytes] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()


class _Talk(socketserver.StreamRequestHandler):
    server: Post

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        for line in self.rfile:
            word = line.decode().strip()
            self.server.said.append(word)
            if self.server.refused and word.upper().startswith(self.server.refused):
                self.wfile.write(b"550 no\r\n")
            elif word.upper() == "DATA":
                self.wfile.write(b"354 go on\r\n")
                self.server.letters.append(self._letter())
                self.wfile.write(b"250 kept\r\n")
            elif word.upper() == "QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 ok\r\n")

    def _letter(self) -> bytes:
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                break
            lines.append(line)
        return b"".join(lines)


@contextmanager
def post(refused: str = "") -> Iterator[Post]:
    server = Post(refused)
    yield server
    server.shutdown()
    server.server_close()


def settings(server: Post, security: str = "none", **more: str) -> MailSettings:
    host, port = server.server_address[:2]
    return MailSettings.read(
        {
            "INTACCT_SMTP_HOST": str(host),
            "INTACCT_SMTP_PORT": str(port),
            "INTACCT_SMTP_SECURITY": security,
            "INTACCT_SMTP_FROM": "intacct@example.com",
            **more,
        }
    )


def test_a_letter_says_what_it_is_and_cannot_be_turned_into_another() -> None:
    with post() as server:
        mail.send(settings(server), "ada@example.com", LETTER, "evt_1")
        (raw,) = server.letters
    found = email.message_from_bytes(raw, policy=email.policy.default)
    assert found["To"] == "ada@example.com"
    assert found["Bcc"] is None
    assert found["Message-ID"] == "<evt_1@example.com>"
    assert found["Auto-Submitted"] == "auto-generated"
    body = found.get_body()
    assert body is not None
    assert body.get_content().strip() == "Ünï: look at it."


def test_without_encryption_nothing_is_sent_where_it_is_wanted() -> None:
    with post() as server:
        with pytest.raises(Unreachable, match="could not be used"):
            mail.send(settings(server, "starttls"), "ada@example.com", LETTER, "evt_1")
        assert server.letters == []
        assert not [word for word in server.said if word.upper().startswith(("AUTH", "MAIL"))]


def test_a_password_is_never_meant_for_an_unencrypted_line() -> None:
    with post() as server, pytest.raises(SetupError, match="never sent unencrypted"):
        settings(server, INTACCT_SMTP_PASSWORD="s3cret-word")


def test_the_password_is_masked_everywhere() -> None:
    with post() as server:
        found = settings(server, "tls", INTACCT_SMTP_PASSWORD="s3cret-word")
    assert "s3cret-word" not in repr(found)
    assert "s3cret-word" not in scrub("the password is s3cret-word")


@pytest.mark.parametrize("refused", ["RCPT", "MAIL", "DATA"])
def test_a_refused_letter_is_said_to_be_one(refused: str) -> None:
    with post(refused) as server, pytest.raises(ConnectorError, match="mail server"):
        mail.send(settings(server), "ada@example.com", LETTER, "evt_1")


def test_a_server_that_is_not_there_is_unreachable() -> None:
    with post() as server:
        found = settings(server)
    with pytest.raises(Unreachable):
        mail.send(found, "ada@example.com", LETTER, "evt_1")


def test_without_a_server_it_says_what_to_set() -> None:
    with pytest.raises(SetupError) as caught:
        mail.send(MailSettings.read({}), "ada@example.com", LETTER, "evt_1")
    assert "INTACCT_SMTP_HOST" in caught.value.advice


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "many"), ("PORT", "70000"), ("SECURITY", "maybe"), ("FROM", "nobody")],
)
def test_a_wrong_setting_is_named(name: str, value: str) -> None:
    given = {"INTACCT_SMTP_HOST": "mail.example", "INTACCT_SMTP_FROM": "a@example.com"}
    with pytest.raises(SetupError, match=f"INTACCT_SMTP_{name}"):
        MailSettings.read({**given, f"INTACCT_SMTP_{name}": value})


def test_an_alert_reads_as_what_happened_where_and_what_to_do() -> None:
    letter = letters.letter_of(
        "issue.opened",
        {
            "title": "The period is closed.",
            "advice": "Open the period.",
            "workflow": "Deals",
            "step": "invoice",
            "count": 3,
        },
    )
    assert letter.subject == "[Intacct] The period is closed. (Deals)"
    for part in ("The period is closed.", "Workflow: Deals", "How often: 3", "Open the period."):
        assert part in letter.text


@pytest.mark.parametrize("kind", ["issue.resolved", "invoice.created", "run.failed", "events.test"])
def test_every_event_makes_a_letter(kind: str) -> None:
    letter = letters.letter_of(kind, {"object": "invoice", "id": "N-1"})
    assert letter.subject.startswith("[Intacct] ")
    assert letter.text.strip()
