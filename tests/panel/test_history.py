"""The page of past charges: filters, sums, bars, files and one session's page."""

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.async_api import Locator, expect
from pypdf import PdfReader

from bmw_wallbox.domain.vocabulary import Admission
from bmw_wallbox.storage.store import Record
from tests.panel.conftest import House, Screen
from tests.panel.past_charges import charge, draw, recorded, reports, year
from tests.web.memory import KEY, charging_state

pytestmark = [pytest.mark.browser, pytest.mark.timeout(90)]

FIRST = "history/000000000001"


async def rows_of(screen: Screen) -> Locator:
    rows = screen.frame.locator(".charges > li")
    await expect(rows.first).to_be_visible()
    return rows


async def summed(screen: Screen, name: str) -> str:
    tile = screen.frame.locator(f".sum:has(dt:text-is('{name}')) dd")
    return (await tile.inner_text()).replace("\u00a0", " ")


async def test_sessions_are_listed_page_by_page_with_sums_over_all_of_them(
    house: House, tmp_path: Path
) -> None:
    rows = [charge(number) for number in range(30)]
    async with recorded(tmp_path, house.backend, rows), house.screen(page="history") as screen:
        shown = await rows_of(screen)
        await expect(shown).to_have_count(25)
        await expect(shown.first).to_contain_text("Thu, Nov 19, 7:00 PM \u2013 9:30 PM")
        await expect(shown.first).to_contain_text("2 h 30 min · iX3 · unplugged")
        assert [await summed(screen, name) for name in ("Energy", "Cost", "Mean price")] == [
            "315.0 kWh",
            "€94.50",
            "€0.30 per kWh",
        ]
        await screen.frame.get_by_role("button", name="Older").click()
        await expect(shown).to_have_count(5)
        await expect(screen.frame.get_by_text("26\u201330 of 30")).to_be_visible()
        assert screen.faults == []


@pytest.mark.parametrize(("width", "theme", "language"), [(1280, "light", "en"), (360, "dark", "de")])
async def test_both_views_fit_and_make_no_fault(
    house: House, tmp_path: Path, width: int, theme: str, language: str
) -> None:
    async with recorded(tmp_path, house.backend, year(), price_micros=300_000) as store:
        await draw(store, charge(0))
        for page, ready in (("history", ".charges > li"), (FIRST, ".curve canvas")):
            async with house.screen(width=width, theme=theme, language=language, page=page) as screen:
                await screen.frame.wait_for_selector(ready)
                assert await screen.frame.evaluate("document.documentElement.scrollWidth") <= width
                text = await screen.frame.locator(".history").inner_text()
                assert "history." not in text
                assert screen.faults == []


@pytest.mark.parametrize("width", [320, 2560])
async def test_the_list_fits_the_narrowest_and_the_widest_window(
    house: House, tmp_path: Path, width: int
) -> None:
    async with (
        recorded(tmp_path, house.backend, year()),
        house.screen(width=width, language="de", page="history") as screen,
    ):
        await rows_of(screen)
        assert await screen.frame.evaluate("document.documentElement.scrollWidth") <= width


async def test_a_filter_narrows_list_sums_and_bars_together(house: House, tmp_path: Path) -> None:
    async with recorded(tmp_path, house.backend, year()), house.screen(page="history") as screen:
        shown = await rows_of(screen)
        await screen.frame.get_by_label("Person").select_option("Bert")
        await expect(shown.filter(has_text="Anna")).to_have_count(0)
        assert await summed(screen, "Sessions") == "54"
        await screen.frame.get_by_label("Time", exact=True).select_option("This month")
        await expect(screen.frame.locator(".bar")).to_have_count(30)
        assert await summed(screen, "Sessions") == "4"
        await screen.frame.get_by_label("Search").fill("guest parking")
        await expect(shown).to_have_count(1)
        await screen.frame.get_by_label("Search").fill("nobody wrote this")
        await expect(screen.frame.get_by_text("No session fits.")).to_be_visible()
        await expect(screen.frame.get_by_text("Nothing was charged in this time.")).to_be_visible()
        await expect(screen.frame.get_by_role("button", name="CSV file")).to_be_disabled()
        assert screen.faults == []


async def test_a_range_of_ones_own_is_taken_and_a_backward_one_refused_in_words(
    house: House, tmp_path: Path
) -> None:
    async with recorded(tmp_path, house.backend, year()), house.screen(page="history") as screen:
        shown = await rows_of(screen)
        await screen.frame.get_by_label("Time", exact=True).select_option("From … to …")
        first, last = (
            screen.frame.get_by_label("From", exact=True),
            screen.frame.get_by_label("To", exact=True),
        )
        await expect(last).to_have_value("2026-11-20")
        await first.fill("2026-11-15")
        await expect(shown).to_have_count(3)
        await last.fill("2026-11-01")
        await expect(screen.frame.get_by_text("The end lies before the begin.")).to_be_visible()
        await expect(shown).to_have_count(3)


