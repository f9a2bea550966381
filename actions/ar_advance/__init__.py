"""AR advances: what customers paid before there was an invoice."""
