"""Rewrites what the documents have from the code; `--check` only says if they are current."""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from urllib.parse import quote

import yaml

from bmw_wallbox.domain.settings import Settings
from bmw_wallbox.entities.docs import ENGLISH, Words, with_block, with_tables

_ROOT = Path(__file__).resolve().parents[1]
_APP = _ROOT / "bmw_wallbox_addon"
_STATIC = _APP / "src/bmw_wallbox/web/static"
_GERMAN = json.loads((_ROOT / "script/german.json").read_text("utf-8"))
_SETTINGS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "head": "In the panel | Name | Default | What it does",
        "on": "on",
        "off": "off",
        "none": "none",
        "range": "{min} to {max}{unit}.",
        "decimal": ".",
    },
    "de": _GERMAN["settings"],
}
_UNITS = {"months": "settings.months"}
_SUBJECT = re.compile(r"^  (\w+): \[$(.*?)^  \],$", re.MULTILINE | re.DOTALL)
_ROW = re.compile(r'\{ key: "(\w+)",(.*?) \}')
_FACT = re.compile(r'(\w+): (?:"([^"]*)"|([\d.]+)|(true)|\[[^\]]*\])')
_ALONE = {"vehicles": "vehicles"}
"""Subjects that have a view of their own, and the setting that they change."""


def documents() -> Mapping[Path, str]:
    """Return the documents as they should be."""
    german = Words(**_GERMAN["tables"], about=_GERMAN["about"])
    readme = _ROOT / "README.md"
    url = yaml.safe_load((_ROOT / "repository.yaml").read_text("utf-8"))["url"]
    made = {readme: with_block(readme.read_text("utf-8"), "store", first_step(url))}
    for language, words, name in (("en", ENGLISH, "DOCS.md"), ("de", german, "DOCS.de.md")):
        path = _APP / name
        text = with_tables(path.read_text("utf-8"), words)
        made[path] = with_block(text, "settings", _settings(language))
    return made


def first_step(url: str) -> Iterator[str]:
    """Yield how the store learns of the repository; the link opens just the store while nobody owns it."""
    known = "/OWN" + "ER/" not in url
    page = (
        f"supervisor_add_addon_repository/?repository_url={quote(url, safe='')}"
        if known
        else "supervisor_store/"
    )
    address = f"`{url}`" if known else "the address of this repository"
    badge = "https://my.home-assistant.io/badges/supervisor_store.svg"
    yield f"[![Open the app store]({badge})](https://my.home-assistant.io/redirect/{page})\n"
    yield "1. Choose the button above, or open **Settings → Apps → Install app**. If the store does not offer"
    yield f"   **BMW Wallbox**, choose **⋮ → Repositories** and add {address}."


def _settings(language: str) -> Iterator[str]:
    """Yield a table for each subject of the panel's settings, in the panel's own words."""
    folder = _STATIC / "i18n" / language
    panel = json.loads((folder / "settings.json").read_text("utf-8"))
    own, defaults = _SETTINGS[language], asdict(Settings())
    forms = (_STATIC / "view/settings/tables.js").read_text("utf-8")
    subjects = {name: dict(_ROW.findall(body)) for name, body in _SUBJECT.findall(forms)}
    for subject in (name.removeprefix("subject.") for name in panel if name.startswith("subject.")):
        rows = subjects.get(subject, {key: "" for name, key in _ALONE.items() if name == subject})
        if not rows:
            continue
        columns = own["head"].count("|") + 1
        yield f"\n**{panel[f'subject.{subject}']}**\n\n| {own['head']} |\n|{' --- |' * columns}"
        for key, facts in rows.items():
            name = panel.get(f"setting.{key}", panel[f"subject.{subject}"])
            default = _default(defaults[key], key, panel, own)
            yield f"| {name} | `{key}` | {default} | {_meaning(key, subject, facts, panel, own)} |"


def _default(value: object, key: str, panel: Mapping[str, str], own: Mapping[str, str]) -> str:
    if isinstance(value, bool):
        return own["on" if value else "off"]
    if isinstance(value, str) and value:
        return panel[f"setting.{key}.{value}"]
    return own["none"] if value in (None, "", ()) else f"{value:g}".replace(".", own["decimal"])


def _meaning(key: str, subject: str, facts: str, panel: Mapping[str, str], own: Mapping[str, str]) -> str:
    told: dict[str, str] = {name: text or number for name, text, number, _flag in _FACT.findall(facts)}
    parts = [panel.get(f"setting.{key}.help", panel[f"subject.{subject}.text"] + ".")]
    if "warns" in told:
        parts.append(panel[f"setting.{key}.consequence"])
    choices = re.search(r"choices: \[(.*?)\]", facts)
    if choices:
        names = re.findall(r'"(\w+)"', choices[1])
        parts.append(", ".join(f"{panel[f'setting.{key}.{name}']} (`{name}`)" for name in names) + ".")
    if "min" in told:
        unit = panel.get(_UNITS.get(told["unit"], ""), told["unit"])
        ends = {end: told[end].replace(".", own["decimal"]) for end in ("min", "max")}
        parts.append(own["range"].format(**ends, unit=f" {unit}" if unit else ""))
    return " ".join(parts)


def main() -> None:
    """Write the documents, or say which one is not current."""
    for path, text in documents().items():
        if "--check" not in sys.argv:
            path.write_text(text, "utf-8")
        elif path.read_text("utf-8") != text:
            sys.exit(f"{path} is not current: run script/document")


if __name__ == "__main__":
    main()
