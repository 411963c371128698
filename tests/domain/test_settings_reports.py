"""The settings of reports and notifications: what they take, and what they refuse in words."""

import pytest

from bmw_wallbox.domain.settings import LanguageChoice, MonthlyReport, Settings, changed
from bmw_wallbox.errors import InvalidPayloadError


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("language", "de", LanguageChoice.DE),
        ("monthly_report", "both", MonthlyReport.BOTH),
        ("report_sender", " Anna \r\n Am Weg 1\n", "Anna\nAm Weg 1"),
        ("report_reference", " 4711 ", "4711"),
        ("notify_target", " notify.mobile_app_phone ", "notify.mobile_app_phone"),
        ("notify_target", "", ""),
        ("notify_disconnected_min", 1, 1),
        ("notify_problem", True, True),
    ],
)
def test_a_setting_is_kept_as_it_is_meant(name: str, value: object, kept: object) -> None:
    assert getattr(changed(Settings(), {name: value}), name) == kept


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("language", "fr"),
        ("monthly_report", True),
        ("report_sender", "x" * 501),
        ("report_sender", "\n".join("abcdefghijkl")),
        ("report_receiver", "a\x07b"),
        ("report_receiver", None),
        ("notify_target", "mobile_app_phone"),
        ("notify_target", "notify.Phone; rm"),
        ("notify_target", 7),
        ("notify_disconnected_min", 0),
        ("notify_card_refused", 1),
    ],
)
def test_a_setting_that_cannot_be_is_refused_by_its_name(name: str, value: object) -> None:
    with pytest.raises(InvalidPayloadError, match=name):
        changed(Settings(), {name: value})
