"""The first contact learns what the box can, makes values flow, and is not repeated."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bmw_wallbox.domain.calls import (
    Answer,
    Call,
    GetBaseReport,
    GetTransactionStatus,
    ItemAnswer,
    SetVariables,
    TriggerMessage,
)
from bmw_wallbox.domain.decide import refresh_calls
from bmw_wallbox.domain.device import Variable
from bmw_wallbox.domain.event import Event
from bmw_wallbox.domain.events import InventoryCompleted, VariablesReported
from bmw_wallbox.domain.first_contact import INVENTORY_TIMEOUT_S, Await, converse
from bmw_wallbox.domain.state import StationState
from bmw_wallbox.domain.vocabulary import Metering, TransactionEventType
from tests.domain.story import CHARGING, at, booted, connected, fresh, play, started, updated

if TYPE_CHECKING:
    from collections.abc import Mapping

ACCEPTED = Answer(accepted=True, status="Accepted")
SILENCE = Answer(accepted=False, status="timed_out", reason="The wallbox did not answer.")
OFFERED = ("Current.Import", "Energy.Active.Import.Register", "Power.Active.Import", "Voltage")
INVENTORY = VariablesReported(
    at=at(1),
    variables=(
        Variable(
            component="SampledDataCtrlr",
            variable="TxUpdatedMeasurands",
            value="Energy.Active.Import.Register",
            data_type="MemberList",
            options=OFFERED,
        ),
    ),
)


class Box:
    """Answers a conversation, and holds the state that it moves."""

    def __init__(self, state: StationState) -> None:
        self.state = state
        self.calls: list[Call] = []
        self.waits: list[Await] = []
        self.report: Answer = ACCEPTED
        self.reports_at_once = True
        self.items: Mapping[str, str | Answer] = {}
        self.transaction_status = ACCEPTED
        self.master_pass_group_id = ""

    def talk(self) -> "Box":
        """Hold one conversation to its end."""
        self.calls, self.waits = [], []
        talk = converse(lambda: self.state, lambda: at(2), lambda: 77, 10, self.master_pass_group_id)
        answer: Answer | None = None
        while True:
            try:
                step = talk.send(answer)
            except StopIteration:
                return self
            answer = None
            if isinstance(step, Await):
                self._wait(step)
            elif isinstance(step, Event):
                self.state = play(self.state, step)
            else:
                self.calls.append(step)
                answer = self._answer(step)

    def _wait(self, step: Await) -> None:
        self.waits.append(step)
        assert not step.condition()
        if self.reports_at_once:
            self.state = play(self.state, INVENTORY, InventoryCompleted(at=at(1)))
            assert step.condition()

    def _answer(self, call: Call) -> Answer:
        match call:
            case GetBaseReport():
                return self.report
            case SetVariables(items=(item,)):
                answer = self.items.get(item.variable, "Accepted")
                if isinstance(answer, Answer):
                    return answer
                told = ItemAnswer(component=item.component, variable=item.variable, status=answer)
                return Answer(accepted=answer == "Accepted", status=answer, items=(told,))
            case GetTransactionStatus():
                return self.transaction_status
            case _:
                return ACCEPTED

    @property
    def written(self) -> dict[str, str]:
        return {
            f"{item.component}.{item.variable}": item.value
            for call in self.calls
            if isinstance(call, SetVariables)
            for item in call.items
        }


@pytest.fixture
def box() -> Box:
    return Box(play(fresh(), connected(), booted()))


def asks_status_only(box: Box) -> bool:
    return tuple(box.calls) == refresh_calls(box.state, inventory=False)


def test_status_comes_first_then_inventory_then_measurands(box: Box) -> None:
    box.talk()
    kinds = [type(call) for call in box.calls]
    assert kinds == [TriggerMessage] * 3 + [GetBaseReport] + [SetVariables] * 5
    assert box.calls[3] == GetBaseReport(request_id=77)
    assert [wait.timeout_s for wait in box.waits] == [INVENTORY_TIMEOUT_S]
    assert (box.state.metering, box.state.metering_note) == (Metering.STREAMING, "")
    assert box.state.inventory.complete_for_firmware == "01.20.06.71"


def test_everything_that_the_box_offers_is_asked_for_in_both_lists(box: Box) -> None:
    everything = ",".join(OFFERED)
    assert box.talk().written == {
        "SampledDataCtrlr.TxUpdatedMeasurands": everything,
        "SampledDataCtrlr.TxUpdatedInterval": "10",
        "SampledDataCtrlr.TxStartedMeasurands": "Energy.Active.Import.Register",
        "SampledDataCtrlr.TxEndedMeasurands": "Energy.Active.Import.Register",
        "AlignedDataCtrlr.Measurands": everything,
    }


def test_a_second_contact_only_looks(box: Box) -> None:
    assert asks_status_only(box.talk().talk())


def returning(box: Box) -> Box:
    """Return the box back on a new connection, with a transaction known from the one before."""
    box.talk()
    box.state = play(box.state, started(10), CHARGING, connected(60))
    return box


@pytest.mark.parametrize(
    ("ongoing", "waiting", "runs"),
    [
        (True, False, True),
        (False, True, True),
        (False, None, True),
        (None, False, True),
        (False, False, False),
    ],
)
def test_a_transaction_that_the_box_disowns_is_let_go_once_nothing_of_it_waits(
    box: Box, *, ongoing: bool | None, waiting: bool | None, runs: bool
) -> None:
    returning(box).transaction_status = Answer(
        accepted=True, status="Accepted", ongoing=ongoing, messages_waiting=waiting
    )
    box.talk()
    assert GetTransactionStatus(transaction_id="tx-1") in box.calls
    assert (box.state.transaction is not None) is runs
    assert box.state.last_event.event_type is TransactionEventType.UPDATED


def test_a_transaction_that_the_box_speaks_of_is_not_asked_about(box: Box) -> None:
    again = returning(box)
    again.state = play(again.state, updated(61, 4))
    assert asks_status_only(again.talk())


def test_a_refused_question_about_a_transaction_decides_nothing(box: Box) -> None:
    returning(box).transaction_status = Answer(accepted=False, status="NotImplemented")
    assert box.talk().state.transaction is not None


def test_another_firmware_repeats_everything(box: Box) -> None:
    box.talk()
    box.state = play(box.state, connected(60), booted(61, firmware="02.00"))
    box.talk()
    assert GetBaseReport(request_id=77) in box.calls
    assert len(box.written) == 5
    assert asks_status_only(box.talk())


def test_a_box_that_tells_no_firmware_has_its_inventory_taken_once(box: Box) -> None:
    box.state = play(fresh(), connected(), booted(firmware=None))
    assert len(box.talk().written) == 5
    assert asks_status_only(box.talk())


@pytest.mark.parametrize("status", ["NotSupported", "EmptyResultSet", "NotImplemented"])
def test_a_box_without_an_inventory_is_asked_once_and_gets_the_usual_measurands(
    box: Box, status: str
) -> None:
    box.report = Answer(accepted=False, status=status)
    # the few variables that a NotifyEvent told are no inventory
    stray = Variable(component="MeteringCtrlr", variable="Aggregation", value="7")
    box.state = play(box.state, VariablesReported(at=at(1), variables=(stray,)))
    assert box.talk().written["SampledDataCtrlr.TxUpdatedMeasurands"] == (
        "Energy.Active.Import.Register,Power.Active.Import,Current.Import,Voltage"
    )
    assert not box.state.inventory.supported
    assert asks_status_only(box.talk())


def test_a_firmware_without_a_report_keeps_the_inventory_of_the_last_one(box: Box) -> None:
    box.talk()
    box.report = Answer(accepted=False, status="NotSupported")
    box.state = play(box.state, booted(61, firmware="02.00"))
    box.talk()
    assert box.state.inventory.supported
    assert box.state.inventory.find("TxUpdatedMeasurands") is not None
    assert asks_status_only(box.talk())


@pytest.mark.parametrize("report", [Answer(accepted=False, status="Rejected"), SILENCE])
def test_a_report_that_did_not_come_is_asked_for_next_time(box: Box, report: Answer) -> None:
    box.report = report
    box.talk()
    assert box.state.metering is Metering.STREAMING
    box.talk()
    assert GetBaseReport(request_id=77) in box.calls


def test_a_report_that_never_ends_delays_the_rest_only_so_long(box: Box) -> None:
    box.reports_at_once = False
    assert box.talk().state.metering is Metering.STREAMING
    assert box.state.inventory.complete_for_firmware is None


@pytest.mark.parametrize("variable", ["TxUpdatedMeasurands", "TxUpdatedInterval"])
@pytest.mark.parametrize(
    "answer",
    [
        "Rejected",
        "NotSupportedAttributeType",
        "RebootRequired",
        Answer(accepted=False, status="InternalError"),
    ],
)
def test_what_values_need_and_the_box_refuses_means_polling_and_a_note(
    box: Box, variable: str, answer: str | Answer
) -> None:
    box.items = {variable: answer}
    box.talk()
    said = answer.status if isinstance(answer, Answer) else answer
    assert box.state.metering is Metering.POLLING
    assert box.state.metering_note == f"SampledDataCtrlr.{variable}: {said}"
    assert len(box.written) == 5


def test_a_refused_list_that_values_do_not_need_is_only_noted(box: Box) -> None:
    box.items = {"Measurands": "UnknownVariable", "TxEndedMeasurands": "Rejected"}
    box.talk()
    assert box.state.metering is Metering.STREAMING
    assert box.state.metering_note == (
        "SampledDataCtrlr.TxEndedMeasurands: Rejected; AlignedDataCtrlr.Measurands: UnknownVariable"
    )


@pytest.mark.parametrize(
    ("answer", "again"), [(SILENCE, True), ("RebootRequired", False), ("Rejected", False)]
)
def test_silence_is_tried_again_and_an_answer_is_an_answer(
    box: Box, answer: str | Answer, *, again: bool
) -> None:
    box.items = {"TxUpdatedInterval": answer}
    box.talk()
    box.items = {}
    assert bool(box.talk().written) is again
    assert box.state.metering is (Metering.STREAMING if again else Metering.POLLING)


def test_a_boot_sets_the_measurands_again_and_may_end_the_polling(box: Box) -> None:
    box.items = {"TxUpdatedInterval": "RebootRequired"}
    box.talk()
    box.items = {}
    box.state = play(box.state, connected(60), booted(61))
    box.talk()
    assert GetBaseReport(request_id=77) not in box.calls
    assert len(box.written) == 5
    assert (box.state.metering, box.state.metering_note) == (Metering.STREAMING, "")


def test_a_silent_box_gets_through_the_conversation(box: Box) -> None:
    box.report = SILENCE
    box.items = dict.fromkeys(
        [
            "TxUpdatedMeasurands",
            "TxUpdatedInterval",
            "TxStartedMeasurands",
            "TxEndedMeasurands",
            "Measurands",
        ],
        SILENCE,
    )
    assert box.talk().state.metering is Metering.POLLING


def knows_a_master_pass(box: Box, **traits: Any) -> Box:  # noqa: ANN401  # fields of Variable
    """Return the box, set up, with the variable for it among what it reported."""
    variable = Variable(component="AuthCtrlr", variable="MasterPassGroupId", data_type="string")
    told = VariablesReported(at=at(3), variables=(replace(variable, **traits),))
    box.state = play(box.talk().state, told)
    return box


def test_the_master_pass_group_is_told_to_a_box_that_can_hold_it(box: Box) -> None:
    # OCPP 2.0.1 C16
    knows_a_master_pass(box).master_pass_group_id = "POLICE"
    assert box.talk().written == {"AuthCtrlr.MasterPassGroupId": "POLICE"}
    assert asks_status_only(box.talk())


def test_a_master_pass_group_that_was_taken_back_is_taken_from_the_box(box: Box) -> None:
    knows_a_master_pass(box, value="POLICE")
    assert box.talk().written == {"AuthCtrlr.MasterPassGroupId": ""}
    assert asks_status_only(box.talk())


def test_a_master_pass_group_that_the_box_refused_is_told_again_next_time(box: Box) -> None:
    knows_a_master_pass(box).master_pass_group_id = "POLICE"
    box.items = {"MasterPassGroupId": "Rejected"}
    box.talk()
    assert box.talk().written == {"AuthCtrlr.MasterPassGroupId": "POLICE"}


def test_a_master_pass_group_that_waits_for_a_boot_is_told_again_until_the_box_holds_it(box: Box) -> None:
    knows_a_master_pass(box).master_pass_group_id = "POLICE"
    box.items = {
        "MasterPassGroupId": Answer(
            accepted=True,
            status="Accepted",
            items=(ItemAnswer(component="AuthCtrlr", variable="MasterPassGroupId", status="RebootRequired"),),
        )
    }
    assert box.talk().state.facts.reboot_required
    assert box.talk().written


def test_a_box_that_knows_no_master_pass_or_has_its_own_is_left_alone(box: Box) -> None:
    box.talk().master_pass_group_id = "POLICE"
    assert asks_status_only(box.talk())
    knows_a_master_pass(box, mutability="ReadOnly")
    assert asks_status_only(box.talk())
