"""Contacts: the people and places that documents name."""
