"""What the company tells others: platform triggers, the event queue and Smart Events."""
