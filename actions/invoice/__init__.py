"""Invoices: what customers owe us."""
