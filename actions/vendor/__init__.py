"""Vendors: those who bill us."""
