"""Accounts: the chart that all books are kept in."""
