"""Emergency passes: given to a leader's office, listed, and taken back.

A pass is a signed text that the office keeps nowhere; what is kept is to whom it was given, so that
it can be revoked through the directory of the MCUs.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nhipcau.access.actions import Action
from nhipcau.access.actor import Actor, Target
from nhipcau.access.policy import allows
from nhipcau.credentials.passes import EmergencyPass, sign_pass
from nhipcau.office.people.parts import Caller, require, site_target
from nhipcau.org.view import TreeView
from nhipcau.ports.cabinet import Cabinet, Card
from nhipcau.ports.clock import Clock
from nhipcau.ports.plans import Signature
from nhipcau.quantities import SiteId

_DRAWER = "emergency-pass"
# As long as a list of those that were revoked must be carried along.
MAX_DAYS = 366
_DAY_S = 86_400
# What a directory takes of revoked passes; so many are never given.
MOST_PASSES = 2000


class PassMissingError(Exception):
    """There is no such pass, or it is not the asker's to know of."""


class TooManyPassesError(Exception):
    """More passes are good than a directory can revoke."""


@dataclass(frozen=True, slots=True)
class GivenPass:
    """A pass as the office knows it; times are seconds since 1970-01-01 UTC.

    Attributes:
        id: its name in lists and in the audit.
        site: the leader's room; the pass reaches it and all below.
        label: whom or which desk it was given to, in words.
        given: by whom and when.
        expires_s: from then on it is good no more.
        revoked_s: since when it was taken back; None: it was not.
    """

    id: str
    site: SiteId
    label: str
    given: Signature
    expires_s: int
    revoked_s: float | None = None


@dataclass(frozen=True, slots=True)
class FreshPass:
    """A pass with its text, which is shown once."""

    given: GivenPass
    text: str


@dataclass(frozen=True, slots=True)
class Passes:
    """The passes at work. Calls block for the store; they may come from any thread."""

    cabinet: Cabinet
    key: Ed25519PrivateKey
    view: Callable[[], TreeView]
    clock: Clock

    def give(self, caller: Caller, site: SiteId, label: str, days: int) -> FreshPass:
        """Return a fresh pass over a site and all below it.

        Raises:
            NotAllowedError: the caller leads no office there.
            TooManyPassesError: so many are good already.
            StoreError: the store can't be reached.
        """
        require(caller, Action.EMERGENCY_PASS, site_target(self.view(), site))
        now_s = self.clock.wall_s()
        if len([one for one in self.all() if one.expires_s > now_s]) >= MOST_PASSES:
            raise TooManyPassesError(f"{MOST_PASSES} passes are good already")
        actor = caller.actor
        signed = Signature(f"account:{actor.account}", actor.name, now_s)
        expires_s = int(now_s) + min(days, MAX_DAYS) * _DAY_S
        given = GivenPass(secrets.token_hex(8), site, label or actor.name, signed, expires_s)
        self.cabinet.put(_DRAWER, _card(given), after=0)
        text = sign_pass(EmergencyPass(given.id, site, given.label, expires_s), self.key, now_s)
        return FreshPass(given, text)

    def listed(self, caller: Caller) -> list[GivenPass]:
        """Return the passes of the caller's subtree, the newest first."""
        view = self.view()
        seen = [one for one in self.all() if self._reaches(view, caller.actor, one)]
        return sorted(seen, key=lambda one: -one.given.at_s)

    def revoke(self, caller: Caller, pass_id: str) -> GivenPass:
        """Take a pass back; one that was taken back stays so.

        Raises:
            PassMissingError: there is none of that id that the caller may know of.
            NotAllowedError: it is not the caller's to take.
            StaleCardError: somebody else takes it back at this moment.
            StoreError: the store can't be reached.
        """
        card = self.cabinet.card(_DRAWER, pass_id)
        if card is None:
            raise PassMissingError(pass_id)
        given, view = _given(card), self.view()
        if not self._reaches(view, caller.actor, given):
            raise PassMissingError(pass_id)
        require(caller, Action.EMERGENCY_PASS_REVOKE, site_target(view, given.site))
        if given.revoked_s is not None:
            return given
        value = {**card.value, "revoked_s": self.clock.wall_s()}
        kept = self.cabinet.put(_DRAWER, Card(card.key, 0, value, card.signed), after=card.revision)
        return _given(kept)

    def all(self) -> list[GivenPass]:
        """Return every pass that was given; asks nobody."""
        return [_given(card) for card in self.cabinet.cards(_DRAWER)]

    def revoked(self) -> tuple[str, ...]:
        """Return the ids of those that were taken back and would still be good."""
        now_s = self.clock.wall_s()
        return tuple(
            one.id for one in self.all() if one.revoked_s is not None and one.expires_s > now_s
        )

    def _reaches(self, view: TreeView, actor: Actor, given: GivenPass) -> bool:
        target: Target = site_target(view, given.site)
        return allows(actor, Action.EMERGENCY_PASSES_READ, target)


def _card(given: GivenPass) -> Card:
    value: dict[str, Any] = {
        "site": given.site,
        "label": given.label,
        "expires_s": given.expires_s,
        "revoked_s": given.revoked_s,
    }
    return Card(given.id, 0, value, given.given)


def _given(card: Card) -> GivenPass:
    value = card.value
    return GivenPass(
        card.key,
        SiteId(value["site"]),
        value["label"],
        card.signed,
        value["expires_s"],
        value["revoked_s"],
    )
