"""Rows of another system as records of Intacct: an action for steps, and rules syncs share."""
