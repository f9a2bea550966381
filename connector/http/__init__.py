"""The outbound HTTP client: it cannot be pointed inwards, and every call ends by its deadline."""

from connector.http.client import HttpReply, HttpRequest, OutboundClient

__all__ = ["HttpReply", "HttpRequest", "OutboundClient"]
