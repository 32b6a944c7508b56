"""Text cues: a word from whoever leads to one site, a part of the tree, or all; shown in the rooms.

They are part of the record. A room shows the newest that is meant for it, until its time is over.
"""

from nhipcau.conference import commands as c
from nhipcau.conference import events as ev
from nhipcau.conference.lineage import is_within
from nhipcau.conference.refusal import Outcome, not_allowed
from nhipcau.conference.state import ConferenceState, Prompt
from nhipcau.quantities import SiteId

MAX_LETTERS = 300
MAX_SHOWN_S = 3600


def send_prompt(state: ConferenceState, command: c.SendPrompt, at_ms: int) -> Outcome:
    """Show a text; an operator's reach was checked before, and covers no more than one site.

    `subtree` of an operator lies within its own.
    """
    if command.site is not None and command.site not in state.sites:
        return not_allowed(f"site {command.site} is not on the roster")
    if len(command.text) > MAX_LETTERS or not 1 <= command.shown_s <= MAX_SHOWN_S:
        return not_allowed(f"at most {MAX_LETTERS} letters, for 1 to {MAX_SHOWN_S} s")
    until_ms = at_ms + command.shown_s * 1000
    return (
        ev.PromptSent(
            at_ms,
            command.text.strip(),
            command.site,
            command.subtree,
            command.actor.role.value,
            until_ms,
        ),
    )


def prompt_for(state: ConferenceState, site: SiteId) -> Prompt | None:
    """Return the newest text that is meant for `site`; None: none is, or it was taken away."""
    for prompt in reversed(state.prompts):
        if is_meant(state, prompt, site):
            return prompt if prompt.text else None
    return None


def is_meant(state: ConferenceState, prompt: Prompt, site: SiteId) -> bool:
    """Return True when a text is for `site`."""
    if prompt.site is None or prompt.site == site:
        return True
    return prompt.subtree and is_within(state, site, prompt.site)
