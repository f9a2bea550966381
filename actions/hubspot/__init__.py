"""HubSpot: what a workflow writes back to the deals it came from."""
