"""What can be asked of a wallbox, and the yes or no that it tells."""

from bmw_wallbox.entities.description import Availability, Category, EntityRow, Platform, Range
from bmw_wallbox.entities.values import current_limit_a, is_charging, led_brightness_percent
from bmw_wallbox.entities.words import is_problem

BINARY_SENSORS: tuple[EntityRow, ...] = (
    EntityRow(
        key="charging",
        platform=Platform.BINARY_SENSOR,
        name="Charging",
        about="Whether energy flows into the car.",
        value=is_charging,
        device_class="battery_charging",
    ),
    EntityRow(
        key="connected",
        platform=Platform.BINARY_SENSOR,
        name="Connected",
        about="Whether the wallbox is connected to the app.",
        value=lambda state: state.connected,
        availability=Availability.LINK,
        device_class="connectivity",
        category=Category.DIAGNOSTIC,
    ),
    EntityRow(
        key="vehicle_connected",
        platform=Platform.BINARY_SENSOR,
        name="Vehicle connected",
        about="Whether a car is plugged in.",
        value=lambda state: state.vehicle_connected,
        device_class="plug",
    ),
    EntityRow(
        key="problem",
        platform=Platform.BINARY_SENSOR,
        name="Problem",
        about="Whether the wallbox reports a fault; the attributes name it.",
        value=is_problem,
        device_class="problem",
        category=Category.DIAGNOSTIC,
        attributes=lambda state: {
            "alerts": "; ".join(f"{place}: {text}" for place, text in state.alerts.items()) or None
        },
    ),
)

CONTROLS: tuple[EntityRow, ...] = (
    EntityRow(
        key="start_charging",
        platform=Platform.BUTTON,
        name="Start charging",
        about="Allows charging, and begins at once if a car is there.",
        availability=Availability.WISH,
        icon="mdi:play",
        command="start_charging",
    ),
    EntityRow(
        key="stop_charging",
        platform=Platform.BUTTON,
        name="Stop charging",
        about="Pauses charging until it is allowed again.",
        availability=Availability.WISH,
        icon="mdi:stop",
        command="stop_charging",
    ),
    EntityRow(
        key="refresh",
        platform=Platform.BUTTON,
        name="Refresh",
        about="Asks the wallbox for fresh values.",
        category=Category.DIAGNOSTIC,
        icon="mdi:refresh",
        command="refresh",
    ),
    EntityRow(
        key="restart",
        platform=Platform.BUTTON,
        name="Restart",
        about="Restarts the wallbox once no car is charging.",
        device_class="restart",
        category=Category.CONFIG,
        command="restart",
    ),
    EntityRow(
        key="current_limit",
        platform=Platform.NUMBER,
        name="Current limit",
        about="The highest current per phase that the car may take.",
        value=current_limit_a,
        availability=Availability.WISH,
        device_class="current",
        unit="A",
        icon="mdi:current-ac",
        command="set_current_limit",
        range=Range(low=6, high=None, step=1),
    ),
    EntityRow(
        key="led_brightness",
        platform=Platform.NUMBER,
        name="LED brightness",
        about="Brightness of the wallbox's status light.",
        value=led_brightness_percent,
        unit="%",
        category=Category.CONFIG,
        icon="mdi:led-on",
        command="set_led_brightness",
        range=Range(low=0, high=100, step=1),
    ),
    EntityRow(
        key="charging_allowed",
        platform=Platform.SWITCH,
        name="Charging allowed",
        about="Whether a car may charge; off pauses it.",
        value=lambda state: state.desired.charging_allowed,
        availability=Availability.WISH,
        icon="mdi:ev-station",
        command="allow_charging",
    ),
)
