"""From a signalling message to a command of the conference, and from its outcome to the answer."""

from collections.abc import Callable, Mapping
from typing import Any

from nhipcau.audit.entry import DONE
from nhipcau.conference import commands as ask
from nhipcau.conference.refusal import Refusal, RefusalCode
from nhipcau.mcu.desk import Desk
from nhipcau.mcu.endpoint import Endpoint, Outgoing
from nhipcau.web import messages as said
from nhipcau.web import roll_messages as roll
from nhipcau.web import scenario_messages as led
from nhipcau.web import vote_messages as polled
from nhipcau.web.deeds import DEEDS


def to_command(desk: Desk, endpoint: Endpoint, message: said.ClientMessage) -> Outgoing:
    """Give a person's message to the conference and return the answer, `ok` or `error`."""
    command = TRANSLATIONS[type(message)](endpoint.actor(), message)
    outcome = desk.command(command)
    number = getattr(message, "id", None)
    unchanged = isinstance(outcome, Refusal) and outcome.code is RefusalCode.UNCHANGED
    if not unchanged:
        code = outcome.code.value if isinstance(outcome, Refusal) else DONE
        desk.audit.did(endpoint, DEEDS[type(message)].value, particulars(message), code)
    if isinstance(outcome, Refusal) and not unchanged:
        error = {"type": "error", "code": outcome.code.value, "detail": outcome.detail}
        return error if number is None else {**error, "id": number}
    return {"type": "ok", "id": number}


def particulars(message: said.ClientMessage) -> dict[str, object]:
    """Return what a message says, for the audit; `do` is its type, because deeds have several."""
    said_so: dict[str, object] = message.model_dump(exclude={"id"}, exclude_none=True)
    return {"do": said_so.pop("type"), **said_so}


_Translation = Callable[[ask.Actor, Any], ask.Command]

TRANSLATIONS: Mapping[type[said.ClientMessage], _Translation] = {
    said.Mic: lambda actor, message: ask.SetMicrophone(actor, message.open),
    said.Camera: lambda actor, message: ask.SetCamera(actor, message.on),
    said.Hand: lambda actor, message: ask.SetHand(actor, message.up),
    said.Content: lambda actor, message: ask.SetContent(actor, message.on),
    said.GiveFloor: lambda actor, message: ask.GiveFloor(actor, message.site, message.beside),
    said.TakeFloor: lambda actor, message: ask.TakeFloor(actor, message.site),
    said.Next: lambda actor, message: ask.NameNext(actor, message.site),
    said.SetLayout: lambda actor, message: ask.SetLayout(actor, message.layout),
    said.Mute: lambda actor, message: ask.Mute(actor, message.site),
    said.MuteAll: lambda actor, message: ask.MuteAll(actor, message.locked),
    said.LowerHand: lambda actor, message: ask.LowerHand(actor, message.site),
    said.StopContent: lambda actor, _message: ask.StopContent(actor),
    said.Undo: lambda actor, _message: ask.Undo(actor),
    said.EndMeeting: lambda actor, _message: ask.EndMeeting(actor),
    said.HandsViaParent: lambda actor, message: ask.SetHandsViaParent(actor, message.on),
    said.ForwardHand: lambda actor, message: ask.ForwardHand(actor, message.site),
    said.Doors: lambda actor, message: ask.SetDoors(actor, message.ask),
    said.Admit: lambda actor, message: ask.Admit(actor, message.site),
    said.Remove: lambda actor, message: ask.Remove(actor, message.site),
    said.Restore: lambda actor, message: ask.Restore(actor, message.site),
    said.Lock: lambda actor, message: ask.Lock(actor, message.on),
    said.ShowRoster: lambda actor, message: ask.ShowRoster(actor, message.site, message.on),
    roll.CallRoll: lambda actor, message: ask.CallRoll(actor, message.again),
    roll.StopRoll: lambda actor, _message: ask.StopRoll(actor),
    roll.Here: lambda actor, _message: ask.PressHere(actor),
    roll.ConfirmHere: lambda actor, message: ask.ConfirmHere(actor, message.site, message.on),
    led.CueNext: lambda actor, message: ask.Advance(actor, message.seen),
    led.Merge: lambda actor, _message: ask.Merge(actor),
    led.CueBack: lambda actor, message: ask.GoBack(actor, message.seen),
    led.CuePutOff: lambda actor, message: ask.PutOff(actor, message.seen),
    led.CueSkip: lambda actor, m: ask.Skip(actor, m.seen, m.cue, m.turn, m.on),
    led.CueMove: lambda actor, m: ask.MoveCue(actor, m.seen, m.cue, m.after),
    led.CueExtend: lambda actor, message: ask.Extend(actor, message.seen, message.minutes),
    polled.VoteOpen: lambda actor, m: ask.OpenVote(actor, m.question, m.answers, m.delegations),
    polled.VoteCast: lambda actor, message: ask.CastVote(actor, message.vote, message.answer),
    polled.VoteRecord: lambda actor, m: ask.RecordVote(actor, m.vote, m.site, m.answer),
    polled.VoteClose: lambda actor, message: ask.CloseVote(actor, message.vote),
    polled.VoteShow: lambda actor, message: ask.ShowVote(actor, message.vote),
    polled.Prompt: lambda actor, m: ask.SendPrompt(actor, m.text, m.site, m.subtree, m.shown_s),
    led.CueInsert: lambda actor, m: ask.InsertCue(
        actor, m.seen, m.title, m.minutes, m.site, m.after
    ),
}
