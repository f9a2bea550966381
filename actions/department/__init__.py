"""Departments: parts of the organisation."""
