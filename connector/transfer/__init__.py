"""Rows in, rows out: syncs and exports over one connection, resumable, an outcome for each row."""
