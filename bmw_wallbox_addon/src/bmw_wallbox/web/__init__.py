"""The panel and its HTTP API."""
