"""Versions are compared by their numbers, and a range holds its first one and not its last."""

import pytest

from bmw_wallbox.domain.versions import ANY_VERSION, VersionRange, version_of


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("01.20.06.71", (1, 20, 6, 71)), ("V1.2.0-rc3", (1, 2, 0, 3)), ("2.0", (2,)), ("beta", ()), (None, ())],
)
def test_a_version_is_its_numbers(text: str | None, numbers: tuple[int, ...]) -> None:
    assert version_of(text) == numbers


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("01.20.06.71", True),
        ("1.20", True),
        ("1.9", False),
        ("1.19.99", False),
        ("1.99", True),
        ("2.0.0", False),
        ("2.1", False),
        ("", False),
        (None, False),
    ],
)
def test_a_range_holds_its_first_version_and_not_its_end(text: str | None, *, inside: bool) -> None:
    assert (text in VersionRange(first="1.20", below="2")) is inside


def test_an_end_may_be_open() -> None:
    assert "9.9" in VersionRange(first="1.20")
    assert "0.1" in VersionRange(below="2")
    assert None not in VersionRange(below="2")
    assert None in ANY_VERSION
