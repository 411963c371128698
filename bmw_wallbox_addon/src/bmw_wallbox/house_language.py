"""The language of reports and notifications: the one that is set, or the one of Home Assistant."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from bmw_wallbox.domain.report_words import Language
from bmw_wallbox.domain.settings import LanguageChoice, Settings
from bmw_wallbox.errors import HomeAssistantError, StoreError
from bmw_wallbox.hass.client import HomeAssistantClient
from bmw_wallbox.storage.codec import Record
from bmw_wallbox.storage.store import Store

_LOGGER = logging.getLogger(__name__)
_KEY = "home"


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenLanguage:
    """What Home Assistant's language was when it was last asked; kept over restarts."""

    language: Language = Language.EN


class HouseLanguage:
    """Knows the language; asks Home Assistant at every connect."""

    def __init__(self, store: Store, settings: Callable[[], Settings]) -> None:
        self._store = store
        self._settings = settings
        self._spoken = SpokenLanguage()

    @property
    def current(self) -> Language:
        """Return the language to write in."""
        choice = self._settings().language
        return self._spoken.language if choice is LanguageChoice.AUTO else Language(choice)

    async def load(self) -> None:
        """Bring back what Home Assistant said last."""
        try:
            self._spoken = (await self._store.load(SpokenLanguage)).get(_KEY, self._spoken)
        except StoreError as err:
            _LOGGER.warning("Home Assistant's language could not be read: %s", err)

    def follow(self, client: HomeAssistantClient) -> None:
        """Ask this Home Assistant from now on."""

        async def ask() -> None:
            try:
                told = await client.call("get_config")
            except HomeAssistantError as err:
                _LOGGER.debug("Home Assistant's language could not be asked: %s", err)
                return
            self._hear(told.get("language") if isinstance(told, dict) else None)

        client.on_connected(ask)

    def _hear(self, tag: object) -> None:
        """Take a language tag such as `de-CH`; one that we do not speak means English."""
        base = str(tag).partition("-")[0].lower()
        found = SpokenLanguage(language=Language(base) if base in tuple(Language) else Language.EN)
        if found != self._spoken:
            self._spoken = found
            self._store.save_soon(Record.of(_KEY, found))
