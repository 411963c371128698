"""The answer to each request that a station may make (OCPP 2.0.1 part 2).

A handler decodes, hands over and answers. It never calls the station: the answer to that call would wait
behind the handler itself.
"""

from bmw_wallbox.clock import Clock
from bmw_wallbox.csms.decode import decode
from bmw_wallbox.csms.fields import Payload, exact, mapping, text
from bmw_wallbox.csms.ports import Sink
from bmw_wallbox.csms.routing import Json, on
from bmw_wallbox.csms.schedules import highest_limit_a
from bmw_wallbox.csms.timestamps import write_timestamp
from bmw_wallbox.domain.device import PresentedCard
from bmw_wallbox.domain.device_events import Noted
from bmw_wallbox.domain.events import AnyEvent
from bmw_wallbox.domain.tokens import PresentedToken, TokenAnswer

HEARTBEAT_INTERVAL_S = 60
_TOLERANCE_A = 0.05
BOOT_RETRY_S = 30
"""How soon a station that waits for approval sends its next BootNotification (B02)."""


class Handlers:
    """One method per action; payloads are camelCase, as they travel."""

    def __init__(self, *, sink: Sink | None, clock: Clock) -> None:
        self.sink = sink
        self.clock = clock

    @property
    def pending(self) -> bool:
        """Return whether the station waits for approval; then nothing that it says is taken in."""
        return self.sink is None

    @on("BootNotification")
    async def on_boot_notification(self, payload: Json) -> Json:
        """Accept the station, or let it wait (B01, B02)."""
        await self._take("BootNotification", payload)
        return {
            "currentTime": self._now(),
            "interval": BOOT_RETRY_S if self.pending else HEARTBEAT_INTERVAL_S,
            "status": "Pending" if self.pending else "Accepted",
        }

    @on("Heartbeat")
    async def on_heartbeat(self, payload: Json) -> Json:
        """Tell the time (G02)."""
        await self._take("Heartbeat", payload)
        return {"currentTime": self._now()}

    @on("Authorize")
    async def on_authorize(self, payload: Json) -> Json:
        """Judge a token; a contract certificate cannot be verified here (C01, C07.FR.17)."""
        await self._take("Authorize", payload)
        token = mapping(payload, "idToken")
        certified = "certificate" in payload or "iso15118CertificateHashData" in payload
        info = self._judge(token, certified=certified)
        card = PresentedCard(
            id_token=(exact(token, "idToken") or "")[:255],
            type=text(token, "type") or "",
            status=str(info["status"]),
            told_at=self.clock.now(),
        )
        await self._tell(Noted(at=card.told_at, note=card))
        answer: Json = {"idTokenInfo": info}
        return {**answer, "certificateStatus": "CertChainError"} if certified else answer

    @on("TransactionEvent")
    async def on_transaction_event(self, payload: Json) -> Json:
        """Take a transaction's event, and judge its token even if the station did (E01.FR.11).

        The cost is told where one is known (I02.FR.01, I03.FR.02); a message to the driver never is.
        """
        await self._take("TransactionEvent", payload)
        token, info = mapping(payload, "idToken"), mapping(payload, "transactionInfo")
        transaction_id = exact(info, "transactionId") or ""
        cost = self.sink.total_cost(transaction_id) if self.sink is not None else None
        answer: Json = {} if cost is None else {"totalCost": cost}
        if token:
            starts = payload.get("eventType") == "Started"
            by_hand = "remoteStartId" not in info and payload.get("offline") is not True
            answer["idTokenInfo"] = self._judge(
                token, transaction_id=transaction_id, starts=starts and by_hand
            )
        return answer

    @on("NotifyReport")
    async def on_notify_report(self, payload: Json) -> Json:
        """Take one part of a report of variables (B07, B08)."""
        return await self._take("NotifyReport", payload)

    @on("StatusNotification")
    async def on_status_notification(self, payload: Json) -> Json:
        """Take a connector's status (G01)."""
        return await self._take("StatusNotification", payload)

    @on("MeterValues")
    async def on_meter_values(self, payload: Json) -> Json:
        """Take meter values outside of transaction events (J01)."""
        return await self._take("MeterValues", payload)

    @on("NotifyEvent")
    async def on_notify_event(self, payload: Json) -> Json:
        """Take what monitors report (N07)."""
        return await self._take("NotifyEvent", payload)

    @on("NotifyChargingLimit")
    async def on_notify_charging_limit(self, payload: Json) -> Json:
        """Take a limit that somebody else set (K12)."""
        return await self._take("NotifyChargingLimit", payload)

    @on("ClearedChargingLimit")
    async def on_cleared_charging_limit(self, payload: Json) -> Json:
        """Take the end of such a limit (K13)."""
        return await self._take("ClearedChargingLimit", payload)

    @on("SecurityEventNotification")
    async def on_security_event_notification(self, payload: Json) -> Json:
        """Take a security event (A04)."""
        return await self._take("SecurityEventNotification", payload)

    @on("FirmwareStatusNotification")
    async def on_firmware_status_notification(self, payload: Json) -> Json:
        """Take the progress of an update (L01)."""
        return await self._take("FirmwareStatusNotification", payload)

    @on("NotifyEVChargingNeeds")
    async def on_notify_ev_charging_needs(self, payload: Json) -> Json:
        """Take what the car asks for; no schedule of ours follows, the limit is in force (K15.FR.04)."""
        return {**await self._take("NotifyEVChargingNeeds", payload), "status": "Rejected"}

    @on("NotifyEVChargingSchedule")
    async def on_notify_ev_charging_schedule(self, payload: Json) -> Json:
        """Take what the car plans, and say whether it keeps within the limit (K15.FR.11, FR.12)."""
        await self._take("NotifyEVChargingSchedule", payload)
        planned_a = highest_limit_a(mapping(payload, "chargingSchedule"))
        allowed_a = self.sink.limit_a() if self.sink is not None else 0.0
        within = planned_a is None or planned_a <= allowed_a + _TOLERANCE_A
        return {"status": "Accepted" if within else "Rejected"}

    @on("LogStatusNotification")
    async def on_log_status_notification(self, payload: Json) -> Json:
        """Take the progress of a log upload (N01)."""
        return await self._take("LogStatusNotification", payload)

    @on("NotifyCustomerInformation")
    async def on_notify_customer_information(self, payload: Json) -> Json:
        """Take a part of customer information (N09)."""
        return await self._take("NotifyCustomerInformation", payload)

    @on("NotifyDisplayMessages")
    async def on_notify_display_messages(self, payload: Json) -> Json:
        """Take the messages on the display (O03)."""
        return await self._take("NotifyDisplayMessages", payload)

    @on("NotifyMonitoringReport")
    async def on_notify_monitoring_report(self, payload: Json) -> Json:
        """Take a part of the monitors' report (N02)."""
        return await self._take("NotifyMonitoringReport", payload)

    @on("PublishFirmwareStatusNotification")
    async def on_publish_firmware_status_notification(self, payload: Json) -> Json:
        """Take the progress of a publication (L03)."""
        return await self._take("PublishFirmwareStatusNotification", payload)

    @on("ReportChargingProfiles")
    async def on_report_charging_profiles(self, payload: Json) -> Json:
        """Take the installed charging profiles (K09)."""
        return await self._take("ReportChargingProfiles", payload)

    @on("ReservationStatusUpdate")
    async def on_reservation_status_update(self, payload: Json) -> Json:
        """Take the end of a reservation (H01)."""
        return await self._take("ReservationStatusUpdate", payload)

    @on("DataTransfer")
    async def on_data_transfer(self, payload: Json) -> Json:
        """Know no vendor's messages (P02.FR.06)."""
        return {**await self._take("DataTransfer", payload), "status": "UnknownVendorId"}

    @on("Get15118EVCertificate")
    async def on_get_15118_ev_certificate(self, payload: Json) -> Json:
        """Have no certificate authority for cars (M01)."""
        return {**await self._take("Get15118EVCertificate", payload), "status": "Failed", "exiResponse": ""}

    @on("GetCertificateStatus")
    async def on_get_certificate_status(self, payload: Json) -> Json:
        """Have no certificate authority to ask (M06.FR.04)."""
        return {**await self._take("GetCertificateStatus", payload), "status": "Failed"}

    @on("SignCertificate")
    async def on_sign_certificate(self, payload: Json) -> Json:
        """Have no certificate authority to sign with (A02.FR.12)."""
        return {**await self._take("SignCertificate", payload), "status": "Rejected"}

    async def _take(self, action: str, payload: Json) -> Json:
        """Hand over what the payload tells, and return the empty answer."""
        await self._tell(*decode(action, payload, self.clock.now()))
        return {}

    async def _tell(self, *events: AnyEvent) -> None:
        if self.sink is not None and events:
            await self.sink.apply(*events)

    def _judge(
        self,
        token: Payload,
        *,
        transaction_id: str | None = None,
        starts: bool = False,
        certified: bool = False,
    ) -> Json:
        if self.sink is None:
            return {"status": "Unknown"}
        presented = PresentedToken(
            id_token=exact(token, "idToken") or "",
            type=exact(token, "type") or "",
            transaction_id=transaction_id,
            starts=starts,
            certified=certified,
        )
        return _token_info(self.sink.judge_token(presented))

    def _now(self) -> str:
        return write_timestamp(self.clock.now())


def _token_info(answer: TokenAnswer) -> Json:
    """Return the answer as IdTokenInfoType."""
    info: Json = {"status": answer.status}
    if answer.expires is not None:
        info["cacheExpiryDateTime"] = write_timestamp(answer.expires)
    if answer.group_id:
        info["groupIdToken"] = {"idToken": answer.group_id, "type": "Central"}
    return info
