"""What the owner may set in the panel, beyond the app's options; kept over restarts."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from bmw_wallbox.domain.vocabulary import ProfileStrategy
from bmw_wallbox.errors import InvalidPayloadError


class UnknownTokens(StrEnum):
    """What a station is told about a token that the table does not hold."""

    ACCEPT = "accept"
    REFUSE = "refuse"


class LanguageChoice(StrEnum):
    """In which language reports and notifications are written."""

    AUTO = "auto"
    """As Home Assistant is set, English without one."""
    EN = "en"
    DE = "de"


class MonthlyReport(StrEnum):
    """What becomes of last month's report when a month begins."""

    OFF = "off"
    SHARE = "share"
    """Files are written to `/share`."""
    NOTIFICATION = "notification"
    BOTH = "both"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How every wallbox of this app is handled."""

    profile_strategy: ProfileStrategy = ProfileStrategy.AUTO
    """Which charging profile carries the limit; `auto` follows the maker."""
    meter_interval_s: int = 10
    """How often values come while a car charges."""
    unknown_tokens: UnknownTokens = UnknownTokens.ACCEPT
    """Whether cards that the token table does not hold may charge."""
    master_pass_group_id: str | None = None
    """The group whose cards end every transaction and start none (OCPP 2.0.1 C16); the wallbox knows it as
    AuthCtrlr.MasterPassGroupId."""
    client_ca: str = ""
    """The file with the authority that signed the stations' certificates, in /ssl; empty asks for none."""
    client_organization: str = ""
    """The organization that has to be named by a station's certificate; empty for any (A00.FR.404)."""
    settle_s: int = 30
    """How long a command may wait for its proof, and how long more current than allowed is suffered."""
    tolerance_a: float = 1.0
    """How much more than the limit a meter may show."""
    min_interval_s: int = 5
    """The least time between two changes of the limit, since the wallbox keeps each in its flash memory;
    reductions go at once, but at most one per second."""
    dead_band_a: float = 0.5
    """A change of the limit smaller than this is sent only once it adds up, or rests for a minute."""
    wake_up_tries: int = 0
    """How often a car that sleeps is woken up by a pause when charging is started; 0: never."""
    offline_limit_a: int = 0
    """What a car may take per phase at most while the app is away, never more than the wish; 0: what was
    wished last. Only a wallbox that holds two charging profiles can."""
    allow_stop_transaction: bool = False
    """Whether a transaction that takes more than is allowed may be ended as a last resort. Afterwards many
    wallboxes charge again only once the car was unplugged and plugged in."""
    allow_reset: bool = False
    """Whether a wallbox that lets more flow than is allowed may be restarted as a last resort, at most once
    an hour. It is away for about a minute, and may then begin to charge by itself."""
    vehicles: tuple[str, ...] = ()
    """The names of the cars that charge here."""
    grid_power_entity: str = ""
    """The entity of Home Assistant that shows the power drawn from the grid, in W or kW; empty: the share of
    solar energy is not known."""
    grid_power_inverted: bool = False
    """Whether that entity shows what is fed into the grid as positive."""
    rsa_ciphers: bool = False
    """Whether the specification's TLS ciphers without forward secrecy are taken (A00.FR.318)."""
    curve_months: int = 13
    """For how long the curves of sessions are kept."""
    session_months: int = 0
    """For how long sessions are kept; 0: for ever."""
    language: LanguageChoice = LanguageChoice.AUTO
    report_sender: str = ""
    """Name and address at the head of reports, line by line."""
    report_receiver: str = ""
    """Name and address of who gets them."""
    report_reference: str = ""
    """Such as an employee number."""
    report_licence_plate: str = ""
    report_meter_serial: str = ""
    """The meter's serial number, where the wallbox does not tell it."""
    monthly_report: MonthlyReport = MonthlyReport.OFF
    notify_target: str = ""
    """The notify service or entity that notifications go to, such as `notify.mobile_app_phone`; empty: they
    appear in Home Assistant itself."""
    notify_charging_started: bool = False
    notify_charging_finished: bool = False
    notify_problem: bool = False
    notify_limit_broken: bool = True
    """Whether a wallbox that lets more flow than is allowed is told of."""
    notify_disconnected: bool = False
    notify_disconnected_min: int = 10
    """For how long a wallbox has to be away until that is told, in minutes."""
    notify_card_refused: bool = False
    notify_report_ready: bool = True
    """Whether it is told that a monthly report lies in `/share`."""


