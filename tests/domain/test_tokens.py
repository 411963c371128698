"""The token table answers for those it knows; all others may charge, since a house is no petrol station."""

import pytest

from bmw_wallbox.domain.tokens import Token, TokenAnswer, TokenStatus, judge, masked
from tests.domain.story import at

TABLE = (
    Token(key="a", id_token="04AABBCC", name="Anna", group_id="family"),
    Token(key="b", id_token="04DD", status="Blocked"),
    Token(key="c", id_token="04EE", expires=at(10)),
    Token(key="d", id_token="04FF", status="Invalid", expires=at(10)),
)


@pytest.mark.parametrize(
    ("id_token", "type_", "status"),
    [
        ("04AABBCC", "ISO14443", "Accepted"),
        ("04aabbcc", "ISO14443", "Accepted"),
        ("04DD", "ISO14443", "Blocked"),
        ("04dd", "Local", "Blocked"),
        ("04EE", "ISO14443", "Accepted"),
        ("never seen", "ISO14443", "Accepted"),
        ("", "NoAuthorization", "Accepted"),
        ("04DD", "NoAuthorization", "Accepted"),
    ],
)
def test_a_token_is_judged(id_token: str, type_: str, status: TokenStatus) -> None:
    assert judge(TABLE, id_token, type_, at(0)).status == status


@pytest.mark.parametrize(("id_token", "status"), [("04EE", "Expired"), ("04FF", "Invalid")])
def test_a_token_expires_at_its_time(id_token: str, status: TokenStatus) -> None:
    assert judge(TABLE, id_token, "ISO14443", at(10)).status == status


def test_the_answer_carries_group_and_expiry() -> None:
    assert judge(TABLE, "04aabbcc", "ISO14443", at(0)) == TokenAnswer(status="Accepted", group_id="family")
    assert judge(TABLE, "04EE", "ISO14443", at(0)).expires == at(10)


@pytest.mark.parametrize(
    ("id_token", "shown"), [("04AABBCC", "…BBCC"), ("12345", "…2345"), ("1234", "…"), ("", "…")]
)
def test_a_token_is_shown_by_its_end_only(id_token: str, shown: str) -> None:
    assert masked(id_token) == shown
