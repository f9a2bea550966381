"""Picklists from the live company."""
