"""No input breaks the listener; `script/fuzz` looks for longer."""

import logging

import pytest

from tests.csms.fuzzing import fuzz, target


def test_the_listener_survives_whatever_is_thrown_at_it(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    with target() as under_attack:
        fuzz(under_attack, 800)
    assert not caplog.records, "nothing that a stranger sends is a fault of ours"
