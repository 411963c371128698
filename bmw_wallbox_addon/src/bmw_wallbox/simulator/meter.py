"""The box's meter: current that ramps, voltage that trembles, a register that counts."""

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

from .device_model import ENERGY
from .rpc import Json
from .schedule import NOMINAL_V

RAMP_S = 3.0
"""Simulated time from one steady current to the next."""
_NOISE_V = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Ramp:
    """A current that moves in a straight line from one value to another, then stays."""

    from_a: float = 0.0
    to_a: float = 0.0
    since_s: float = 0.0

    def at(self, now_s: float) -> float:
        """Return the current in A at a simulated time."""
        done = min(1.0, max(0.0, (now_s - self.since_s) / RAMP_S))
        return self.from_a + (self.to_a - self.from_a) * done

    def charge_as(self, begin_s: float, end_s: float) -> float:
        """Return the integral of the current over time, A·s."""
        knee_s = min(max(self.since_s + RAMP_S, begin_s), end_s)
        sloped = (self.at(begin_s) + self.at(knee_s)) / 2 * (knee_s - begin_s)
        return sloped + self.to_a * (end_s - knee_s)

    def is_over(self, now_s: float) -> bool:
        """Tell whether the current has settled."""
        return now_s >= self.since_s + RAMP_S or self.from_a == self.to_a


class Meter:
    """Measures `phases` loaded phases of `supply_phases`; time is given in simulated seconds."""

    def __init__(self, *, register_wh: float, supply_phases: int, seed: int, now_s: float) -> None:
        self.supply_phases = supply_phases
        self.phases = supply_phases
        self.register_wh = register_wh
        self.frozen_total_a: float | None = None
        """What the phase-less current is stuck at; None while it is right."""
        self._random = Random(seed)  # noqa: S311 - measurement noise, no secret
        self._voltages_v = (NOMINAL_V,) * 3
        self._ramp = Ramp()
        self._now_s = now_s

    def advance(self, now_s: float) -> None:
        """Count the energy up to `now_s` and let the voltage tremble."""
        volts = sum(self._voltages_v[: self.phases])
        self.register_wh += self._ramp.charge_as(self._now_s, now_s) * volts / 3600
        self._now_s = now_s
        self._voltages_v = (self._noise_v(), self._noise_v(), self._noise_v())

    def ramp_to(self, target_a: float) -> None:
        """Head for another current per phase, from wherever it is."""
        if target_a != self._ramp.to_a:
            self._ramp = Ramp(from_a=self._ramp.at(self._now_s), to_a=target_a, since_s=self._now_s)

    def cut(self) -> None:
        """Interrupt the current at once, as a pulled plug does."""
        self._ramp = Ramp(since_s=self._now_s)

    @property
    def is_moving(self) -> bool:
        """Whether a ramp is under way."""
        return not self._ramp.is_over(self._now_s)

    @property
    def current_a(self) -> float:
        """Current per loaded phase, A."""
        return round(self._ramp.at(self._now_s), 2)

    @property
    def currents_a(self) -> tuple[float, ...]:
        """Current of each supply phase, A."""
        return tuple(self.current_a if n < self.phases else 0.0 for n in range(self.supply_phases))

    @property
    def power_w(self) -> float:
        """Active power of all phases, W."""
        return round(
            sum(amps * volts for amps, volts in zip(self.currents_a, self._voltages_v, strict=False)), 1
        )

    def sample(self, measurands: Iterable[str], context: str) -> list[Json]:
        """Return the `sampledValue` elements of the wanted measurands, phase by phase where there are."""
        return [
            {"value": value, "context": context, "measurand": measurand, "unitOfMeasure": {"unit": unit}}
            | ({"phase": phase} if phase else {})
            for measurand in measurands
            for value, phase, unit in self._readings(measurand)
        ]

    def _readings(self, measurand: str) -> list[tuple[float, str | None, str]]:
        phases = range(self.supply_phases)
        match measurand:
            case "Current.Import":
                total_a = sum(self.currents_a) if self.frozen_total_a is None else self.frozen_total_a
                each = [(self.currents_a[n], f"L{n + 1}", "A") for n in phases]
                return [(round(total_a, 2), None, "A"), *each]
            case "Voltage":
                return [(self._voltages_v[n], f"L{n + 1}-N", "V") for n in phases]
            case "Power.Active.Import":
                return [(self.power_w, None, "W")]
            case _ if measurand == ENERGY:
                return [(round(self.register_wh, 1), None, "Wh")]
            case _:
                return []

    def _noise_v(self) -> float:
        return round(NOMINAL_V + self._random.uniform(-_NOISE_V, _NOISE_V), 1)