async def test_a_bar_is_reached_by_keyboard_names_itself_and_narrows_to_its_days(
    house: House, tmp_path: Path
) -> None:
    async with recorded(tmp_path, house.backend, year()), house.screen(page="history") as screen:
        await rows_of(screen)
        bars = screen.frame.get_by_role("group", name="Over time").get_by_role("button")
        await expect(bars).to_have_count(12)
        await bars.first.focus()
        await screen.page.keyboard.press("End")
        await screen.page.keyboard.press("ArrowLeft")
        november = screen.frame.get_by_role(
            "button", name="November 2026 · 130.3\u00a0kWh · €39.08 · 10 sessions"
        )
        await expect(november).to_be_focused()
        await screen.page.keyboard.press("Enter")
        await expect(bars).to_have_count(30)
        assert await summed(screen, "Sessions") == "10"
        await screen.frame.get_by_role("button", name="Back to the longer time").click()
        await expect(bars).to_have_count(12)
        await screen.frame.get_by_role("button", name="Cost", exact=True).click()
        await expect(screen.frame.locator(".scale")).to_contain_text("€")
        await screen.frame.get_by_role("button", name="Week", exact=True).click()
        await expect(bars).to_have_count(53)
        assert screen.faults == []


async def test_the_bars_are_told_in_a_sentence_and_a_table(house: House, tmp_path: Path) -> None:
    async with recorded(tmp_path, house.backend, year()), house.screen(page="history") as screen:
        await rows_of(screen)
        await expect(
            screen.frame.get_by_text("Charged in 11 of 12 months; most in January 2026")
        ).to_be_visible()
        await screen.frame.get_by_text("As a table").click()
        table = screen.frame.get_by_role("table", name="Over time")
        await expect(table.get_by_role("row")).to_have_count(12)
        await expect(table.get_by_role("row", name="November 2026")).to_contain_text("€39.08")


async def test_the_csv_file_holds_what_is_shown(house: House, tmp_path: Path) -> None:
    async with (
        recorded(tmp_path, house.backend, year()),
        house.screen(page="history", language="de") as screen,
    ):
        shown = await rows_of(screen)
        await screen.frame.get_by_label("Zeitraum").select_option("Dieser Monat")
        await expect(shown).to_have_count(10)
        async with screen.page.expect_download() as download:
            await screen.frame.get_by_role("button", name="CSV-Datei").click()
        file = await download.value
        assert file.suggested_filename == "sessions_2026-11-01_2026-11-30.csv"
        lines = (await file.path()).read_text("utf-8-sig").splitlines()
        assert len(lines) == 11
        assert ";9,000;;2,70;EUR;Bert" in lines[-1]


async def test_the_pdf_report_follows_the_filter_and_says_where_it_cannot(
    house: House, tmp_path: Path
) -> None:
    async with (
        recorded(tmp_path, house.backend, year()),
        house.screen(page="history", language="de") as screen,
    ):
        house.backend.reporter = reports(house.backend)
        await rows_of(screen)
        pdf = screen.frame.get_by_role("button", name="PDF-Bericht")
        await screen.frame.get_by_label("Person").select_option("Bert")
        await screen.frame.get_by_label("Zeitraum").select_option("Dieser Monat")
        await expect(screen.frame.locator(".charges > li")).to_have_count(4)
        async with screen.page.expect_download() as download:
            await pdf.click()
        text = "\n".join(page.extract_text() for page in PdfReader(await (await download.value).path()).pages)
        assert "Bert" in text
        assert "Anna" not in text
        await screen.frame.get_by_label("Suche").fill("Bert")
        await expect(pdf).to_be_disabled()
        await expect(screen.frame.get_by_text("Der PDF-Bericht kennt weder die Suche")).to_be_visible()
        assert screen.faults == []


async def test_a_wallbox_without_sessions_says_so_in_words(house: House, tmp_path: Path) -> None:
    async with recorded(tmp_path, house.backend, []), house.screen(page="history") as screen:
        await screen.frame.get_by_label("Time", exact=True).select_option("All time")
        await expect(screen.frame.get_by_text("No charge has been recorded yet.")).to_be_visible()
        assert screen.faults == []


async def test_without_a_wallbox_the_page_says_so(house: House) -> None:
    house.backend.states.clear()
    house.backend.admissions.clear()
    async with house.screen(page="history") as screen:
        await expect(screen.frame.get_by_text("No wallbox has been let in yet")).to_be_visible()
        assert screen.faults == []


