"""Deleting records of any object."""
