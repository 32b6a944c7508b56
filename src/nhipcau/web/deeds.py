"""Which deed each signalling message is. A message without one fails the build, and at run time."""

from collections.abc import Mapping
from typing import get_args

from nhipcau.access.actions import Action
from nhipcau.web import drill_messages as drilled
from nhipcau.web import messages as said
from nhipcau.web import roll_messages as roll
from nhipcau.web import scenario_messages as led
from nhipcau.web import vote_messages as polled

DEEDS: Mapping[type[said.ClientMessage], Action] = {
    said.Knock: Action.LIVE_ENTER,
    said.Hello: Action.LIVE_ENTER,
    said.Warm: Action.LIVE_ENTER,
    said.Answer: Action.LIVE_MEDIA,
    said.Leave: Action.LIVE_ENTER,
    said.Ping: Action.LIVE_ENTER,
    said.Report: Action.LIVE_STATISTICS,
    said.Mic: Action.LIVE_MICROPHONE,
    said.Camera: Action.LIVE_CAMERA,
    said.Hand: Action.LIVE_HAND,
    said.Content: Action.LIVE_CONTENT,
    said.GiveFloor: Action.LIVE_FLOOR,
    said.TakeFloor: Action.LIVE_FLOOR,
    said.Next: Action.LIVE_FLOOR,
    said.SetLayout: Action.LIVE_LAYOUT,
    said.Mute: Action.LIVE_MUTE,
    said.MuteAll: Action.LIVE_MUTE_ALL,
    said.LowerHand: Action.LIVE_LOWER_HAND,
    said.StopContent: Action.LIVE_STOP_CONTENT,
    said.Undo: Action.LIVE_UNDO,
    said.EndMeeting: Action.LIVE_END,
    said.HandsViaParent: Action.LIVE_REQUESTS_VIA_PARENT,
    said.ForwardHand: Action.LIVE_FORWARD_HAND,
    said.Doors: Action.LIVE_DOORS,
    said.Admit: Action.LIVE_ADMIT,
    said.Remove: Action.LIVE_REMOVE,
    said.Restore: Action.LIVE_REMOVE,
    said.Lock: Action.LIVE_DOORS,
    said.ShowRoster: Action.LIVE_ADMIT,
    said.Look: Action.LIVE_LOOK,
    said.RoomTest: Action.LIVE_TEST,
    said.WatchStills: Action.LIVE_STILLS,
    roll.CallRoll: Action.LIVE_ROLL_CALL,
    roll.StopRoll: Action.LIVE_ROLL_CALL,
    roll.Here: Action.LIVE_HERE,
    roll.ConfirmHere: Action.LIVE_CONFIRM_HERE,
    led.CueNext: Action.LIVE_SCENARIO,
    led.Merge: Action.LIVE_SCENARIO,
    led.CueBack: Action.LIVE_SCENARIO,
    led.CuePutOff: Action.LIVE_SCENARIO_ORDER,
    led.CueSkip: Action.LIVE_SCENARIO_ORDER,
    led.CueMove: Action.LIVE_SCENARIO_ORDER,
    led.CueExtend: Action.LIVE_SCENARIO_ORDER,
    led.CueInsert: Action.LIVE_SCENARIO_ORDER,
    polled.VoteOpen: Action.LIVE_VOTE,
    polled.VoteClose: Action.LIVE_VOTE,
    polled.VoteShow: Action.LIVE_VOTE,
    polled.VoteCast: Action.LIVE_VOTE_CAST,
    polled.VoteRecord: Action.LIVE_VOTE_RECORD,
    polled.Prompt: Action.LIVE_PROMPT,
    drilled.StartDrill: Action.LIVE_DRILL,
    drilled.Drilled: Action.LIVE_STATISTICS,
}


def message_types() -> tuple[type[said.ClientMessage], ...]:
    """Return every message that an endpoint may send."""
    types: tuple[type[said.ClientMessage], ...] = get_args(said.ClientMessage)
    return types
