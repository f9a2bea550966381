"""Where credentials may go, and what a rendered request hides."""

from __future__ import annotations

import pytest

from connector.intacct.wire import is_trusted_endpoint

CONFIGURED = "https://api.intacct.com/ia/xml/xmlgw.phtml"


@pytest.mark.parametrize(
    "endpoint",
    [
        CONFIGURED,
        "https://na12.intacct.com/ia/xml/xmlgw.phtml",
        "https://na12.intacct.com./ia/xml/xmlgw.phtml",
    ],
)
def test_sages_own_hosts_are_trusted(endpoint: str) -> None:
    assert is_trusted_endpoint(endpoint, CONFIGURED)


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://na12.intacct.com/ia/xml/xmlgw.phtml",
        "https://intacct.com.evil.example/ia/xml/xmlgw.phtml",
        "https://evilintacct.com/ia/xml/xmlgw.phtml",
        "https://na12.intacct.com@evil.example/",
        "",
    ],
)
def test_no_reply_sends_credentials_elsewhere(endpoint: str) -> None:
    """A reply that names another host would hand it the next request's session."""
    assert not is_trusted_endpoint(endpoint, CONFIGURED)


def test_the_sandbox_is_trusted_where_it_is_configured() -> None:
    sandbox = "http://127.0.0.1:8766/ia/xml/xmlgw.phtml"
    assert is_trusted_endpoint(sandbox, sandbox)
    assert not is_trusted_endpoint("http://127.0.0.1:9999/ia/xml/xmlgw.phtml", sandbox)