async def test_with_several_wallboxes_one_is_chosen_and_a_session_is_found_at_any(
    house: House, tmp_path: Path
) -> None:
    house.backend.admissions["GARAGE"] = Admission.APPROVED
    house.backend.states["garage"] = charging_state(key="garage", charge_point_id="GARAGE")
    rows = [charge(0), charge(1, station="garage", person="Carla")]
    async with recorded(tmp_path, house.backend, rows):
        async with house.screen(page="history") as screen:
            shown = await rows_of(screen)
            await expect(shown).to_contain_text(["Anna"])
            await screen.frame.get_by_label("Wallbox").select_option("GARAGE")
            await expect(shown).to_contain_text(["Carla"])
            assert screen.faults == []
        async with house.screen(page="history/000000000002") as screen:
            await expect(screen.frame.locator(".facts-card")).to_contain_text("Carla")


async def test_a_failure_is_told_in_the_apps_words_and_can_be_tried_again(
    house: House, tmp_path: Path
) -> None:
    house.backend.desk = None
    async with house.screen(page="history") as screen:
        await expect(screen.frame.get_by_text("There is no session 'any'.")).to_be_visible()
        async with recorded(tmp_path, house.backend, [charge(0)]):
            await screen.frame.get_by_role("button", name="Try again").click()
            await rows_of(screen)


async def test_a_new_charge_appears_by_itself(house: House, tmp_path: Path) -> None:
    async with (
        recorded(tmp_path, house.backend, [charge(1)]) as store,
        house.screen(page="history") as screen,
    ):
        shown = await rows_of(screen)
        await store.save(Record.of(charge(0).id, charge(0)))
        house.backend.become(replace(house.backend.states[KEY], transaction=None))
        await expect(shown).to_have_count(2)


async def test_a_session_shows_its_facts_its_evidence_and_its_curve(house: House, tmp_path: Path) -> None:
    async with recorded(tmp_path, house.backend, year()) as store:
        await draw(store, charge(0))
        async with house.screen(page="history") as screen:
            await (await rows_of(screen)).first.get_by_role("link").click()
            title = screen.frame.get_by_role("heading", name="Thu, Nov 19, 2026, 7:00 PM \u2013 9:30 PM")
            await expect(title).to_be_focused()
            facts = screen.frame.locator(".facts-card")
            for words in (
                "read at the begin",
                "1,210.500\u00a0kWh",
                "Home 2026",
                "…C3D4",
                "10 min",
                "unplugged",
            ):
                await expect(facts).to_contain_text(words)
            await facts.get_by_text("Signed by the meter").click()
            await expect(facts.get_by_text("ECDSA-secp256r1-SHA256")).to_be_visible()
            await expect(screen.frame.get_by_role("figure", name="Power")).to_be_visible()
            await expect(screen.frame.get_by_role("figure", name="Current")).to_contain_text("L3")
            await screen.frame.get_by_role("link", name="Earlier").click()
            await expect(screen.frame.get_by_role("heading", name="Tue, Nov 17, 2026")).to_be_visible()
            await screen.frame.get_by_role("link", name="All sessions").click()
            await rows_of(screen)
            assert screen.faults == []


async def test_a_doubt_is_told_in_words(house: House, tmp_path: Path) -> None:
    async with recorded(tmp_path, house.backend, year()), house.screen(page="history/000000000005") as screen:
        await expect(screen.frame.get_by_text("The wallbox never said that it ended.")).to_be_visible()
        await expect(screen.frame.get_by_text("The plug was free again.")).to_be_visible()
        await expect(screen.frame.get_by_text("No curve is kept of this session")).to_be_visible()


async def test_an_address_of_no_session_says_so(house: House, tmp_path: Path) -> None:
    async with recorded(tmp_path, house.backend, []), house.screen(page="history/0badbadbadba") as screen:
        await expect(screen.frame.get_by_text("There is no session '0badbadbadba'.")).to_be_visible()


async def test_a_guest_sees_everything_and_why_nothing_can_be_changed(house: House, tmp_path: Path) -> None:
    async with recorded(tmp_path, house.backend, year()):
        for page, names in (
            ("history", ("Add by hand…", "Import…", "Recalculate costs…")),
            (FIRST, ("Edit…", "Split…", "Merge…", "Delete…")),
        ):
            async with house.screen(page=page, user_id="somebody") as screen:
                for name in names:
                    await expect(screen.frame.get_by_role("button", name=name)).to_be_disabled()
                await expect(
                    screen.frame.get_by_text("Only an administrator of Home Assistant")
                ).to_be_visible()
                assert screen.faults == []
