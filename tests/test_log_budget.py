"""The log stays small whatever comes over the network."""

import logging
from collections.abc import Iterator

import pytest

from bmw_wallbox.csms.diary import Diary, Visitor
from bmw_wallbox.log_budget import LogBudget
from tests.fakes.clock import HandClock

DAY_S = 86_400


class Lines(logging.Handler):
    """Keeps what a log file would hold."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(logging.Formatter("[00:00:00] %(levelname)s: %(message)s"))
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def log(clock: HandClock) -> Iterator[list[str]]:
    handler = Lines()
    handler.addFilter(LogBudget(clock))
    ours = logging.getLogger("bmw_wallbox")
    ours.addHandler(handler)
    level = ours.level
    ours.setLevel(logging.INFO)
    yield handler.lines
    ours.setLevel(level)
    ours.removeHandler(handler)


def test_a_day_of_scanning_and_madness_writes_less_than_a_mebibyte(clock: HandClock, log: list[str]) -> None:
    diary = Diary(clock)
    causes = (
        "unknown",
        "bad_id",
        "wrong_password",
        "wrong_user",
        "distrusted",
        "no_cipher",
        "wrong_protocol",
    )
    session = logging.getLogger("bmw_wallbox.csms.session")
    for second in range(0, DAY_S, 20):
        clock.advance(20)
        for cause in causes:
            diary.note(
                Visitor(remote=f"10.0.{second % 251}.{second % 249}", charge_point_id=f"id {second} " * 40),
                "refused",
                cause,
                "a reason that is as long as reasons are, and that says what to do about it, too " * 2,
            )
        session.info("%s: %s", "DE*BMW", "x" * 5000)
        try:
            int("mad")
        except ValueError:
            session.exception("%s: %s could not be handled", "DE*BMW", f"Action{second}")
    assert len(log) > 100
    assert sum(len(line) + 1 for line in log) < 2**20


def test_what_was_left_out_is_counted(clock: HandClock, log: list[str]) -> None:
    logger = logging.getLogger("bmw_wallbox.csms.server")
    for number in range(100):
        logger.info("%s came, 100%% sure", number)
    clock.advance(601)
    logger.info("%s came, 100%% sure", "the next")
    assert len(log) == 31
    assert log[-1].endswith("the next came, 100% sure (70 lines like this were left out)")


def test_one_cause_does_not_silence_another(clock: HandClock, log: list[str]) -> None:
    diary = Diary(clock)
    for number in range(200):
        diary.note(Visitor(remote="10.0.0.1", charge_point_id=f"id{number}"), "refused", "unknown")
    diary.note(Visitor(remote="10.0.0.2"), "failed", "distrusted", "it does not trust the certificate")
    assert log[-1].endswith("it does not trust the certificate")


def test_who_answers_only_to_the_owner_writes_all(log: list[str]) -> None:
    logger = logging.getLogger("bmw_wallbox.executor")
    for number in range(500):
        logger.info("command %s", number)
    assert len(log) == 500
