"""The app's own sentences, which are English, in a panel that is not."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import FilePayload, expect

from bmw_wallbox.csms.certificate import Certificate
from bmw_wallbox.csms.certificate_checks import Check, check_certificate
from bmw_wallbox.domain.decide import START
from bmw_wallbox.domain.deeds import Deed
from bmw_wallbox.domain.ladder import Climb, in_words, kept_again
from bmw_wallbox.domain.learning import IN_WORDS
from bmw_wallbox.domain.poison import TABLE
from bmw_wallbox.domain.problems import Problem
from bmw_wallbox.domain.quirks import QUIRKS
from bmw_wallbox.domain.settings import Settings, changed
from bmw_wallbox.domain.state import CommandReport
from bmw_wallbox.domain.vocabulary import Outcome, Rung
from bmw_wallbox.errors import (
    CallNotSentError,
    CallRefusedError,
    CallTimeoutError,
    DisconnectedError,
    InvalidPayloadError,
    NotFoundError,
    StationOfflineError,
)
from bmw_wallbox.web.files import STATIC
from tests.panel.conftest import House, Screen
from tests.web.memory import KEY, NOW, charging_state

pytestmark = [pytest.mark.browser, pytest.mark.timeout(90)]

GERMAN: dict[str, str] = json.loads((STATIC / "i18n/de/server.json").read_text("utf-8"))
_ENGLISH = re.compile(r"\b(the|is|and|it|its|of|with|cannot|needed|charge)\b")
_HEARD = """
async (texts) => {
  const { heard } = await import("./static/said.js");
  return Promise.all(texts.map(heard));
}
"""


async def heard(screen: Screen, texts: Sequence[str]) -> list[str]:
    """Return what the panel makes of the app's sentences."""
    said: list[str] = await screen.frame.evaluate(_HEARD, list(texts))
    return said


async def test_every_sentence_is_recognised_with_its_places_filled(house: House) -> None:
    def filled(template: str) -> str:
        return re.sub(r"\{(\w+)\}", r"<\1>", template)

    async with house.screen(language="de") as screen:
        said = await heard(screen, [filled(english) for english in GERMAN])
        assert dict(zip(map(filled, GERMAN), said, strict=True)) == {
            filled(english): filled(german) for english, german in GERMAN.items()
        }
        assert screen.faults == []


def spoken() -> Iterator[str]:
    """Yield sentences as the app's parts say them."""
    yield from (str(error("SetChargingProfile")) for error in (StationOfflineError, DisconnectedError))
    yield from (str(error("Reset", 2.5)) for error in (CallTimeoutError, CallNotSentError))
    yield str(CallRefusedError("Reset", "NotSupported", "no"))
    yield from (
        str(NotFoundError(kind, "x")) for kind in ("wallbox", "session", "token", "command", "correction")
    )
    yield from (f"The wallbox accepted, but the car did not begin to charge. {row.way_out}" for row in TABLE)
    yield from (f"The wallbox answered InvalidStackLevel. {row.way_out}" for row in TABLE)
    yield from (f"{plan.text} It takes effect once the wallbox has restarted." for plan in START.values())
    climb = Climb(allowed_a=13.5, since_s=0, measured_s=0, measured_a=16.2)
    for tried in ((), tuple(Rung)[:1], tuple(Rung)):
        yield in_words(replace(climb, tried=tried))
        yield in_words(replace(climb, tried=tried, ended_s=1))
    yield from map(kept_again, (None, *Rung))
    yield from (*IN_WORDS.values(), *(row.description for row in QUIRKS), *(row.title for row in QUIRKS[1:]))
    yield from refusals()
    yield from (check.message for check in checks())


def refusals() -> Iterator[str]:
    wrong: dict[str, object] = {"settle_s": 1e9, "meter_interval_s": "x", "report_sender": 5, "nothing": 1}
    for key, value in wrong.items():
        with pytest.raises(InvalidPayloadError) as caught:
            changed(Settings(), {key: value})
        yield str(caught.value)


def checks() -> Iterator[Check]:
    certificate = Certificate(
        subject="wallbox.example.org",
        issuer="R11",
        names=("wallbox.example.org",),
        not_before=datetime(2026, 1, 1, tzinfo=UTC),
        not_after=datetime(2026, 4, 1, tzinfo=UTC),
        chain_length=2,
        self_signed=False,
        publicly_trusted=True,
    )
    for change in (
        {},
        {"not_before": datetime(2026, 3, 30, 7, 30, tzinfo=UTC)},
        {"publicly_trusted": False, "chain_length": 1},
        {"self_signed": True, "names": ()},
    ):
        for days in (1, 80, 87, 100):
            now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=days)
            names = {"A": "", "B": "wallbox.example.org", "C": "other.example.org"}
            yield from check_certificate(replace(certificate, **change), now, names)


async def test_what_the_apps_parts_say_is_german_through_and_through(house: House) -> None:
    texts = list(spoken())
    async with house.screen(language="de") as screen:
        said = await heard(screen, texts)
        assert [text for text in said if _ENGLISH.search(text)] == []
        assert set(texts).isdisjoint(said)


