"""Functions that the user writes."""
