"""The live state of one conference: pure, event-sourced, and the only owner of its rules.

    command, now ──▶ decide(state, command, now) ──▶ events | one Refusal
                                                       │
                         log, standby, leaves ◀── wire ┤
                                                       ▼
                           state ◀── fold(state, event)  ──▶ arrange, views

Only events change state. Nothing here knows a clock, a socket or a thread; whoever owns the event
loop owns the current state and gives each new one to its readers.
"""

from nhipcau.conference.decide import decide
from nhipcau.conference.fold import fold, fold_all
from nhipcau.conference.misfit import EventError
from nhipcau.conference.refusal import Outcome, Refusal, RefusalCode
from nhipcau.conference.state import EMPTY, ConferenceState, Presence, SiteState

__all__ = [
    "EMPTY",
    "ConferenceState",
    "EventError",
    "Outcome",
    "Presence",
    "Refusal",
    "RefusalCode",
    "SiteState",
    "decide",
    "fold",
    "fold_all",
]