def changed(settings: Settings, values: Mapping[str, object]) -> Settings:
    """Return the settings with `values` in their place, by field name.

    Raises:
        InvalidPayloadError: an unknown field, or a value that it cannot have.

    """
    unknown = sorted(set(values) - set(_READERS))
    if unknown:
        raise InvalidPayloadError("settings", unknown[0], f"known are {', '.join(sorted(_READERS))}")
    read = {name: _READERS[name](name, value) for name, value in values.items()}
    return replace(settings, **read)  # type: ignore[arg-type]  # each reader returns its field's type


def _one_of(members: type[StrEnum]) -> Callable[[str, object], StrEnum]:
    def read(name: str, value: object) -> StrEnum:
        try:
            return members(str(value))
        except ValueError:
            expected = f"one of {', '.join(members)} is needed"
            raise InvalidPayloadError(name, value, expected) from None

    return read


def _group(name: str, value: object) -> str | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str) or len(value) > 36:
        raise InvalidPayloadError(name, value, "a text of at most 36 characters is needed")
    return value


def _whole(low: int, high: int) -> Callable[[str, object], int]:
    def read(name: str, value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise InvalidPayloadError(name, value, f"a whole number from {low} to {high} is needed")
        return value

    return read


def _none_or(low: int, high: int) -> Callable[[str, object], int]:
    inside = _whole(low, high)
    return lambda name, value: 0 if value == 0 and not isinstance(value, bool) else inside(name, value)


def _number(low: float, high: float) -> Callable[[str, object], float]:
    def read(name: str, value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise InvalidPayloadError(name, value, f"a number from {low:g} to {high:g} is needed")
        return float(value)

    return read


def _text(name: str, value: object) -> str:
    if not isinstance(value, str) or len(value) > 255 or not value.isprintable():
        raise InvalidPayloadError(name, value, "a text of at most 255 characters is needed")
    return value.strip()


def _lines(name: str, value: object) -> str:
    """Return lines without blanks around them."""
    if not isinstance(value, str) or len(value) > 500:
        raise InvalidPayloadError(name, value, "a text of at most 500 characters is needed")
    lines = [line.strip() for line in value.splitlines()]
    if len(lines) > 10 or not all(line.isprintable() for line in lines):
        raise InvalidPayloadError(name, value, "at most ten lines of text are needed")
    return "\n".join(lines).strip()


def _names(name: str, value: object) -> tuple[str, ...]:
    given = value if isinstance(value, list | tuple) else [None]
    names = [entry.strip() if isinstance(entry, str) else "" for entry in given]
    sound = all(0 < len(entry) <= 100 and entry.isprintable() for entry in names)
    if not sound or len(set(names)) < len(names) or len(names) > 50:
        raise InvalidPayloadError(name, value, "up to 50 different names of 1 to 100 characters are needed")
    return tuple(names)


def _notifier(name: str, value: object) -> str:
    text = value.strip() if isinstance(value, str) else value
    if not isinstance(text, str) or not (text == "" or re.fullmatch(r"notify\.[a-z0-9_]{1,200}", text)):
        raise InvalidPayloadError(name, value, "a name such as notify.mobile_app_phone is needed, or nothing")
    return text


def _path(name: str, value: object) -> str:
    text = _text(name, value)
    if ".." in text.split("/"):
        raise InvalidPayloadError(name, value, "it must not contain '..'")
    return text


def _switch(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise InvalidPayloadError(name, value, "true or false is needed")
    return value


_READERS: Mapping[str, Callable[[str, object], object]] = {
    "profile_strategy": _one_of(ProfileStrategy),
    "meter_interval_s": _whole(5, 300),
    "unknown_tokens": _one_of(UnknownTokens),
    "master_pass_group_id": _group,
    "client_ca": _path,
    "client_organization": _text,
    "settle_s": _whole(10, 300),
    "tolerance_a": _number(0.5, 5),
    "min_interval_s": _whole(1, 300),
    "dead_band_a": _number(0, 3),
    "wake_up_tries": _whole(0, 3),
    "offline_limit_a": _none_or(6, 32),
    "allow_stop_transaction": _switch,
    "allow_reset": _switch,
    "vehicles": _names,
    "grid_power_entity": _text,
    "grid_power_inverted": _switch,
    "rsa_ciphers": _switch,
    "curve_months": _whole(1, 120),
    "session_months": _whole(0, 240),
    "language": _one_of(LanguageChoice),
    "report_sender": _lines,
    "report_receiver": _lines,
    "report_reference": _text,
    "report_licence_plate": _text,
    "report_meter_serial": _text,
    "monthly_report": _one_of(MonthlyReport),
    "notify_target": _notifier,
    "notify_charging_started": _switch,
    "notify_charging_finished": _switch,
    "notify_problem": _switch,
    "notify_limit_broken": _switch,
    "notify_disconnected": _switch,
    "notify_disconnected_min": _whole(1, 1440),
    "notify_card_refused": _switch,
    "notify_report_ready": _switch,
}
