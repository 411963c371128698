"""The board of problems tells what there is, and the log when one comes and goes."""

import logging

import pytest

from bmw_wallbox.domain.problems import Problem
from bmw_wallbox.problem_board import ProblemBoard

EXPIRED = Problem(key="certificate_expired", message="The certificate has expired.")


def test_a_problem_is_said_once_when_it_comes_and_once_when_it_is_over(
    caplog: pytest.LogCaptureFixture,
) -> None:
    board = ProblemBoard()
    with caplog.at_level(logging.INFO):
        for problems in ((EXPIRED,), (EXPIRED,), (), ()):
            board.post("ocpp", *problems)
    assert caplog.messages == [EXPIRED.message, "No longer a problem: certificate_expired"]
    assert board.problems == ()


def test_what_a_part_says_itself_is_not_said_again(caplog: pytest.LogCaptureFixture) -> None:
    board = ProblemBoard()
    with caplog.at_level(logging.INFO):
        board.post("store", EXPIRED, said=True)
    assert caplog.messages == []
    assert board.problems == (EXPIRED,)


def test_listeners_hear_of_changes_only() -> None:
    board = ProblemBoard()
    heard: list[int] = []
    board.subscribe(lambda: heard.append(len(board.problems)))
    for problems in ((EXPIRED,), (EXPIRED,), ()):
        board.post("ocpp", *problems)
    assert heard == [1, 0]
