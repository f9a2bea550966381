"""AP payments: what we pay vendors, and which bills it pays."""
