"""Employees: who works here."""
