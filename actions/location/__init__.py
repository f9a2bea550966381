"""Locations: where a company works."""
