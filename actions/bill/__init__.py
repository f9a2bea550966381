"""Bills: what vendors charge us."""
