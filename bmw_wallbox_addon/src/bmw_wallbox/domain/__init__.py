"""What a wallbox is and does, as frozen data and pure functions."""
