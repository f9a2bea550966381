"""Projects: the work that costs and revenue are gathered under."""
