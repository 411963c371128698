"""A meter's signature over a value reaches the sample untouched, or not at all."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from bmw_wallbox.csms.samples import read_samples

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
SIGNED = {
    "signedMeterData": "T0NNRnx7IkZWIjoiMS4wIn0=",
    "signingMethod": "ECDSA-secp256r1-SHA256",
    "encodingMethod": "OCMF",
    "publicKey": "MFkwEwYHKoZIzj0CAQ==",
}


def payload(signed: object) -> dict[str, Any]:
    value = {"value": 7_200.5, "signedMeterValue": signed}
    return {"meterValue": [{"timestamp": "2026-06-01T11:59:00Z", "sampledValue": [value]}]}


def test_a_signed_value_keeps_all_that_is_needed_to_check_it() -> None:
    (sample,) = read_samples(payload(SIGNED), NOW)
    assert sample.signed is not None
    assert json.loads(sample.signed) == SIGNED


@pytest.mark.parametrize("signed", [None, "text", [], {}, {"signedMeterData": "x" * 20_000}])
def test_a_signature_that_is_none_costs_no_value(signed: object) -> None:
    (sample,) = read_samples(payload(signed), NOW)
    assert (sample.value, sample.signed) == (7_200.5, None)
