"""The token table answers for those it knows; for all others the owner decides."""

from dataclasses import replace

import pytest

from bmw_wallbox.domain.tokens import (
    PresentedToken,
    Token,
    TokenAnswer,
    TokenPolicy,
    TokenStatus,
    judge,
    masked,
)
from tests.domain.story import at

TABLE = (
    Token(key="a", id_token="04AABBCC", name="Anna", group_id="family"),
    Token(key="b", id_token="04DD", status="Blocked"),
    Token(key="c", id_token="04EE", expires=at(10)),
    Token(key="d", id_token="04FF", status="Invalid", expires=at(10)),
    Token(key="e", id_token="0415", type="ISO15693", status="Blocked"),
    Token(key="f", id_token="0499", type="eMAID", status="Blocked"),
    Token(key="g", id_token="0499", status="Expired"),
    Token(key="h", id_token="04MM", group_id="Masters"),
)
OPEN = TokenPolicy()
CLOSED = TokenPolicy(accept_unknown=False, own_token="0477", master_pass_group_id="masters")


def status(
    id_token: str, type_: str = "ISO14443", *, policy: TokenPolicy = OPEN, **fields: object
) -> TokenStatus:
    presented = replace(PresentedToken(id_token=id_token, type=type_), **fields)  # type: ignore[arg-type]  # checked when it is made
    return judge(TABLE, presented, at(0), policy=policy, running=[("tx-1", "04aabbcc")]).status


@pytest.mark.parametrize(
    ("id_token", "type_", "expected"),
    [
        ("04AABBCC", "ISO14443", "Accepted"),
        ("04aabbcc", "ISO14443", "Accepted"),
        ("04DD", "ISO14443", "Blocked"),
        ("04dd", "Local", "Blocked"),
        ("04EE", "ISO14443", "Accepted"),
        ("0415", "ISO15693", "Blocked"),
        ("0415", "", "Blocked"),
        ("0415", "ISO14443", "Accepted"),
        ("0499", "eMAID", "Blocked"),
        ("0499", "Local", "Expired"),
        ("never seen", "ISO14443", "Accepted"),
        ("", "Central", "Accepted"),
        ("", "NoAuthorization", "Accepted"),
        ("04DD", "NoAuthorization", "Accepted"),
    ],
)
def test_a_token_is_judged_by_the_row_that_fits_it_and_its_type(
    id_token: str, type_: str, expected: TokenStatus
) -> None:
    assert status(id_token, type_) == expected


@pytest.mark.parametrize(
    ("id_token", "type_", "expected"),
    [
        ("never seen", "ISO14443", "Unknown"),
        ("", "Central", "Unknown"),
        ("0477", "Local", "Accepted"),
        ("04aabbcc", "ISO14443", "Accepted"),
        ("", "NoAuthorization", "Accepted"),
    ],
)
def test_an_owner_may_refuse_tokens_outside_the_table_but_for_the_apps_own(
    id_token: str, type_: str, expected: TokenStatus
) -> None:
    assert status(id_token, type_, policy=CLOSED) == expected


@pytest.mark.parametrize(("id_token", "expected"), [("04EE", "Expired"), ("04FF", "Invalid")])
def test_a_token_expires_at_its_time(id_token: str, expected: TokenStatus) -> None:
    assert judge(TABLE, PresentedToken(id_token=id_token), at(10), policy=OPEN).status == expected


@pytest.mark.parametrize(
    ("id_token", "transaction_id", "starts", "expected"),
    [
        ("04AABBCC", "tx-2", True, "ConcurrentTx"),
        ("04AABBCC", "tx-1", True, "Accepted"),
        ("04AABBCC", "tx-2", False, "Accepted"),
        ("04EE", "tx-2", True, "Accepted"),
        ("never seen", "tx-2", True, "Accepted"),
    ],
)
def test_a_second_transaction_with_a_token_that_charges_already_is_concurrent(
    id_token: str, transaction_id: str, *, starts: bool, expected: TokenStatus
) -> None:
    assert status(id_token, transaction_id=transaction_id, starts=starts) == expected


@pytest.mark.parametrize(("starts", "expected"), [(True, "Invalid"), (False, "Accepted")])
def test_a_master_pass_ends_transactions_and_starts_none(*, starts: bool, expected: TokenStatus) -> None:
    assert status("04MM", policy=CLOSED, starts=starts) == expected
    assert status("04MM", policy=OPEN, starts=starts) == "Accepted"


def test_a_contract_certificate_cannot_be_verified() -> None:
    assert status("04AABBCC", "eMAID", certified=True) == "Invalid"


def test_the_answer_carries_group_and_expiry() -> None:
    anna = PresentedToken(id_token="04aabbcc", type="ISO14443")
    assert judge(TABLE, anna, at(0), policy=OPEN) == TokenAnswer(status="Accepted", group_id="family")
    assert judge(TABLE, PresentedToken(id_token="04EE"), at(0), policy=OPEN).expires == at(10)


@pytest.mark.parametrize(
    ("id_token", "shown"), [("04AABBCC", "…BBCC"), ("12345", "…2345"), ("1234", "…"), ("", "…")]
)
def test_a_token_is_shown_by_its_end_only(id_token: str, shown: str) -> None:
    assert masked(id_token) == shown
