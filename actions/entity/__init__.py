"""Entities: companies of the group, with books of their own."""
