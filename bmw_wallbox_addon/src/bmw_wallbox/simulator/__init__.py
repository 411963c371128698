"""A wallbox made of software that speaks OCPP 2.0.1 as the Delta does."""
