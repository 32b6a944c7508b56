"""Where a page may be served: its posts, in the order in which it should take them. Pure.

    plan, site ─▶ home · who stands in for it · root · standby      each once, those with an address

A page works at one post and keeps a warm connection to the next; when it loses the one it starts
its media at the other.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from nhipcau.ports.messages import ConferencePlan
from nhipcau.quantities import McuName, SiteId


@dataclass(frozen=True, slots=True)
class Post:
    """An MCU, and how pages reach its part of the conference."""

    mcu: McuName
    url: str


def posts_of(plan: ConferencePlan, site: SiteId | None) -> tuple[Post, ...]:
    """Return the posts of a site's pages, home first; of a page without a site the root's first."""
    urls = _urls(plan)
    order = dict.fromkeys(_in_order(plan, site))
    return tuple(Post(mcu, urls[mcu]) for mcu in order if urls.get(mcu))


def home_of(plan: ConferencePlan, site: SiteId | None) -> McuName:
    """Return the MCU that serves a site as long as all is well: its leaf, else the root."""
    home = next((one.home for one in plan.sites if one.site == site), plan.mcu)
    return home if home in {leaf.mcu for leaf in plan.leaves} else plan.mcu


def is_page_of(plan: ConferencePlan, origin: str) -> bool:
    """Return True when pages of `origin` may dial an MCU of this plan.

    The office's, where the plan names it; and those that any of its MCUs served: a page keeps its
    origin when it goes from one post to another.
    """
    urls = (url for url in _urls(plan).values() if url)
    return origin in plan.origins or origin in {_origin(url) for url in urls}


def homes_of(plan: ConferencePlan) -> Mapping[SiteId, McuName]:
    """Return which leaf serves each site as long as all is well; "" for those of the root."""
    leaves = {leaf.mcu for leaf in plan.leaves}
    return {one.site: one.home if one.home in leaves else McuName("") for one in plan.sites}


def _in_order(plan: ConferencePlan, site: SiteId | None) -> Iterator[McuName]:
    home = home_of(plan, site)
    yield home
    for leaf in plan.leaves:
        if leaf.mcu == home and leaf.backup:
            yield leaf.backup
    yield plan.mcu
    yield plan.standby


def _urls(plan: ConferencePlan) -> dict[McuName, str]:
    return {
        plan.standby: plan.standby_url,
        plan.mcu: plan.root_url,
        **{leaf.mcu: leaf.url for leaf in plan.leaves},
    }


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
