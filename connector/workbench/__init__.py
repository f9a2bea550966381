"""What people use while they compose: drafts, samples, rehearsals, plans and differences."""
