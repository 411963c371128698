"""The OCPP 2.0.1 central system of a BMW wallbox, made for Home Assistant."""
