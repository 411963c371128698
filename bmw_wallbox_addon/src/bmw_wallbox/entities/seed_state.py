"""The state of a station as the panel and the HTTP API serve it, flat and key by key."""

from collections.abc import Mapping

from bmw_wallbox.domain.reasons import active_limit_a, limit_reason
from bmw_wallbox.domain.state import DEFAULT_MODEL, DEFAULT_VENDOR, StationState
from bmw_wallbox.entities.render import Names, cleaned
from bmw_wallbox.entities.values import (
    current_a,
    current_limit_a,
    iso,
    kilo,
    led_brightness_percent,
    money,
    phase_current_a,
    power_w,
    token_label,
    transaction_id,
)
from bmw_wallbox.entities.words import status

type Document = Mapping[str, object]

_LONGEST_TEXT = 1000


def state_document(state: StationState, names: Names) -> Document:
    """Return everything shown of a station: energies in kWh but `energy_session` in Wh, times in ISO 8601.

    What was never reported is None; power and currents are 0 while no transaction runs.
    `names` holds the names of id tokens, by the token in lower case.
    """
    document = {
        **_connection(state),
        **_transaction(state, names),
        **_power(state),
        **_energy(state),
        **_sessions(state),
        **_currents_and_voltages(state),
        **_settings(state),
        **_wish(state),
        **_condition(state),
    }
    return {key: _clean(value) for key, value in document.items()}


def _clean(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _clean(inner) for key, inner in value.items()}
    if isinstance(value, str | float):
        return cleaned(value, _LONGEST_TEXT)
    return value


def _connection(state: StationState) -> Document:
    return {
        "connected": state.connected,
        "last_heartbeat": iso(state.last_heartbeat_at),
        "charging_state": state.charging_state.value,
        "connector_status": state.connector.status.value,
        "evse_id": state.connector.evse_id,
        "connector_id": state.connector.connector_id,
    }


def _transaction(state: StationState, names: Names) -> Document:
    last = state.last_event
    return {
        "transaction_id": transaction_id(state),
        "event_type": None if last.event_type is None else last.event_type.value,
        "trigger_reason": last.trigger_reason,
        "stopped_reason": last.stopped_reason,
        "sequence_number": last.sequence_number,
        "last_update": iso(last.station_at),
        "id_token": token_label(state, names),
        "id_token_type": last.id_token_type,
    }


def _power(state: StationState) -> Document:
    meter = state.meter
    return {
        "power": power_w(state),
        "power_active_export": meter.power_active_export_w,
        "power_reactive_import": meter.power_reactive_import_var,
        "power_reactive_export": meter.power_reactive_export_var,
        "power_offered": meter.power_offered_w,
        "power_factor": meter.power_factor,
    }


def _energy(state: StationState) -> Document:
    ledger, meter = state.ledger, state.meter
    return {
        "energy_total": kilo(ledger.total_wh),
        "energy_session": ledger.session_wh,
        "energy_cumulative": kilo(ledger.completed_wh),
        "last_session_energy": kilo(ledger.session_wh),
        "energy_daily": kilo(ledger.daily_wh),
        "energy_weekly": kilo(ledger.weekly_wh),
        "energy_monthly": kilo(ledger.monthly_wh),
        "energy_yearly": kilo(ledger.yearly_wh),
        "last_reset_daily": iso(ledger.last_reset_daily),
        "last_reset_weekly": iso(ledger.last_reset_weekly),
        "last_reset_monthly": iso(ledger.last_reset_monthly),
        "last_reset_yearly": iso(ledger.last_reset_yearly),
        "energy_active_export": kilo(meter.energy_active_export_wh),
        "energy_reactive_import": kilo(meter.energy_reactive_import_varh),
        "energy_reactive_export": kilo(meter.energy_reactive_export_varh),
    }


def _sessions(state: StationState) -> Document:
    session = state.session
    return {
        "session_start": iso(session.started_at),
        "session_duration": session.duration_s,
        "session_cost": money(session.cost_micros),
        "completed_session_energy": kilo(session.last_energy_wh),
        "completed_session_cost": money(session.last_cost_micros),
        "cost_total": money(session.total_cost_micros),
        "currency": session.currency or None,
    }


