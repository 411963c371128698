"""The set-up guide: each step says how it stands, and ticks itself off."""

import asyncio
import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import Locator, expect

from bmw_wallbox.domain.commands import StartCharging
from bmw_wallbox.domain.ledger import Ledger
from bmw_wallbox.domain.state import Connector, DesiredState, Meter
from bmw_wallbox.domain.vocabulary import Admission, ConnectorStatus
from bmw_wallbox.web.files import STATIC
from tests.panel.conftest import House, Screen
from tests.web.memory import KEY, NOW, charging_state

pytestmark = [pytest.mark.browser, pytest.mark.timeout(90)]

HOSTILE = '<img src=x onerror="alert(1)">{{7*7}}<script>alert(2)</script>'
CERTIFICATE = {
    "subject": "wallbox.example.org",
    "issuer": "R13",
    "names": ["wallbox.example.org"],
    "not_before": "2026-10-01T00:00:00Z",
    "not_after": "2036-01-10T00:00:00Z",
    "chain_length": 2,
    "self_signed": False,
    "publicly_trusted": True,
}
LINKED = {"state": "connected", "mqtt": "ready", "message": "", "mqtt_setup": "", "mqtt_setup_step": ""}


def check(key: str, problem: str | None = None, message: str = "") -> dict[str, Any]:
    return {"key": key, "ok": problem is None, "message": message, "problem": problem}


def step(screen: Screen, name: str) -> Locator:
    return screen.frame.locator(f'[data-step="{name}"]')


def idle(**changes: Any) -> Any:  # noqa: ANN401  # any field
    """Return a wallbox that was let in and has never charged."""
    calm: dict[str, Any] = {
        "transaction": None,
        "connector": Connector(status=ConnectorStatus.AVAILABLE, reported_at=NOW),
        "meter": Meter(),
        "ledger": Ledger(),
        "desired": DesiredState(limit_a=16, charging_allowed=False),
    }
    return charging_state(**{**calm, **changes})


@pytest.fixture
def new_house(house: House) -> House:
    """A house with a sound certificate, in which nothing has happened yet."""
    house.backend.guide.finished_at = None
    house.backend.admissions, house.backend.states = {}, {}
    house.backend.more_info = {
        "certificate": CERTIFICATE,
        "checks": [check("key"), check("validity"), check("authority"), check("chain")],
        "home_assistant": LINKED,
    }
    return house


async def test_a_sound_certificate_ticks_itself_off_after_a_strict_client_was_satisfied(
    new_house: House,
) -> None:
    async with new_house.screen(page="setup") as screen:
        certificate = step(screen, "certificate")
        await expect(certificate).to_have_attribute("data-state", "done")
        assert new_house.backend.guide.checked == ["wallbox.example.org"]
        await certificate.locator("summary").click()
        await expect(certificate.get_by_text("goes to wallbox.example.org is satisfied")).to_be_visible()
        await expect(certificate.get_by_text("valid until Jan 10, 2036")).to_be_visible()
        assert screen.faults == []


@pytest.mark.parametrize(
    ("language", "problem", "words"),
    [
        ("en", "certificate_missing", "Get one, for example with the Let's Encrypt app"),
        ("en", "certificate_chain_incomplete", "Choose fullchain.pem in the options"),
        ("de", "certificate_self_signed", "was eine BMW-Wallbox ablehnt"),
    ],
)
async def test_a_certificate_that_will_not_do_says_what_to_do(
    new_house: House, language: str, problem: str, words: str
) -> None:
    new_house.backend.more_info["checks"] = [check("files", problem)]
    async with new_house.screen(page="setup", language=language) as screen:
        certificate = step(screen, "certificate")
        await expect(certificate).to_have_attribute("data-state", "wrong")
        await expect(certificate.locator(".findings").get_by_text(words)).to_be_visible()
        assert screen.faults == []


async def test_a_name_that_the_certificate_lacks_is_told_and_cured_by_another(new_house: House) -> None:
    guide = new_house.backend.guide
    guide.verdict = {"tls": {"ok": False, "cause": "wrong_host", "detail": "x"}}
    async with new_house.screen(page="setup") as screen:
        certificate = step(screen, "certificate")
        await expect(certificate).to_have_attribute("data-state", "wrong")
        await expect(
            certificate.locator(".findings").get_by_text("is not for wallbox.example.org")
        ).to_be_visible()
        guide.verdict = {}
        host = screen.frame.get_by_label("Host name")
        await host.fill("Other.Example.org")
        await host.press("Enter")
        await expect(certificate).to_have_attribute("data-state", "done")
        await expect(screen.frame.get_by_label("Server address")).to_have_value(
            "wss://other.example.org:9000/"
        )
        assert screen.faults == []


async def test_the_app_refuses_what_is_no_host_name_beside_the_field(new_house: House) -> None:
    async with new_house.screen(page="setup") as screen:
        host = screen.frame.get_by_label("Host name")
        await host.fill("wss://x/")
        await host.press("Enter")
        await expect(screen.frame.get_by_text("a host name alone is needed")).to_be_visible()
        assert all("400" in fault for fault in screen.faults)


