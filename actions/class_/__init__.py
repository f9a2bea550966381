"""Classes: a classification of the company's own."""
