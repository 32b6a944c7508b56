"""Posting: what pages are told of their posts, and how often they hear a beat.

plan, epoch ─▶ Posting ─▶ `posts`, after the welcome and whenever they change
                  └─ more than one post ─▶ a beat every 100 ms: whoever has another place to go to
                                           wants to know soon that it should
"""

from collections.abc import Callable

from nhipcau.mcu.endpoint import Endpoint, Outgoing
from nhipcau.ports.messages import ConferencePlan
from nhipcau.ports.posts import Post, posts_of
from nhipcau.quantities import McuName, SiteId

BEAT_S = 1.0
QUICK_BEAT_S = 0.1
SLOW_EVERY = round(BEAT_S / QUICK_BEAT_S)


class Posting:
    """Knows the posts of every site, worked out once for a plan and an epoch."""

    def __init__(
        self,
        here: McuName,
        epoch: Callable[[], int],
        plan: Callable[[], ConferencePlan | None],
    ) -> None:
        """Look at nothing yet; `here` serves the pages that are behind no leaf."""
        self._here = here
        self._epoch = epoch
        self._plan = plan
        self._made_of: tuple[ConferencePlan | None, int] = (None, 0)
        self._revision = 0
        self._posts: dict[SiteId | None, tuple[Post, ...]] = {}

    def news(self, endpoint: Endpoint) -> Outgoing | None:
        """Return what an endpoint is to be told of its posts, None when it knows."""
        posts = self._of(endpoint)
        if endpoint.posted == self._revision:
            return None
        endpoint.posted = self._revision
        here = endpoint.at or self._here
        said = {
            "type": "posts",
            "here": here,
            "epoch": self._epoch(),
            "posts": [{"mcu": post.mcu, "url": post.url} for post in posts],
        }
        if not posts or said == endpoint.last_posts:
            return None
        endpoint.last_posts = said
        return said

    def beat_s(self, endpoint: Endpoint) -> float:
        """Return how often an endpoint hears that its MCU lives."""
        return QUICK_BEAT_S if len(self._of(endpoint)) > 1 else BEAT_S

    def _of(self, endpoint: Endpoint) -> tuple[Post, ...]:
        plan, epoch = self._plan(), self._epoch()
        if plan is not self._made_of[0] or epoch != self._made_of[1]:
            self._made_of = (plan, epoch)
            self._revision += 1
            self._posts.clear()
        site = endpoint.site
        if site not in self._posts:
            self._posts[site] = posts_of(plan, site) if plan is not None else ()
        return self._posts[site]
