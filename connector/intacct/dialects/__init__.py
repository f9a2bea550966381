"""Pure encode and decode, one module family per API."""
