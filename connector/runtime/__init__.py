"""What survives a crash: inbox, runs, effects, slots, sessions, and the sweeper that finds them."""
