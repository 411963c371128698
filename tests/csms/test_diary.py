"""Attempts are kept within bounds, each kind is logged once, and nothing hostile gets through."""

import logging

import pytest

from bmw_wallbox.csms.diary import Diary, Visitor
from tests.fakes.clock import HandClock


def test_repeats_count_up_and_only_so_many_kinds_are_kept() -> None:
    diary = Diary(HandClock())
    for number in range(300):
        diary.note(Visitor(remote="10.0.0.1", charge_point_id=f"id{number}"), "refused", "unknown")
        diary.note(Visitor(remote="10.0.0.2", charge_point_id="box"), "accepted")
    assert len(diary.attempts) == 100
    assert (diary.attempts[-1].charge_point_id, diary.attempts[-1].count) == ("box", 300)


def test_each_kind_of_attempt_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    diary = Diary(HandClock())
    for cause in ("unknown", "wrong_password") * 5:
        diary.note(Visitor(remote="10.0.0.1", charge_point_id="box"), "refused", cause, f"is {cause}")
    warned = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert warned == [
        "Connection from 10.0.0.1 (box) refused: is unknown",
        "Connection from 10.0.0.1 (box) refused: is wrong_password",
    ]


def test_what_a_stranger_sends_is_escaped_and_cut() -> None:
    diary = Diary(HandClock())
    stranger = Visitor(
        remote="10.0.0.1",
        charge_point_id="a\n\x1b[31m" + "b" * 4000,
        subprotocol="\r\n",
        server_name="x" * 300,
    )
    diary.note(stranger, "refused", "unknown")
    (attempt,) = diary.attempts
    assert attempt.charge_point_id is not None
    assert attempt.charge_point_id.startswith("a\\n\\x1b[31m")
    assert len(attempt.charge_point_id) == len(attempt.server_name) == 48
    assert attempt.subprotocol == "\\r\\n"
