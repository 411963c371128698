"""Which variables of the device model may be shown, which may be written, and which values fit them."""

import re
from dataclasses import dataclass
from math import isfinite

from bmw_wallbox.domain.calls import Answer, SetVariables, VariableValue
from bmw_wallbox.domain.device import Variable

LONGEST_VALUE = 1000
"""The longest value that SetVariables carries (SetVariableDataType)."""

_SECRET = re.compile(
    r"password|passphrase|passwd|secret|credential|privatekey|psk|token|masterpass|listcontent", re.IGNORECASE
)
_TRUTHS = {"true": "true", "false": "false", "on": "true", "off": "false"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """Variables that are not written as plain settings, and the reason in words."""

    component: str
    variables: frozenset[str] = frozenset()
    """In lower case; none means all of the component."""
    but: frozenset[str] = frozenset()
    why: str

    def covers(self, variable: Variable) -> bool:
        """Return whether the row is about this variable; letter case does not count."""
        name = variable.variable.lower()
        return (
            variable.component.lower() == self.component
            and (not self.variables or name in self.variables)
            and name not in self.but
        )


_LOCKS_OUT = "a wrong value locks the wallbox out of the app"
_CARDS = "it decides who may charge"
_WIRING = "it describes the electrical installation"
_MEASURED = "the app sets what is measured and how often; its settings have the interval"
_LED = frozenset({"statusledbrightness"})

WITHHELD: tuple[Withheld, ...] = (
    Withheld(component="securityctrlr", why=_LOCKS_OUT),
    Withheld(component="networkconfiguration", why=_LOCKS_OUT),
    Withheld(component="networkingctrlr", why=_LOCKS_OUT),
    Withheld(component="iso15118ctrlr", why="certificates and contracts hang on it"),
    Withheld(
        component="ocppcommctrlr",
        variables=frozenset(
            {
                "activenetworkprofile",
                "networkconfigurationpriority",
                "networkprofileconnectionattempts",
                "publickeywithsignedmetervalue",
            }
        ),
        why=_LOCKS_OUT,
    ),
    Withheld(component="authctrlr", why=_CARDS),
    Withheld(component="authcachectrlr", why=_CARDS),
    Withheld(component="localauthlistctrlr", why=_CARDS),
    Withheld(component="sampleddatactrlr", why=_MEASURED),
    Withheld(component="aligneddatactrlr", variables=frozenset({"measurands"}), why=_MEASURED),
    Withheld(component="smartchargingctrlr", why="the current limit rests on it"),
    Withheld(
        component="txctrlr",
        variables=frozenset({"txstartpoint", "txstoppoint", "stoptxonevsidedisconnect"}),
        why="the app relies on where transactions begin and end",
    ),
    Withheld(component="chargingstation", but=_LED, why=_WIRING),
    Withheld(component="evse", why=_WIRING),
    Withheld(component="connector", why=_WIRING),
    Withheld(component="maincircuitbreaker", why=_WIRING),
)
"""An administrator can still write any of them with the raw request, which warns where it is dangerous."""


def is_secret(variable: Variable) -> bool:
    """Return whether a value must be shown to nobody: passwords, keys, and the cards that may charge."""
    names = (
        variable.component,
        variable.component_instance,
        variable.variable,
        variable.variable_instance,
    )
    return variable.mutability == "WriteOnly" or any(_SECRET.search(name) for name in names if name)


def why_not_written(variable: Variable) -> str | None:
    """Return in words why a variable is not to be written as a setting; None where it may be."""
    if is_secret(variable):
        return "it is a secret"
    if variable.mutability == "ReadOnly":
        return "the wallbox does not let it be written"
    return next((row.why for row in WITHHELD if row.covers(variable)), None)


def fitting(variable: Variable, value: str) -> str | None:
    """Return a value as the variable's data type spells it; None where it does not fit its traits."""
    if len(value) > LONGEST_VALUE:
        return None
    match variable.data_type:
        case "boolean":
            return _TRUTHS.get(value.lower())
        case "integer" | "decimal":
            return _number(variable, value)
        case "OptionList" if variable.options:
            return value if value in variable.options else None
        case "MemberList" | "SequenceList" if variable.options:
            members = [member.strip() for member in value.split(",") if member.strip()]
            return ",".join(members) if set(members) <= set(variable.options) else None
        case _:
            longest = variable.maximum
            return value if longest is None or len(value) <= longest else None


def as_item(variable: Variable, value: str) -> VariableValue:
    """Return the element of SetVariables that writes `value`."""
    return VariableValue(
        component=variable.component,
        component_instance=variable.component_instance,
        evse_id=variable.evse_id,
        connector_id=variable.connector_id,
        variable=variable.variable,
        variable_instance=variable.variable_instance,
        value=value,
    )


def needs_reboot(answer: Answer) -> bool:
    """Return whether a write takes effect only after a boot (SetVariableStatusEnumType RebootRequired)."""
    return any(item.status == "RebootRequired" for item in answer.items)


def read_back(call: SetVariables, answer: Answer, read: Answer | None) -> tuple[Variable, ...]:
    """Return what an accepted write left behind: the value read afterwards, else the one that was accepted.

    Without a value read, one that waits for a boot is not known.
    """
    written = [None if needs_reboot(answer) else item.value for item in call.items]
    if read is not None and len(read.items) == len(written):
        pairs = zip(written, read.items, strict=True)
        written = [held if item.value is None else item.value for held, item in pairs]
    return tuple(
        Variable(
            component=item.component,
            component_instance=item.component_instance,
            evse_id=item.evse_id,
            connector_id=item.connector_id,
            variable=item.variable,
            variable_instance=item.variable_instance,
            value=value,
        )
        for item, value in zip(call.items, written, strict=True)
        if value is not None
    )


def _number(variable: Variable, value: str) -> str | None:
    try:
        number = float(value)
    except ValueError:
        return None
    low, high = variable.minimum, variable.maximum
    if not isfinite(number) or (low is not None and number < low) or (high is not None and number > high):
        return None
    if variable.data_type == "integer":
        return str(int(number)) if number.is_integer() else None
    return f"{number:.6f}".rstrip("0").rstrip(".")
