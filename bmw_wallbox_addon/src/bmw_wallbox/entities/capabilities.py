"""What a station can report, read from its device model and from what it really sent."""

from collections.abc import Iterator

from bmw_wallbox.domain.state import StationState

_MEASURAND_LISTS = (
    ("SampledDataCtrlr", "TxStartedMeasurands"),
    ("SampledDataCtrlr", "TxUpdatedMeasurands"),
    ("SampledDataCtrlr", "TxEndedMeasurands"),
    ("AlignedDataCtrlr", "Measurands"),
    ("AlignedDataCtrlr", "TxEndedMeasurands"),
)


def reports(state: StationState, measurand: str) -> bool:
    """Return whether the station is set to report a measurand (OCPP 2.0.1 J02.FR.11), or did so already."""
    if any(key.partition("/")[0] == measurand for key in state.samples):
        return True
    return any(measurand in listed for listed in _listed(state))


def is_single_phase(state: StationState) -> bool:
    """Return whether the station is known to sit on one phase; False while nothing tells."""
    meter = state.meter
    others = (meter.voltage_l2_v, meter.voltage_l3_v, meter.current_l2_a, meter.current_l3_a)
    if any(others):
        return False
    supply = state.inventory.find("SupplyPhases")
    if supply is not None and supply.value is not None:
        return supply.value.strip() == "1"
    return meter.voltage_l1_v is not None or meter.phases_used == 1


def _listed(state: StationState) -> Iterator[set[str]]:
    for component, variable in _MEASURAND_LISTS:
        known = state.inventory.find(variable, component)
        if known is not None and known.value:
            yield {name.strip() for name in known.value.split(",")}