async def test_the_address_is_copied_inside_the_frame(new_house: House) -> None:
    async with new_house.screen(page="setup", width=360) as screen:
        typing = step(screen, "typing")
        await expect(typing.get_by_label("Server address")).to_have_value("wss://wallbox.example.org:9000/")
        await typing.get_by_role("button", name="Copy").click()
        await expect(typing.get_by_role("button", name="Copied")).to_be_visible()
        await typing.get_by_label("Host name").fill("")
        await screen.page.keyboard.press("ControlOrMeta+V")
        await expect(typing.get_by_label("Host name")).to_have_value("wss://wallbox.example.org:9000/")
        assert await screen.frame.evaluate("document.documentElement.scrollWidth") <= 360


async def test_a_port_that_is_switched_off_is_told(new_house: House) -> None:
    new_house.backend.guide.port = None
    async with new_house.screen(page="setup") as screen:
        await expect(step(screen, "typing")).to_have_attribute("data-state", "wrong")
        await expect(
            step(screen, "typing").get_by_text("switched off in the Network card").first
        ).to_be_visible()


async def test_who_was_refused_is_told_with_the_next_step_and_let_in_by_one_tap(new_house: House) -> None:
    new_house.backend.attempts = [
        {
            "at": NOW - timedelta(minutes=5),
            "remote": "192.168.1.9",
            "charge_point_id": "NEW-1",
            "subprotocol": "ocpp1.6",
            "tls": "TLSv1.3",
            "server_name": "wallbox.example.org",
            "verdict": "refused",
            "cause": "wrong_protocol",
            "reason": "x",
            "count": 1,
        }
    ]
    async with new_house.screen(page="setup") as screen:
        arrival = step(screen, "arrival")
        await expect(arrival.get_by_text("A wallbox with the ID NEW-1 came from 192.168.1.9")).to_be_visible()
        await expect(arrival.get_by_text("Set the wallbox to OCPP 2.0.1")).to_be_visible()
        new_house.backend.admissions["NEW-1"] = Admission.PENDING
        new_house.backend.inform()
        await expect(arrival.get_by_text("NEW-1 asks to be let in")).to_be_visible()
        await arrival.get_by_role("button", name="Approve").click()
        await expect(arrival).to_have_attribute("data-state", "done")
        await expect(step(screen, "typing")).to_have_attribute("data-state", "done")
        assert new_house.backend.calls == [("approve", "new1")]
        assert screen.faults == []


async def test_a_new_wallbox_may_ask_after_one_tap(new_house: House) -> None:
    async with new_house.screen(page="setup") as screen:
        await screen.frame.get_by_role("button", name="Let a new wallbox ask for 15 minutes").click()
        await expect(screen.frame.get_by_text("may ask for 15 minutes.")).to_be_visible()
        assert new_house.backend.calls == [("pairing", 15.0)]


async def test_mqtt_is_set_up_by_one_tap_with_its_progress(new_house: House) -> None:
    backend = new_house.backend
    backend.more_info["home_assistant"] = {**LINKED, "mqtt": "not_set_up"}
    going = asyncio.Event()
    backend.mqtt_ready = going
    async with new_house.screen(page="setup") as screen:
        mqtt = step(screen, "mqtt")
        await mqtt.get_by_role("button", name="Set up MQTT").click()
        await expect(mqtt.get_by_text("Asking Home Assistant")).to_be_visible()
        backend.more_info["home_assistant"] = {
            **LINKED,
            "mqtt": "not_set_up",
            "mqtt_setup_step": "installing",
        }
        backend.inform()
        await expect(mqtt.get_by_text("is installing the Mosquitto broker")).to_be_visible()
        await expect(mqtt.get_by_role("progressbar")).to_be_visible()
        backend.more_info["home_assistant"] = LINKED
        going.set()
        backend.inform()
        await expect(mqtt).to_have_attribute("data-state", "done")
        assert screen.faults == []


async def test_without_home_assistant_its_step_is_not_counted(new_house: House) -> None:
    new_house.backend.more_info["home_assistant"] = {"state": "absent", "message": "x"}
    async with new_house.screen(page="setup") as screen:
        await expect(step(screen, "mqtt")).to_have_attribute("data-state", "skipped")
        await expect(screen.frame.get_by_text("of 4 steps done")).to_be_visible()


async def test_the_test_charge_is_followed_to_the_first_measured_energy(house: House) -> None:
    backend = house.backend
    backend.guide.finished_at = None
    backend.states[KEY] = idle()
    async with house.screen(page="setup") as screen:
        charge = step(screen, "charge")
        await expect(charge.get_by_text("No car is plugged in yet").first).to_be_visible()
        await charge.get_by_role("button", name="Allow charging").click()
        await expect(charge.get_by_text("Charging is allowed.")).to_be_visible()
        assert ("execute", KEY, StartCharging(), "panel") in backend.calls
        backend.become(
            idle(
                connector=Connector(status=ConnectorStatus.OCCUPIED, reported_at=NOW),
                desired=DesiredState(limit_a=16),
            )
        )
        await expect(charge.get_by_text("A car is plugged in.")).to_be_visible()
        backend.become(charging_state(ledger=replace(Ledger(), total_wh=40, session_wh=40)))
        await expect(charge).to_have_attribute("data-state", "done")
        await expect(charge.get_by_text("The app measures 7.4").first).to_be_visible()
        backend.guide.finished_at = NOW
        backend.inform()
        await expect(screen.frame.get_by_text("Everything is set up")).to_be_visible()
        assert screen.faults == []


