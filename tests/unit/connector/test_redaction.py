from __future__ import annotations

import base64
import io
import json
import logging
import urllib.parse
from collections.abc import Iterator
from xml.sax.saxutils import escape

import pytest

from connector import redaction

SECRET = 'pa<ss&"word/+ü'


@pytest.fixture
def log() -> Iterator[tuple[logging.Logger, io.StringIO]]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(redaction.SecretFilter())
    handler.setFormatter(logging.Formatter("%(message)s"))
    logger = logging.getLogger("test.redaction")
    logger.propagate = False
    logger.addHandler(handler)
    yield logger, stream
    logger.removeHandler(handler)


@pytest.mark.parametrize(
    "written",
    [
        SECRET,
        urllib.parse.quote(SECRET),
        urllib.parse.quote(SECRET, safe=""),
        urllib.parse.quote(SECRET, safe="").lower(),
        urllib.parse.urlencode({"a": SECRET}),
        json.dumps(SECRET),
        json.dumps(SECRET, ensure_ascii=False),
        escape(SECRET),
        repr(SECRET),
    ],
)
def test_a_secret_is_masked_however_it_is_written(written: str) -> None:
    redaction.register(SECRET)
    scrubbed = redaction.scrub(f"before {written} after")
    assert "ss" not in scrubbed
    assert "word" not in scrubbed
    assert redaction.MASK in scrubbed
    assert scrubbed.startswith("before ")
    assert scrubbed.endswith(" after")


@pytest.mark.parametrize("user", ["", "a", "ab", "abc"])
def test_a_secret_is_masked_inside_basic_authentication(user: str) -> None:
    """The same bytes look different in base64 wherever they start."""
    redaction.register("correct-horse")
    header = base64.b64encode(f"{user}correct-horse!".encode()).decode()
    scrubbed = redaction.scrub(header)
    assert redaction.MASK in scrubbed
    assert len(scrubbed) < 12


def test_the_longer_of_two_secrets_goes_first() -> None:
    redaction.register("geheim")
    redaction.register("geheimnis-2026")
    assert redaction.scrub("geheimnis-2026") == redaction.MASK


def test_short_values_stay_readable() -> None:
    redaction.register("abc")
    assert redaction.scrub("abcdef") == "abcdef"


def test_logged_messages_and_traces_are_masked(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, stream = log
    redaction.register("hidden-in-logs")
    logger.warning("tried %s", "hidden-in-logs", stack_info=True)
    try:
        int("hidden-in-logs")
    except ValueError:
        logger.exception("failed with hidden-in-logs")
    written = stream.getvalue()
    assert f"tried {redaction.MASK}" in written
    assert f"base 10: '{redaction.MASK}'" in written
    assert "hidden-in-logs" not in written


def test_no_formatter_can_write_the_trace_anew() -> None:
    redaction.register("hidden-in-logs")
    try:
        int("hidden-in-logs")
    except ValueError as error:
        trace = (type(error), error, error.__traceback__)
    record = logging.LogRecord("a", logging.ERROR, "a.py", 1, "failed", None, trace)
    assert redaction.SecretFilter().filter(record)
    assert record.exc_info is None
    assert "hidden-in-logs" not in str(vars(record))


def test_secrets_used_longest_ago_are_forgotten_first() -> None:
    secrets = redaction.Secrets(most=3)
    for number in range(10):
        secrets.register("stays-in-use")
        secrets.register(f"session-{number}")
    assert secrets.scrub("stays-in-use session-9") == f"{redaction.MASK} {redaction.MASK}"
    assert secrets.scrub("session-0") == "session-0"
