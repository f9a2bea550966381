"""Journal entries: what is debited and credited in the general ledger."""
