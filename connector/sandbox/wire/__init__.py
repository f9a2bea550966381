"""The XML of the gateway: what a request may look like and how a reply is written."""
