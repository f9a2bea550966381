"""Customers: those we invoice."""
