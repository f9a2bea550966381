"""The web edge: webhooks in, pages out; it parses, calls and renders, and decides nothing."""
