"""The pages of whoever looks after runs."""
