"""What people see of the door: wrong passwords and the diary."""

import json
import re
from datetime import timedelta

import pytest
from playwright.async_api import expect

import bmw_wallbox
from bmw_wallbox.domain.problems import Problem
from bmw_wallbox.web.files import STATIC
from tests.panel.conftest import House, confirm
from tests.web.memory import ID, KEY, NOW

pytestmark = [pytest.mark.browser, pytest.mark.timeout(90)]

ATTEMPT = {
    "at": NOW - timedelta(minutes=5),
    "remote": "192.168.1.9",
    "charge_point_id": ID,
    "subprotocol": "ocpp2.0.1",
    "tls": "TLSv1.3",
    "server_name": "wallbox.example.org",
    "verdict": "refused",
    "cause": "wrong_password",
    "reason": "its password is not the one that is known",
    "count": 3,
}
TRUST = Problem(
    key="wrong_password", message="The wallbox has a new password.", action="trust_password", station=KEY
)


async def test_a_new_password_is_trusted_once_its_name_was_typed(house: House) -> None:
    house.backend.problems = [TRUST]
    async with house.screen() as screen:
        await expect(screen.frame.get_by_text("The wallbox has a new password.")).to_be_visible()
        await screen.frame.get_by_role("button", name="Trust the new password").click()
        await confirm(screen, "trust_password")
        await expect(screen.frame.get_by_text("The wallbox has a new password.")).to_have_count(0)
        assert house.backend.calls == [("trust_password", KEY)]
        assert screen.faults == []


async def test_the_list_of_wallboxes_tells_of_a_wrong_password_and_trusts_it(house: House) -> None:
    house.backend.refused[ID] = "192.168.1.9"
    async with house.screen(page="settings/wallbox") as screen:
        await expect(screen.frame.get_by_text("wrong password from 192.168.1.9")).to_be_visible()
        button = screen.frame.get_by_role("button", name="Trust the new password")
        await button.click()
        await confirm(screen, "trust_password")
        await expect(button).to_have_count(0)
        assert house.backend.calls == [("trust_password", KEY)]
        assert screen.faults == []


@pytest.mark.parametrize(
    ("language", "fold", "expected"),
    [
        (
            "en",
            "Let the wallbox in",
            ["was turned away", "5 minutes ago, 3 times", "Trust the new one, if"],
        ),
        (
            "de",
            "Die Wallbox hereinlassen",
            ["wurde abgewiesen", "vor 5 Minuten, 3-mal", "Vertraue dem neuen, wenn"],
        ),
    ],
)
async def test_the_diary_says_in_words_who_came(
    house: House, language: str, fold: str, expected: list[str]
) -> None:
    stranger = {
        **ATTEMPT,
        "charge_point_id": "<b onclick=alert(1)>",
        "verdict": "failed",
        "cause": "unheard_of",
        "reason": "<i>it did something new</i>",
    }
    house.backend.attempts = [ATTEMPT, stranger]
    async with house.screen(language=language, page="setup") as screen:
        await screen.frame.get_by_text(fold).click()
        for text in (*expected, "wallbox.example.org", "<b onclick=alert(1)>", "<i>it did something new</i>"):
            await expect(screen.frame.locator(".diary").get_by_text(text).first).to_be_visible()
        assert screen.faults == []


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_cause_has_words(language: str) -> None:
    words = json.loads((STATIC / "i18n" / language / "setup.json").read_text(encoding="utf-8"))
    told = {key.removeprefix("cause.") for key in words if key.startswith("cause.")}
    package = STATIC.parents[1]
    assert package.samefile(bmw_wallbox.__path__[0])
    code = "".join(
        path.read_text(encoding="utf-8")
        for path in (
            *(package / "csms").glob("*.py"),
            package / "edge.py",
            package / "passwords.py",
        )
    )
    assert all(f'"{cause}"' in code for cause in told)
    assert set(re.findall(r'(?<!ok=False, )(?<!ok=True, )cause="(\w+)"', code)) <= told
