"""Options: every fault said at once, and a faulty limit on the safe side."""

from pathlib import Path

import pytest

from bmw_wallbox.config import Options, check_options


def test_no_option_at_all_means_the_defaults() -> None:
    assert check_options({}, supervised=True) == (Options(), ())


def test_a_bare_file_name_lies_in_ssl() -> None:
    options, problems = check_options({"ssl_cert": "own.pem"}, supervised=True)
    assert (options.ssl_cert, problems) == (Path("/ssl/own.pem"), ())


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("charge_point_id", "a" * 49),
        ("charge_point_id", "DE:BMW"),
        ("ssl", "yes"),
        ("ssl_cert", "/etc/passwd"),
        ("ssl_key", "../key.pem"),
        ("rfid_token", 7),
        ("max_current", 33),
        ("log_level", "loud"),
        ("colour", "blue"),
    ],
)
def test_an_option_that_cannot_be_used_is_named(option: str, value: object) -> None:
    _, problems = check_options({option: value}, supervised=True)
    assert [problem.message for problem in problems if option in problem.message]


def test_every_fault_is_told_at_once_and_a_faulty_limit_is_the_smallest() -> None:
    options, problems = check_options({"max_current": 64, "ssl": "no", "rfid_token": "04"}, supervised=False)
    assert len(problems) == 2
    assert (options.max_current_a, options.ssl, options.rfid_token) == (6, True, "04")
