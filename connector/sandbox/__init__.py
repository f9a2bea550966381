"""An Intacct to test against, written from its documents, sharing nothing with the connector."""
