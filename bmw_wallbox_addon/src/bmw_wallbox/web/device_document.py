"""What is known of a station beyond its state, as the HTTP API gives it."""

from collections.abc import Mapping
from dataclasses import replace

from bmw_wallbox.domain.device import DeviceEvent, Variable
from bmw_wallbox.domain.reports import Report
from bmw_wallbox.domain.state import StationState
from bmw_wallbox.domain.tokens import masked
from bmw_wallbox.domain.variables import is_secret

type Document = Mapping[str, object]


def device_document(state: StationState, *, whole: bool) -> Document:
    """Return the document.

    Args:
        state: the station's.
        whole: whether to tell what is personal or concerns certificates: to administrators only.

    """
    device, records = state.device, state.device.records
    inventory, progress = state.inventory, state.device.records.progress
    return {
        "inventory": {
            "complete_for_firmware": inventory.complete_for_firmware,
            "supported": inventory.supported,
            "variables": [_shown(variable) for variable in inventory.variables.values()],
        },
        "reports": [_report(report) for report in device.reports],
        "monitors": list(records.monitors.values()),
        "events": [_event(event) for event in records.events],
        "security_events": records.security_events,
        "sent_profiles": state.profiles,
        "charging_profiles": list(records.charging_profiles.values()),
        "limits": list(records.limits.values()),
        "car": {"needs": records.car_needs, "schedule": records.car_schedule},
        "transaction_events": device.sequence,
        "display_messages": list(records.display_messages.values()),
        "reservations": list(records.reservations.values()),
        "firmware": progress.get("firmware"),
        "firmware_publication": progress.get("firmware_publication"),
        "log": progress.get("log"),
        "certificates": records.certificates,
        "certificate_queries": records.certificate_queries,
        **(_personal(state) if whole else {}),
    }


def _personal(state: StationState) -> Document:
    device = state.device
    told = device.customer_information
    return {
        "signing_requests": device.records.signing_requests,
        "vendor_messages": device.vendor_messages,
        "presented_cards": [replace(card, id_token=masked(card.id_token)) for card in device.presented_cards],
        "customer_information": None
        if told is None
        else {"request_id": told.request_id, "parts": len(told.parts), "text": told.text},
    }


def _report(report: Report) -> Document:
    return {
        "kind": report.kind,
        "request_id": report.request_id,
        "status": report.status,
        "asked": report.asked,
        "parts": report.parts,
        "last_part": report.last_part,
        "began_at": report.began_at,
        "changed_at": report.changed_at,
        "note": report.note,
    }


def _shown(variable: Variable) -> Variable:
    """Return a variable without values that nobody may see."""
    if not is_secret(variable):
        return variable
    others = tuple(replace(other, value=None) for other in variable.others)
    return replace(variable, value=None, others=others)


def _event(event: DeviceEvent) -> DeviceEvent:
    about = Variable(
        component=event.component,
        component_instance=event.component_instance,
        variable=event.variable,
        variable_instance=event.variable_instance,
    )
    return replace(event, value="") if is_secret(about) else event
