"""Customers: reading, creating, finding."""
