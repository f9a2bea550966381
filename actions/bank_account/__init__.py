"""Bank accounts: checking and savings."""
