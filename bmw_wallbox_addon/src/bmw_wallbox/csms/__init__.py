"""The OCPP edge: sockets, frames and their translation."""
