"""The REST API of the company and its OAuth, over the same records as the XML API."""
