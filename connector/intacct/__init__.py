"""Sage Intacct: operations, the two dialects, and the layers between an action and the wire."""