def _currents_and_voltages(state: StationState) -> Document:
    meter = state.meter
    return {
        "current": current_a(state),
        "current_l1": phase_current_a(state, meter.current_l1_a),
        "current_l2": phase_current_a(state, meter.current_l2_a),
        "current_l3": phase_current_a(state, meter.current_l3_a),
        "voltage": meter.voltage_v,
        "voltage_l1": meter.voltage_l1_v,
        "voltage_l2": meter.voltage_l2_v,
        "voltage_l3": meter.voltage_l3_v,
        "frequency": meter.frequency_hz,
        "temperature": meter.temperature_c,
        "soc": meter.soc_percent,
        "phases_used": meter.phases_used,
        "context": meter.context,
        "location": meter.location,
    }


def _settings(state: StationState) -> Document:
    return {
        "led_brightness": led_brightness_percent(state),
        "current_limit": current_limit_a(state),
    }


def _wish(state: StationState) -> Document:
    """Return what the owner wants, and what is in force of it."""
    reason = limit_reason(state)
    return {
        "charging_allowed": state.desired.charging_allowed,
        "desired": {
            "charging_allowed": state.desired.charging_allowed,
            "limit_a": state.desired.limit_a,
            "asked_by": state.desired.asked_by,
            "asked_at": iso(state.desired.asked_at),
        },
        "max_current": state.max_current_a,
        "active_limit": active_limit_a(state),
        "limit_reason": None if reason is None else reason.value,
        "profiles": {
            purpose: {"limit_a": profile.limit_a, "accepted_at": iso(profile.accepted_at)}
            for purpose, profile in state.profiles.items()
        },
        "profile_calls": state.profile_calls,
        "control_alert": state.control_alert or None,
        "station_limit": _station_limit(state),
        "car_needs": _needs(state),
        "last_command": _last_command(state),
    }


def _condition(state: StationState) -> Document:
    """Return who the station is and how it is."""
    return {
        "key": state.key,
        "charge_point_id": state.charge_point_id,
        "simulated": state.simulated,
        "status": status(state),
        "vehicle_connected": state.vehicle_connected,
        "connection_changed_at": iso(state.connection_changed_at),
        "last_message_at": iso(state.last_message_at),
        "device": _device(state),
        "metering": {"mode": state.metering.value, "note": state.metering_note},
        "sampled_at": iso(state.meter.sampled_at),
        "received_at": iso(state.meter.received_at),
        "inventory": {
            "variables": len(state.inventory.variables),
            "complete_for_firmware": state.inventory.complete_for_firmware,
            "supported": state.inventory.supported,
        },
        "alerts": dict(state.alerts),
        "notices": dict(state.notices),
        "last_security_event": state.last_security_event,
    }


def _device(state: StationState) -> Document:
    facts = state.facts
    return {
        "vendor": facts.vendor or DEFAULT_VENDOR,
        "model": facts.model or DEFAULT_MODEL,
        "serial_number": facts.serial,
        "firmware_version": facts.firmware,
        "boot_reason": facts.boot_reason,
        "booted_at": iso(facts.booted_at),
        "firmware_status": state.firmware_status,
        "reboot_required": facts.reboot_required,
    }


def _station_limit(state: StationState) -> Document | None:
    limit = state.station_limit
    return None if limit is None else {"source": limit.source, "limit_a": limit.limit_a}


def _needs(state: StationState) -> Document | None:
    needs = state.needs
    if needs is None:
        return None
    return {
        "energy_wh": needs.energy_wh,
        "max_current_a": needs.max_current_a,
        "departure_at": iso(needs.departure_at),
    }


def _last_command(state: StationState) -> Document | None:
    last = state.last_command
    if last is None:
        return None
    return {
        "id": last.id,
        "command": last.command,
        "value": last.value,
        "outcome": last.outcome.value,
        "message": last.message,
        "asked_by": last.asked_by,
        "asked_at": iso(last.asked_at),
        "changed_at": iso(last.changed_at),
    }
