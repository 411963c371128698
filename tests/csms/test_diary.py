"""Attempts are kept within bounds, and the log is not flooded with them."""

import logging
from datetime import UTC, datetime, timedelta

import pytest

from bmw_wallbox.csms.diary import Diary


class Hands:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.time = datetime(2026, 6, 1, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def monotonic_s(self) -> float:
        return self.time.timestamp()


def test_repeats_count_up_and_only_so_many_kinds_are_kept() -> None:
    diary = Diary(Hands())
    for number in range(300):
        diary.note("10.0.0.1", "refused", "unknown", charge_point_id=f"id{number}")
        diary.note("10.0.0.2", "accepted", "", charge_point_id="box")
    assert len(diary.attempts) == 100
    assert (diary.attempts[-1].charge_point_id, diary.attempts[-1].count) == ("box", 300)


def test_a_scanner_does_not_flood_the_log(caplog: pytest.LogCaptureFixture) -> None:
    clock = Hands()
    diary = Diary(clock)
    for number in range(300):
        diary.note("10.0.0.1", "refused", "unknown", charge_point_id=f"id{number}")
    assert len([r for r in caplog.records if r.levelno == logging.WARNING]) == 20
    clock.time += timedelta(minutes=11)
    diary.note("10.0.0.1", "refused", "unknown", charge_point_id="later")
    assert "later" in caplog.text


def test_what_a_stranger_sends_is_escaped_and_cut() -> None:
    diary = Diary(Hands())
    diary.note("10.0.0.1", "refused", "x", charge_point_id="a\n\x1b[31m" + "b" * 4000, subprotocol="\r\n")
    (attempt,) = diary.attempts
    assert attempt.charge_point_id is not None
    assert attempt.charge_point_id.startswith("a\\n\\x1b[31m")
    assert len(attempt.charge_point_id) == 48
    assert attempt.subprotocol == "\\r\\n"
