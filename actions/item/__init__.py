"""Items: what is bought and sold."""
