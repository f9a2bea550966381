"""AR payments: what customers pay us, and what it pays."""
