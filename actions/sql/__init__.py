"""SQL databases: rows that workflows read from them."""
