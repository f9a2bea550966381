"""Terms: when customers, and when vendors, are paid."""
