"""Who sent a delivery and what it says: one module per way of proving it or of writing it."""
