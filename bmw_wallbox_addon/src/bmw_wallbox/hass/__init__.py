"""The link to Home Assistant."""