async def test_the_guide_is_put_away_and_brought_back(new_house: House) -> None:
    async with new_house.screen(page="setup") as screen:
        await screen.frame.get_by_role("button", name="Do not remind me").click()
        async with asyncio.timeout(5):
            while new_house.backend.guide.finished_at is None:
                await screen.page.wait_for_timeout(20)
        new_house.backend.inform()
        await expect(screen.frame.get_by_role("button", name="Remind me again")).to_be_visible()
        assert screen.faults == []


async def test_a_guest_sees_how_it_stands_and_gets_no_controls(new_house: House) -> None:
    async with new_house.screen(page="setup", user_id="somebody") as screen:
        await expect(step(screen, "certificate")).to_have_attribute("data-state", "done")
        await expect(screen.frame.get_by_label("Host name")).to_be_disabled()
        for name in ("Check again", "Let a new wallbox ask for 15 minutes", "Do not remind me"):
            await expect(screen.frame.get_by_role("button", name=name)).to_have_count(0)
        assert new_house.backend.guide.checked == []
        assert screen.faults == []


async def test_what_strangers_say_is_text_in_every_step(new_house: House) -> None:
    backend = new_house.backend
    backend.more_info |= {
        "certificate": {**CERTIFICATE, "issuer": HOSTILE, "names": [HOSTILE]},
        "checks": [check("authority"), check("host_name", None), check(HOSTILE, HOSTILE, HOSTILE)],
        "home_assistant": {"state": HOSTILE, "message": HOSTILE},
    }
    backend.guide.verdict = {
        "tls": {"ok": False, "cause": "refused", "detail": HOSTILE},
        "lookup": {"ok": True, "cause": "found", "addresses": [HOSTILE]},
    }
    backend.attempts = [
        {
            "at": NOW,
            "remote": "192.168.1.9",
            "charge_point_id": HOSTILE,
            "subprotocol": HOSTILE,
            "tls": HOSTILE,
            "server_name": HOSTILE,
            "verdict": "failed",
            "cause": HOSTILE,
            "reason": HOSTILE,
            "count": 1,
        }
    ]
    backend.admissions = {HOSTILE: Admission.PENDING}
    async with new_house.screen(page="setup", width=360) as screen:
        await expect(step(screen, "arrival").get_by_text(HOSTILE).first).to_be_visible()
        await expect(step(screen, "certificate").get_by_text(HOSTILE).first).to_be_visible()
        await expect(step(screen, "mqtt").get_by_text(HOSTILE)).to_be_visible()
        assert await screen.frame.locator("img, main script").count() == 0
        assert await screen.frame.evaluate("document.documentElement.scrollWidth") <= 360
        assert screen.faults == []


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_finding_of_a_probe_has_words(language: str) -> None:
    words = json.loads((STATIC / "i18n" / language / "setup.json").read_text(encoding="utf-8"))
    package = STATIC.parents[1]
    code = (package / "csms" / "probe.py").read_text(encoding="utf-8")
    system = (package / "csms" / "server.py").read_text(encoding="utf-8")
    found = set(re.findall(r'cause="(\w+)"', code)) | set(re.findall(r"\d+: \"(\w+)\"", code))
    found |= set(re.findall(r'Probe\(ok=False, cause="(\w+)"', system))
    assert {cause for cause in found if not {f"probe.{cause}", f"lookup.{cause}"} & words.keys()} == set()
    checks = "".join(
        (package / "csms" / name).read_text(encoding="utf-8")
        for name in ("certificate.py", "certificate_checks.py", "tls.py")
    )
    problems = set(re.findall(r'(?:key|problem)="((?:certificate|client_ca)_\w+)"', checks))
    problems |= set(re.findall(r'problem = "(\w+)"', checks))
    assert len(problems) > 8
    assert {problem for problem in problems if f"check.{problem}" not in words} == set()


async def test_the_first_page_leads_to_the_guide_until_it_is_finished(house: House) -> None:
    house.backend.guide.finished_at = None
    async with house.screen() as screen:
        await screen.frame.get_by_role("link", name="Open the set-up guide").click()
        await expect(screen.frame.get_by_role("heading", name="Set-up", exact=True)).to_be_visible()
        house.backend.guide.finished_at = NOW
        house.backend.inform()
        await screen.frame.get_by_role("link", name="Now").click()
        await expect(screen.frame.get_by_role("heading", name="Charging")).to_be_visible()
        await expect(screen.frame.get_by_role("link", name="Open the set-up guide")).to_be_hidden()
        assert screen.faults == []
