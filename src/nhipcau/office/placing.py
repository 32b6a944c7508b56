"""Where each meeting is: which MCUs have a part in it, how they are reached, where rooms go first.

    Serving ─┐
    MCUs heard ─┼─▶ Placer ─▶ Places ─▶ plan ─▶ registry
    plan told ──┘                        └─▶ Addresses ─▶ links, agendas

An MCU that is off has no part. One that has had a place keeps its part while the meeting runs,
however silent it is: what is to be done about that is the MCUs' business, not the office's.
"""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from nhipcau.office.meetings import Meeting, MeetingBook, Places
from nhipcau.office.whereabouts import HOSTED, SILENT_S, Whereabouts
from nhipcau.planning.placing import Placed, placed, uplink
from nhipcau.ports.clock import Clock
from nhipcau.ports.messages import ConferencePlan, PlannedLeaf
from nhipcau.ports.posts import posts_of
from nhipcau.quantities import McuName, SiteId

# An MCU that restarts is back by then.
_GONE_S = 30.0
# An office that has just begun waits so long for the first word of an MCU.
_BEGINS_S = 20.0


class Placer:
    """Places meetings."""

    def __init__(self, whereabouts: Whereabouts, clock: Clock) -> None:
        """Ask `whereabouts` which MCUs are on and what they host."""
        self._whereabouts = whereabouts
        self._clock = clock
        self._began_s = clock.now_s()

    def __call__(self, meeting: Meeting, known: ConferencePlan | None) -> Places:
        """Return a meeting's places.

        Args:
            meeting: which.
            known: the plan that the MCUs have; None: none.
        """
        running = known if known is not None and self._is_open(meeting) else None
        root = self._root(meeting, running)
        on = {mcu for mcu in meeting.serving.named() if self._is_on(mcu, meeting, running)}
        parts = placed(meeting.serving, root, on)
        return Places(
            root,
            self._url(root, meeting, known) or (meeting.mcu_url if root == meeting.mcu else ""),
            parts.standby,
            self._url(parts.standby, meeting, known),
            tuple(self._leaves(root, parts, meeting, known)),
        )

    def _leaves(
        self, root: McuName, parts: Placed, meeting: Meeting, known: ConferencePlan | None
    ) -> Iterator[PlannedLeaf]:
        for mcu, backup in parts.leaves.items():
            yield PlannedLeaf(
                mcu=mcu,
                url=self._url(mcu, meeting, known),
                backup=backup,
                uplink=uplink(meeting.serving, root, mcu, parts.leaves),
            )

    def _is_open(self, meeting: Meeting) -> bool:
        return meeting.begun or meeting.opens_s <= self._clock.wall_s()

    def _root(self, meeting: Meeting, running: ConferencePlan | None) -> McuName:
        """Return who composes: of a meeting that runs, whoever does, as long as it is heard."""
        if running is None or running.mcu == meeting.mcu:
            return meeting.mcu
        there = self._is_heard(running.mcu) or self._begins(running.mcu)
        return running.mcu if there else meeting.mcu

    def _is_on(self, mcu: McuName, meeting: Meeting, running: ConferencePlan | None) -> bool:
        if self._is_heard(mcu):
            return True
        if running is not None and _urls(running).get(mcu):
            return True
        # An MCU that is meant to be on is not asked before it is needed.
        meant = mcu in meeting.serving.addressed
        return meant and (self._begins(mcu) or not self._is_open(meeting))

    def _is_heard(self, mcu: McuName) -> bool:
        silent_s = self._whereabouts.silent_s(mcu)
        return silent_s is not None and silent_s < _GONE_S

    def _begins(self, mcu: McuName) -> bool:
        """Return True for an MCU that this office has not had time to hear."""
        unheard = self._whereabouts.silent_s(mcu) is None
        return unheard and self._clock.now_s() < self._began_s + _BEGINS_S

    def _url(self, mcu: McuName, meeting: Meeting, known: ConferencePlan | None) -> str:
        """Return where an MCU has its part of a meeting; "": nobody knows, or nowhere."""
        if self._whereabouts.silent_s(mcu) is None:
            return "" if known is None else _urls(known).get(mcu, "")
        hosted = self._whereabouts.find_at(mcu, meeting.meeting)
        return hosted.url if hosted is not None and hosted.standing == HOSTED else ""


class Addresses:
    """How pages reach meetings now."""

    def __init__(self, book: MeetingBook, placer: Placer, whereabouts: Whereabouts) -> None:
        """Look into `book` for what the MCUs were told; `placer` says what they will be told."""
        self.book = book
        self._placer = placer
        self.whereabouts = whereabouts

    def url(self, meeting: Meeting, site: SiteId | None = None) -> str:
        """Return where a site's pages go, or where those of no site do; never ""."""
        return next(iter(self.urls(meeting, site)), "") or meeting.mcu_url

    def urls(self, meeting: Meeting, site: SiteId | None = None) -> tuple[str, ...]:
        """Return all the places where pages may be served, the best now first.

        None at all while the root says that it does not host the meeting. An MCU that is silent
        comes last: the plan says where pages belong, not where they find somebody.
        """
        plan = self.book.told(meeting.meeting)
        if plan is None:
            return (meeting.mcu_url,) if meeting.mcu_url else ()
        plan = plan.model_copy(update=_fields(self._placer(meeting, plan)))
        hosted = self.whereabouts.find_at(plan.mcu, meeting.meeting)
        if self.whereabouts.silent_s(plan.mcu) is not None and (
            hosted is None or hosted.standing != HOSTED
        ):
            return ()
        posts = sorted(posts_of(plan, site), key=lambda post: self._is_silent(post.mcu))
        return tuple(post.url for post in posts)

    def _is_silent(self, mcu: McuName) -> bool:
        silent_s = self.whereabouts.silent_s(mcu)
        return silent_s is not None and silent_s > SILENT_S


def _fields(places: Places) -> dict[str, Any]:
    return {one.name: getattr(places, one.name) for one in fields(places)}


def _urls(plan: ConferencePlan) -> dict[McuName, str]:
    urls = {leaf.mcu: leaf.url for leaf in plan.leaves}
    return {**urls, plan.standby: plan.standby_url, plan.mcu: plan.root_url}