@pytest.mark.parametrize(
    ("english", "german"),
    [
        (
            (
                "16.5 A flow, although 13 A are allowed. "
                "The app sent the limit again, then ended the transaction."
            ),
            (
                "Es fließen 16,5 A, obwohl 13 A erlaubt sind. "
                "Die App hat die Grenze noch einmal gesendet, dann die Transaktion beendet."
            ),
        ),
        (
            "The certificate expired on 2026-04-01. The wallbox may refuse it: renew it now.",
            (
                "Das Zertifikat ist am 01.04.2026 abgelaufen. "
                "Die Wallbox lehnt es vielleicht ab: Erneuere es jetzt."
            ),
        ),
        (
            (
                "Notifications do not reach notify.x, and are shown in Home Assistant instead: "
                "Home Assistant does not answer. Choose another target in the settings."
            ),
            (
                "Benachrichtigungen erreichen notify.x nicht und erscheinen stattdessen in Home Assistant: "
                "Home Assistant antwortet nicht. Wähle in den Einstellungen ein anderes Ziel."
            ),
        ),
        (
            "Charging is paused. Nobody knows this one. The car is charging.",
            "Das Laden ist pausiert. Nobody knows this one. Das Auto lädt.",
        ),
        ("Connector 1 is too hot.", "Connector 1 is too hot."),
        ("OCPP 2.0.1 says <b>no</b>.", "OCPP 2.0.1 says <b>no</b>."),
    ],
)
async def test_sentences_are_put_together_and_the_unknown_stays(
    house: House, english: str, german: str
) -> None:
    async with house.screen(language="de") as screen:
        assert await heard(screen, [english]) == [german]


async def test_what_the_box_says_cannot_hold_the_page_up(house: House) -> None:
    hostile = "The wallbox answered " + "with A: it. " * 4000
    async with house.screen(language="de") as screen:
        assert await heard(screen, [hostile]) == [hostile]
        taken_ms = await screen.frame.evaluate(_TIMED, [hostile[:1400], "a is b: c, then d. A " * 60])
        assert taken_ms < 1000


_TIMED = """
async (texts) => {
  const { heard, said } = await import("./static/said.js");
  await heard("Charging is paused.");
  const before = performance.now();
  texts.forEach(said);
  return performance.now() - before;
}
"""


async def test_problems_and_outcomes_are_german_as_soon_as_the_file_is_there(house: House) -> None:
    house.backend.problems = [Problem(key="disk_slow", message="The disk does not answer.")]
    report = CommandReport(
        id="c1",
        command="set_current_limit",
        outcome=Outcome.APPLIED,
        message="The limit of 16.5 A is in force: 16.2 A flow.",
        value="16.5",
        asked_by="panel",
        asked_at=NOW,
        changed_at=NOW,
    )
    alert = "16.2 A flow, although 13 A are allowed."
    house.backend.states[KEY] = charging_state(last_command=report, control_alert=alert)
    async with house.screen(language="de") as screen:
        for words in (
            "Der Datenträger antwortet nicht.",
            "Die Grenze von 16,5 A gilt: Es fließen 16,2 A.",
            "Es fließen 16,2 A, obwohl 13 A erlaubt sind.",
        ):
            await expect(screen.frame.get_by_text(words).first).to_be_visible()
        assert screen.faults == []


async def test_a_refused_request_is_german_at_once(house: House) -> None:
    house.backend.error = CallTimeoutError("SetChargingProfile", 30)
    async with house.screen(language="de") as screen:
        await screen.frame.get_by_role("button", name="Stopp").click()
        await expect(
            screen.frame.get_by_text("hat auf SetChargingProfile nicht innerhalb von 30 s geantwortet.").first
        ).to_be_visible()


async def test_english_loads_no_sentences(house: House) -> None:
    house.backend.problems = [Problem(key="disk_slow", message="The disk does not answer.")]
    async with house.screen() as screen:
        await expect(screen.frame.get_by_text("The disk does not answer.")).to_be_visible()
        assert not any("sentences" in path or "server.json" in path for path in screen.host.sizes)


async def test_a_file_of_sentences_that_does_not_come_leaves_them_in_english(house: House) -> None:
    async with house.screen(language="de") as screen:
        await screen.page.route(re.compile(r".*/i18n/de/server\.json"), lambda route: route.abort())
        assert await heard(screen, ["The disk does not answer."]) == ["The disk does not answer."]
        await screen.page.unroute_all()
        assert await heard(screen, ["The disk does not answer."]) == ["Der Datenträger antwortet nicht."]


async def test_what_became_of_a_deed_is_german(house: House) -> None:
    note = "timed_out: The wallbox accepted, but it has not restarted yet."
    house.backend.expert.audit.rows["0"] = Deed(
        id="0", at=NOW, who="Anna", action="restart", target=KEY, outcome="done", note=note
    )
    async with house.screen(language="de", page="expert/audit") as screen:
        await expect(screen.frame.locator(".deeds")).to_contain_text(
            "keine Antwort in der Zeit: Die Wallbox hat angenommen, aber noch nicht neu gestartet."
        )
        assert screen.faults == []


async def test_a_line_that_cannot_be_imported_is_refused_in_german(house: House) -> None:
    csv = b"started_at,ended_at,energy_kwh\n2026-01-02T10:00:00Z,2026-01-01T10:00:00Z,3\n"
    async with house.screen(language="de", page="history") as screen:
        await screen.frame.get_by_role("button", name="Importieren").click()
        dialog = screen.frame.get_by_role("dialog")
        upload = FilePayload(name="x.csv", mimeType="text/csv", buffer=csv)
        await dialog.get_by_label("Datei").set_input_files(upload)
        await expect(dialog).to_contain_text("Zeile 2: ended_at liegt vor started_at")
        assert screen.faults == []
