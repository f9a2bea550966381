"""What people use while they look after runs: search, issues, replay, reversal, alerts."""
