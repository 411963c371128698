"""Frames are kept within bounds and shown without secrets."""

import json
from datetime import UTC, datetime

import pytest

from bmw_wallbox.csms.frames import FrameLog, Row
from bmw_wallbox.domain.redaction import redacted

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)


def test_a_row_tells_what_travelled() -> None:
    frames = FrameLog()
    frames.record("A", '[2,"1","Reset",{"type":"OnIdle"}]', at=AT, direction="out", action="Reset")
    frames.record("A", '[3,"1",{"status":"Accepted"}]', at=AT, direction="in", action="Reset")
    frames.record("A", "rubbish 04AABBCC", at=AT, direction="in")
    assert frames.to_json("A") == [
        {
            "at": "2026-06-01T12:00:00.000Z",
            "direction": "out",
            "type": "CALL",
            "action": "Reset",
            "id": "1",
            "payload": {"type": "OnIdle"},
        },
        {
            "at": "2026-06-01T12:00:00.000Z",
            "direction": "in",
            "type": "CALLRESULT",
            "action": "Reset",
            "id": "1",
            "payload": {"status": "Accepted"},
        },
        {
            "at": "2026-06-01T12:00:00.000Z",
            "direction": "in",
            "type": "unreadable",
            "action": None,
            "id": None,
            "payload": "16 characters",
        },
    ]
    assert frames.to_json("B") == []


def test_only_so_much_is_kept() -> None:
    frames = FrameLog(max_frames=10, max_characters=1000)
    for number in range(50):
        frames.record("A", json.dumps([2, str(number), "Heartbeat", {}]), at=AT, direction="in")
    assert [row["id"] for row in frames.to_json("A")] == [str(number) for number in range(40, 50)]
    frames.record("A", json.dumps([2, "big", "DataTransfer", {"data": "x" * 900}]), at=AT, direction="in")
    assert len(frames.to_json("A")) <= 3
    for number in range(50):
        frames.record(f"station {number}", "[]", at=AT, direction="in")
    assert frames.to_json("A") == []


def test_a_listener_hears_until_it_unsubscribes() -> None:
    frames, heard = FrameLog(), list[tuple[str, Row]]()
    unsubscribe = frames.subscribe(lambda station, row: heard.append((station, row)))
    frames.record("A", '[2,"1","Authorize",{"idToken":{"idToken":"04AABBCC"}}]', at=AT, direction="in")
    unsubscribe()
    unsubscribe()
    frames.record("A", "[]", at=AT, direction="in")
    assert [(station, row["payload"]) for station, row in heard] == [("A", {"idToken": {"idToken": "…BBCC"}})]


@pytest.mark.parametrize(
    "payload",
    [
        {"idToken": {"idToken": "SECRETX1", "additionalInfo": [{"additionalIdToken": "SECRETX2"}]}},
        {"setVariableData": [{"attributeValue": "SECRET", "variable": {"name": "BasicAuthPassword"}}]},
        {
            "reportData": [
                {"variable": {"name": "basicauthpassword"}, "variableAttribute": [{"value": "SECRET"}]}
            ]
        },
        {"eventData": [{"actualValue": "SECRET", "variable": {"name": "ApiSecret"}}]},
        {"connectionData": {"vpn": {"user": "u", "password": "SECRET", "key": "SECRET"}}},
        {"connectionData": {"apn": {"apnPassword": "SECRET", "simPin": 1}}},
        {"certificateChain": "-----BEGIN CERTIFICATE-----\nSECRET"},
        {"log": {"remoteLocation": "https://user:SECRET@host/x"}},
        {"customerIdentifier": "SECRETX3"},
        [[[{"password": "SECRET"}]]],
    ],
)
def test_secrets_are_masked_wherever_they_stand(payload: object) -> None:
    assert "SECRET" not in json.dumps(redacted(payload))


def test_what_is_no_secret_stays() -> None:
    payload = {
        "keys": [1, 2.5, None, True],
        "status": "Accepted",
        "evse": {"id": 1},
        "setVariableData": [{"attributeValue": "10", "variable": {"name": "TxUpdatedInterval"}}],
        "url": "https://host/path",
    }
    assert redacted(payload) == payload


def test_absurd_depth_is_cut() -> None:
    node: dict[str, object] = {}
    for _ in range(900):
        node = {"a": node}
    json.dumps(redacted(node))


def test_a_listener_that_fails_disturbs_nobody(caplog: pytest.LogCaptureFixture) -> None:
    frames, heard = FrameLog(), list[str]()

    def broken(_station: str, _row: Row) -> None:
        raise RuntimeError

    frames.subscribe(broken)
    frames.subscribe(lambda station, _row: heard.append(station))
    frames.record("A", "[]", at=AT, direction="in")
    assert heard == ["A"]
    assert "listener" in caplog.text
