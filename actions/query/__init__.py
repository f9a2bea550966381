"""Records of any kind, by a filter."""
