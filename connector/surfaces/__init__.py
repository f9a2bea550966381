"""What machines and people read about the component, rendered from its descriptions."""
