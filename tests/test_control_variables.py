"""The control worker and the wallbox's own variables: written once, read back, refused in words."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bmw_wallbox.domain.calls import Answer, GetVariables, ItemAnswer, SetVariables
from bmw_wallbox.domain.commands import SetVariable
from bmw_wallbox.domain.device import Variable
from bmw_wallbox.domain.events import VariablesReported
from bmw_wallbox.handling import ControlSettings
from tests.control_rig import SETTLE_S, Rig
from tests.domain.story import booted
from tests.fakes.link import link_lost, rejected

FUSE = Variable(
    component="LocalSmartChargingCtrlr",
    component_instance="DLC",
    variable="CurrentSafeLLM",
    value="0",
    data_type="integer",
    minimum=0,
    maximum=10,
)
OTHER = Variable(component="OCPPCommCtrlr", variable="HeartbeatInterval", value="10", data_type="integer")


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    rig = Rig(ControlSettings(settle_s=SETTLE_S))
    await rig.tell(VariablesReported(at=rig.clock.now(), variables=(FUSE, OTHER)))
    task = asyncio.create_task(rig.run())
    yield rig
    task.cancel()
    await task
    rig.check()


def said(status: str, value: str | None = None) -> Answer:
    item = ItemAnswer(component=FUSE.component, variable=FUSE.variable, status=status, value=value)
    return Answer(accepted=True, status="Accepted", items=(item,))


def held(rig: Rig, variable: Variable = FUSE) -> Variable:
    return rig.station.state.inventory.variables[variable.name]


def fuse(value: str) -> SetVariable:
    return SetVariable(variable=FUSE.name, value=value)


async def test_the_master_pass_group_is_written_as_soon_as_the_owner_sets_it(rig: Rig) -> None:
    # OCPP 2.0.1 C16
    group = Variable(component="AuthCtrlr", variable="MasterPassGroupId", data_type="string")
    await rig.tell(VariablesReported(at=rig.clock.now(), variables=(group,)))
    link = await rig.connect()
    assert not link.of(SetVariables)
    await rig.control.reconfigure(ControlSettings(settle_s=SETTLE_S, master_pass_group_id="POLICE"))
    await rig.until(lambda: held(rig, group).value == "POLICE")
    assert [call.items[0].value for call in link.of(SetVariables)] == ["POLICE"]


async def test_a_variable_is_written_once_and_read_back(rig: Rig) -> None:
    link = await rig.connect()
    link.script[GetVariables] = said("Accepted", "7")
    seen = len(link.calls)
    assert rig.outcome(await rig.order(fuse("7.0"))) == "applied"
    written, read = link.calls[seen:]
    assert isinstance(written, SetVariables)
    assert isinstance(read, GetVariables)
    assert [(item.component_instance, item.value) for item in written.items] == [("DLC", "7")]
    assert held(rig).value == "7"
    assert (held(rig).maximum, held(rig).data_type) == (10, "integer")


async def test_what_the_wallbox_made_of_the_value_is_what_shows(rig: Rig) -> None:
    link = await rig.connect()
    link.script[GetVariables] = said("Accepted", "6")
    await rig.order(fuse("7"))
    assert held(rig).value == "6"


@pytest.mark.parametrize("answer", [rejected(), link_lost, said("Rejected")])
async def test_a_write_counts_even_if_it_cannot_be_read_back(rig: Rig, answer: Answer) -> None:
    link = await rig.connect()
    link.script[GetVariables] = answer
    assert rig.outcome(await rig.order(fuse("7"))) == "applied"
    assert held(rig).value == "7"


async def test_a_refused_write_changes_nothing_and_says_why(rig: Rig) -> None:
    link = await rig.connect()
    link.script[SetVariables] = rejected("ReadOnly: locked by the installer")
    command = await rig.order(fuse("7"))
    assert rig.outcome(command) == "refused"
    assert rig.report(command).message == "ReadOnly: locked by the installer"
    assert held(rig).value == "0"
    assert link.of(GetVariables) == []


async def test_a_value_that_waits_for_a_reboot_says_so_until_the_wallbox_boots(rig: Rig) -> None:
    link = await rig.connect()
    link.script[SetVariables] = said("RebootRequired")
    link.script[GetVariables] = said("Accepted", "0")
    command = await rig.order(fuse("7"))
    assert rig.outcome(command) == "applied"
    assert rig.report(command).message.endswith("It takes effect once the wallbox has restarted.")
    assert rig.station.state.facts.reboot_required
    assert held(rig).value == "0"
    await rig.tell(booted(rig.seconds))
    assert not rig.station.state.facts.reboot_required


async def test_nothing_is_written_while_the_wallbox_is_away(rig: Rig) -> None:
    assert rig.outcome(await rig.order(fuse("7"))) == "offline"
    link = await rig.connect()
    assert link.of(SetVariables) == []


async def test_two_variables_do_not_replace_each_other_but_two_values_of_one_do(rig: Rig) -> None:
    link = await rig.connect()
    link.hold(SetVariables)
    first = await rig.order(fuse("1"))
    older, other, newer = (
        rig.submit(fuse("2")),
        rig.submit(SetVariable(variable=OTHER.name, value="60")),
        rig.submit(fuse("3")),
    )
    link.release(SetVariables)
    await rig.quiet()
    assert [rig.outcome(job) for job in (first, older, other, newer)] == [
        "failed",
        "failed",
        "applied",
        "applied",
    ]
    assert (held(rig).value, held(rig, OTHER).value) == ("3", "60")


async def test_a_flood_of_writes_is_refused_beyond_a_bound(rig: Rig) -> None:
    link = await rig.connect()
    link.hold(SetVariables)
    await rig.order(fuse("1"))
    names = [f"Made/Up{number}" for number in range(60)]
    jobs = [rig.submit(SetVariable(variable=name, value="1")) for name in names]
    refused = [job for job in jobs if "Too many" in rig.report(job).message]
    assert len(refused) == 11
    link.release(SetVariables)
    await rig.quiet()


async def test_the_report_names_the_variable_and_never_its_value(rig: Rig) -> None:
    await rig.connect()
    report = rig.report(await rig.order(SetVariable(variable="Security/Password", value="hunter2")))
    assert (report.outcome, report.value) == ("refused", "Security/Password")
    assert "hunter2" not in report.message
