"""Station states to render, by hand and by hypothesis."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from bmw_wallbox.domain.device import Variable
from bmw_wallbox.domain.energy import Ledger
from bmw_wallbox.domain.events import Sample
from bmw_wallbox.domain.periods import Bucket
from bmw_wallbox.domain.session_figures import SessionFigures
from bmw_wallbox.domain.state import (
    ChargingNeeds,
    CommandReport,
    Connector,
    DesiredState,
    Facts,
    InstalledProfile,
    Inventory,
    LastEvent,
    Meter,
    StationLimit,
    StationState,
    Transaction,
)
from bmw_wallbox.domain.vocabulary import ChargingState, ConnectorStatus, Outcome, TransactionEventType

NOW = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
KEY = "debmwetest1234567890ab"
OPTIONAL_MEASURANDS = (
    "Power.Active.Export",
    "Power.Reactive.Import",
    "Power.Reactive.Export",
    "Power.Offered",
    "Power.Factor",
    "Energy.Active.Export.Register",
    "Energy.Reactive.Import.Register",
    "Energy.Reactive.Export.Register",
    "Frequency",
    "Temperature",
    "SoC",
)


def fresh() -> StationState:
    return StationState(
        key=KEY, charge_point_id="DE*BMW*ETEST1234567890AB", desired=DesiredState(limit_a=32.0)
    )


def variable(component: str, name: str, value: str) -> Variable:
    return Variable(component=component, variable=name, value=value)


def inventory(*variables: Variable) -> Inventory:
    return Inventory(variables={known.name: known for known in variables}, complete_for_firmware="1")


def charging() -> StationState:
    """Return a three-phase station in the middle of a session."""
    return StationState(
        key=KEY,
        charge_point_id="DE*BMW*ETEST1234567890AB",
        desired=DesiredState(limit_a=16.0, asked_by="home_assistant", asked_at=NOW),
        connected=True,
        connection_changed_at=NOW,
        last_heartbeat_at=NOW,
        last_message_at=NOW,
        facts=Facts(
            vendor="BMW", model="EIAW-E22KTSE6B04", serial="KG4235WE", firmware="01.20.06.71", booted_at=NOW
        ),
        connector=Connector(status=ConnectorStatus.OCCUPIED, reported_at=NOW),
        transaction=Transaction(
            id="tx-1", started_at=NOW, charging_state=ChargingState.CHARGING, authorized=True
        ),
        last_event=LastEvent(
            event_type=TransactionEventType.UPDATED,
            trigger_reason="MeterValuePeriodic",
            sequence_number=7,
            station_at=NOW,
            id_token="04A1B2C3D4",
            id_token_type="ISO14443",
        ),
        meter=Meter(
            power_w=11040.0,
            current_a=16.0,
            current_l1_a=16.0,
            current_l2_a=15.9,
            current_l3_a=15.8,
            voltage_v=230.0,
            voltage_l1_v=229.0,
            voltage_l2_v=230.0,
            voltage_l3_v=231.0,
            phases_used=3,
            sampled_at=NOW,
            received_at=NOW,
        ),
        ledger=Ledger(
            total_wh=1_234_567,
            session_wh=4321,
            register_wh=1_234_567,
            daily=Bucket(energy_wh=5000, since=NOW),
            weekly=Bucket(energy_wh=6000, since=NOW),
            monthly=Bucket(energy_wh=7000, since=NOW),
            yearly=Bucket(energy_wh=8000, since=NOW),
        ),
        session=SessionFigures(
            started_at=NOW,
            duration_s=1800,
            cost_micros=1_296_300,
            last_energy_wh=20_500,
            last_cost_micros=6_150_000,
            total_cost_micros=370_370_100,
            currency="EUR",
        ),
        inventory=inventory(
            variable("ChargingStation", "SupplyPhases", "3"), variable("StatusLED", "brightness", "30")
        ),
        profiles={"TxDefaultProfile": InstalledProfile(limit_a=16.0, accepted_at=NOW)},
        last_command=CommandReport(
            id="c1",
            command="set_current_limit",
            outcome=Outcome.APPLIED,
            message="The wallbox limits the car to 16 A.",
            value="16",
            asked_by="home_assistant",
            asked_at=NOW,
            changed_at=NOW,
        ),
    )


_moments = st.none() | st.datetimes(timezones=st.just(UTC))
_numbers = st.none() | st.floats()
_texts = st.none() | st.text(st.characters(), max_size=400)
_limits = st.floats(0, 64)

_meters = st.builds(
    Meter,
    **{
        name: _numbers
        for name in Meter.__dataclass_fields__
        if name not in {"phases_used", "context", "location", "sampled_at", "received_at"}
    },
    phases_used=st.none() | st.integers(0, 7),
)
_samples = st.dictionaries(
    st.sampled_from([*OPTIONAL_MEASURANDS, "Current.Import/l1", "Voltage/N"]),
    st.builds(Sample, measurand=st.just("SoC"), value=st.floats(), at=st.just(NOW)),
)
_variables = st.lists(
    st.builds(
        Variable,
        component=st.sampled_from(["SampledDataCtrlr", "AlignedDataCtrlr", "ChargingStation", "StatusLED"]),
        variable=st.sampled_from(
            ["TxUpdatedMeasurands", "Measurands", "SupplyPhases", "StatusLedBrightness", "Brightness"]
        ),
        value=_texts | st.sampled_from(["Frequency, SoC", "1", "46", "nan", "1e400"]),
    ),
    max_size=4,
).map(lambda variables: inventory(*variables))
_last_events = st.builds(
    LastEvent,
    event_type=st.none() | st.sampled_from(TransactionEventType),
    trigger_reason=_texts | st.just("EVDetected"),
    stopped_reason=_texts | st.just("SOCLimitReached"),
    sequence_number=st.none() | st.integers(),
    station_at=_moments,
    id_token=_texts,
    id_token_type=_texts,
)
_commands = st.none() | st.builds(
    CommandReport,
    id=st.text(),
    command=st.text(),
    outcome=st.sampled_from(Outcome),
    message=st.text(),
    asked_at=st.just(NOW),
    changed_at=st.just(NOW),
)

states = st.builds(
    StationState,
    key=st.just(KEY),
    charge_point_id=st.text(),
    simulated=st.booleans(),
    desired=st.builds(DesiredState, charging_allowed=st.booleans(), limit_a=_limits, asked_at=_moments),
    max_current_a=st.floats(6, 32),
    connected=st.booleans(),
    last_heartbeat_at=_moments,
    facts=st.builds(Facts, vendor=_texts, model=_texts, serial=_texts, firmware=_texts, booted_at=_moments),
    connector=st.builds(Connector, status=st.sampled_from(ConnectorStatus), reported_at=_moments),
    transaction=st.none()
    | st.builds(
        Transaction, id=st.text(), started_at=st.just(NOW), charging_state=st.sampled_from(ChargingState)
    ),
    last_event=_last_events,
    samples=_samples,
    meter=_meters,
    ledger=st.builds(
        Ledger,
        total_wh=st.none() | st.integers(0, 10**12),
        session_wh=st.none() | st.integers(0, 10**6),
        register_wh=st.none() | st.integers(0, 10**12),
    ),
    inventory=_variables,
    profiles=st.dictionaries(
        st.sampled_from(["TxDefaultProfile", "TxProfile"]),
        st.builds(InstalledProfile, limit_a=_limits, accepted_at=st.just(NOW)),
    ),
    station_limit=st.none() | st.builds(StationLimit, source=st.text(), limit_a=st.none() | _limits),
    needs=st.none() | st.builds(ChargingNeeds, energy_wh=_numbers, max_current_a=_numbers),
    alerts=st.dictionaries(st.text(), st.text()),
    last_command=_commands,
)
