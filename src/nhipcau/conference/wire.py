"""Events as JSON bytes: one record of the log, one message to a standby.

    {"v": 1, "event": "floor_given", "at_ms": 1706144400000, "site": "573"}

The names here are the stable ones; a class may be renamed. `v` is the version in which this event
got its shape, so that a log of an older version reads as it was written. Reading is strict: what
this version would not write is a `WireError`, never a guess and never another exception.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from enum import StrEnum
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from nhipcau.conference import carry_events as cev
from nhipcau.conference import drill_events as dev
from nhipcau.conference import events as ev
from nhipcau.conference import rollcall_events as rev
from nhipcau.conference import scenario_events as sev
from nhipcau.conference import split_events as spev
from nhipcau.conference import vote_events as vev
from nhipcau.conference.branch import Branch
from nhipcau.conference.commands import RosterRow
from nhipcau.conference.rollcall import Evidence
from nhipcau.conference.scenario import Ballot, Cue, Turn

# The newest version; what is not in `_SINCE` is as it was in the first.
WIRE_VERSION = 7

# One record of the log holds no more (ports.eventlog).
MAX_EVENT_BYTES = 65_536

EVENTS_BY_NAME: Mapping[str, type[ev.Event]] = {
    "conference_opened": ev.ConferenceOpened,
    "sites_listed": ev.SitesListed,
    "site_unlisted": ev.SiteUnlisted,
    "site_arrived": ev.SiteArrived,
    "endpoint_replaced": ev.EndpointReplaced,
    "connection_lost": ev.ConnectionLost,
    "site_departed": ev.SiteDeparted,
    "microphone_opened": ev.MicrophoneOpened,
    "microphone_closed": ev.MicrophoneClosed,
    "site_muted": ev.SiteMuted,
    "microphones_locked": ev.MicrophonesLocked,
    "camera_switched": ev.CameraSwitched,
    "hand_raised": ev.HandRaised,
    "hand_lowered": ev.HandLowered,
    "floor_given": ev.FloorGiven,
    "floor_taken": ev.FloorTaken,
    "content_started": ev.ContentStarted,
    "content_stopped": ev.ContentStopped,
    "layout_set": ev.LayoutSet,
    "site_waited": ev.SiteWaited,
    "site_admitted": ev.SiteAdmitted,
    "hand_asked": ev.HandAsked,
    "hands_via_parent_set": ev.HandsViaParentSet,
    "doors_set": ev.DoorsSet,
    "undo_point_set": ev.UndoPointSet,
    "undo_offered": ev.UndoOffered,
    "undo_spent": ev.UndoSpent,
    "next_named": ev.NextNamed,
    "guests_listed": ev.GuestsListed,
    "credential_shown": ev.CredentialShown,
    "credential_barred": ev.CredentialBarred,
    "credential_restored": ev.CredentialRestored,
    "site_removed": ev.SiteRemoved,
    "meeting_locked": ev.MeetingLocked,
    "roster_shown": ev.RosterShown,
    "pin_refused": ev.PinRefused,
    "cue_listed": sev.CueListed,
    "turns_listed": sev.TurnsListed,
    "cue_unlisted": sev.CueUnlisted,
    "cues_ordered": sev.CuesOrdered,
    "turn_put_last": sev.TurnPutLast,
    "scenario_sealed": sev.ScenarioSealed,
    "step_reached": sev.StepReached,
    "step_extended": sev.StepExtended,
    "step_skipped": sev.StepSkipped,
    "scenario_ended": sev.ScenarioEnded,
    "scenario_restored": sev.ScenarioRestored,
    "prompt_sent": ev.PromptSent,
    "vote_opened": vev.VoteOpened,
    "vote_cast": vev.VoteCast,
    "vote_closed": vev.VoteClosed,
    "vote_reopened": vev.VoteReopened,
    "vote_withdrawn": vev.VoteWithdrawn,
    "vote_shown": vev.VoteShown,
    "roll_called": rev.RollCalled,
    "evidence_taken": rev.EvidenceTaken,
    "nothing_decoded": rev.NothingDecoded,
    "here_pressed": rev.HerePressed,
    "here_confirmed": rev.HereConfirmed,
    "roll_ended": rev.RollEnded,
    "conference_ended": ev.ConferenceEnded,
    "split_planned": spev.SplitPlanned,
    "conference_split": spev.ConferenceSplit,
    "branch_closed": spev.BranchClosed,
    "conference_merged": spev.ConferenceMerged,
    "rehearsal_declared": dev.RehearsalDeclared,
    "drill_began": dev.DrillBegan,
    "sites_drilled": dev.SitesDrilled,
    "drill_reported": dev.DrillReported,
    "carried_on": cev.CarriedOn,
    "sites_expected": cev.SitesExpected,
    "step_carried": cev.StepCarried,
    "root_changed": ev.RootChanged,
}
_SINCE: Mapping[str, int] = {
    "site_muted": 5,
    "site_waited": 2,
    "site_admitted": 2,
    "hand_asked": 2,
    "hands_via_parent_set": 2,
    "doors_set": 2,
    "undo_point_set": 2,
    "undo_offered": 2,
    "undo_spent": 2,
    "next_named": 3,
    "guests_listed": 3,
    "credential_shown": 3,
    "credential_barred": 3,
    "credential_restored": 3,
    "site_removed": 3,
    "meeting_locked": 3,
    "roster_shown": 3,
    "pin_refused": 3,
    "cue_listed": 4,
    "turns_listed": 4,
    "cue_unlisted": 4,
    "cues_ordered": 4,
    "turn_put_last": 4,
    "scenario_sealed": 4,
    "step_reached": 4,
    "step_extended": 4,
    "step_skipped": 4,
    "scenario_ended": 4,
    "scenario_restored": 4,
    "prompt_sent": 4,
    "vote_opened": 4,
    "vote_cast": 4,
    "vote_closed": 4,
    "vote_reopened": 4,
    "vote_withdrawn": 4,
    "vote_shown": 4,
    "roll_called": 4,
    "evidence_taken": 4,
    "nothing_decoded": 4,
    "here_pressed": 4,
    "here_confirmed": 4,
    "roll_ended": 4,
    "conference_ended": 5,
    "split_planned": 5,
    "conference_split": 5,
    "branch_closed": 5,
    "conference_merged": 5,
    "rehearsal_declared": 6,
    "drill_began": 6,
    "sites_drilled": 6,
    "drill_reported": 6,
    "carried_on": 6,
    "sites_expected": 6,
    "step_carried": 6,
    "root_changed": 7,
}
_NAMES = {cls: name for name, cls in EVENTS_BY_NAME.items()}


class WireError(Exception):
    """The bytes are no event of this version; the message says what is wrong with them."""


def dump_event(event: ev.Event) -> bytes:
    """Return `event` as one line of UTF-8 JSON, at most `MAX_EVENT_BYTES` long.

    Raises:
        WireError: it is no event of a conference, is too long, or holds text that is no UTF-8.
    """
    name = _NAMES.get(type(event))
    if name is None:
        raise WireError(f"{type(event).__name__} is no event of a conference")
    body = {"v": _SINCE.get(name, 1), "event": name, **asdict(event)}
    try:
        data = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError as error:
        raise WireError(f"{name} holds text that is no UTF-8") from error
    if len(data) > MAX_EVENT_BYTES:
        raise WireError(f"{name} takes {len(data)} bytes")
    return data


def load_event(data: bytes) -> ev.Event:
    """Return the event that `data` holds.

    Raises:
        WireError: not JSON, another version, no such event, a field missing, wrong or unknown.
    """
    if len(data) > MAX_EVENT_BYTES:
        raise WireError(f"an event of {len(data)} bytes")
    try:
        body = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise WireError("not JSON") from error
    if not isinstance(body, dict):
        raise WireError("not a JSON object")
    version, name = body.pop("v", None), body.pop("event", None)
    if isinstance(version, bool) or version not in range(1, WIRE_VERSION + 1):
        raise WireError(f"version {version!r} is not spoken here")
    if not isinstance(name, str) or name not in EVENTS_BY_NAME:
        raise WireError(f"there is no event {name!r}")
    if version != _SINCE.get(name, 1):
        raise WireError(f"there is no event {name!r} in version {version}")
    event: ev.Event = _read_object(EVENTS_BY_NAME[name], body, name)
    return event


def _read_object(cls: type, value: object, where: str) -> Any:
    readers = _READERS[cls]
    if not isinstance(value, dict):
        raise WireError(f"{where} is not an object")
    if value.keys() != readers.keys():
        odd = ", ".join(sorted(value.keys() ^ readers.keys()))
        raise WireError(f"{where} lacks or does not know: {odd}")
    return cls(**{name: read(value[name], f"{where}.{name}") for name, read in readers.items()})


def _read_str(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise WireError(f"{where} is not text")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise WireError(f"{where} is no UTF-8") from error
    return value


def _read_int(value: object, where: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise WireError(f"{where} is not a whole number")
    return value


def _read_bool(value: object, where: str) -> bool:
    if not isinstance(value, bool):
        raise WireError(f"{where} is neither true nor false")
    return value


Reader = Callable[[object, str], Any]

# What stands within events.
_NESTED: tuple[type, ...] = (RosterRow, Cue, Turn, Ballot, Evidence, Branch, cev.ExpectedRow)


def _reader_of(hint: Any) -> Reader:
    """Return what reads a field of this type; only the types that events use are known."""
    hint = getattr(hint, "__supertype__", hint)
    if get_origin(hint) is tuple:
        item = _reader_of(get_args(hint)[0])
        return lambda value, where: _read_tuple(item, value, where)
    if get_origin(hint) in (Union, UnionType):
        inner = _reader_of(get_args(hint)[0])
        return lambda value, where: None if value is None else inner(value, where)
    if hint in _NESTED:
        return lambda value, where: _read_object(hint, value, where)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return lambda value, where: _read_word(hint, value, where)
    return {str: _read_str, int: _read_int, bool: _read_bool}[hint]


def _read_word(words: type[StrEnum], value: object, where: str) -> StrEnum:
    try:
        return words(_read_str(value, where))
    except ValueError as error:
        raise WireError(f"{where} is no word of ours") from error


def _read_tuple(item: Reader, value: object, where: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise WireError(f"{where} is not a list")
    return tuple(item(entry, where) for entry in value)


def _readers_of(cls: Any) -> dict[str, Reader]:
    hints = get_type_hints(cls)
    return {field.name: _reader_of(hints[field.name]) for field in fields(cls)}


_READERS: dict[type, Mapping[str, Reader]] = {
    cls: _readers_of(cls) for cls in EVENTS_BY_NAME.values()
}
_READERS.update({cls: _readers_of(cls) for cls in _NESTED})
