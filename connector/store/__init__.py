"""What survives a crash: the tables, the database that holds them, and the audit chain."""

from connector.store.database import Database
from connector.store.json_text import from_json, to_json
from connector.store.problems import StoreUnavailable

__all__ = ["Database", "StoreUnavailable", "from_json", "to_json"]
