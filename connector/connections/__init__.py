"""The connections of this installation: who signs in where, with secrets that rest encrypted."""

from connector.connections.encrypt import SecretBox
from connector.connections.store import ConnectionRow, Connections

__all__ = ["ConnectionRow", "Connections", "SecretBox"]
