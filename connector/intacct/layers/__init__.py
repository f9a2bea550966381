"""One layer per concern; each takes an operation and returns a result, or raises."""
