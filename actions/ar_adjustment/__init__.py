"""AR adjustments: debit and credit memos of customers."""
