"""Reporting periods: spans of days for reports and budgets."""
