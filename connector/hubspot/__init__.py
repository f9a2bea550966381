"""The little of HubSpot's CRM that triggers need."""
