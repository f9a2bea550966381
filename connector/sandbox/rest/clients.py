"""The applications that the REST API knows, and which addresses they may be sent back to."""

from urllib.parse import urlsplit

CLIENT_ID = "5a9db0c4e1f27836.app.sage.com"
CLIENT_SECRET = "sandbox-client-secret"  # noqa: S105 # opens only sandbox
OTHER_CLIENT_ID = "77e10b2ad93c4f58.app.sage.com"
OTHER_CLIENT_SECRET = "sandbox-other-secret"  # noqa: S105 # same

CLIENTS = {CLIENT_ID: CLIENT_SECRET, OTHER_CLIENT_ID: OTHER_CLIENT_SECRET}
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def may_redirect(address: str, *, needs_https: bool) -> bool:
    """Return whether a grant may be sent there: https, or plain http on this machine unless strict.

    Intacct registers https addresses only and refuses the name localhost.
    """
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return False
    if not host or parts.fragment:
        return False
    if parts.scheme == "https":
        return not (needs_https and host == "localhost")
    return parts.scheme == "http" and not needs_https and host in _LOOPBACK
