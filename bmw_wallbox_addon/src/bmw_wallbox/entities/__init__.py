"""What Home Assistant sees, one row an entity."""
