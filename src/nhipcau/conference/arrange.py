"""Who is in which cell of the program.

    state, layouts, page ──▶ arrange ──▶ name of the layout, one site or None for each region
    the same, program    ──▶ arrange_returns ──▶ what each holder of the floor sees instead

A region has a role: `floor` and `beside` are the two floor holders' cells, `chair` the chair's,
`poll` anyone's. Holders and chair are pinned: they stay on every page. Where more sites are present
than cells are left, the others take turns, page by page. No site is shown twice.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from nhipcau.conference.state import MAX_FLOOR, ConferenceState
from nhipcau.quantities import SiteId


class Region(Protocol):
    """A cell's place in a layout."""

    @property
    def role(self) -> str:
        """`floor`, `beside`, `chair` or `poll`."""
        ...


class Regions(Protocol):
    """A layout, as far as the choice of sites needs it."""

    @property
    def regions(self) -> Sequence[Region]:
        """The cells in their order."""
        ...


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The program's picture: `cells` has one entry for each region of layout `shown`.

    `board` is the cell, an empty one, where the vote that is shown stands; None: nowhere.
    """

    shown: str
    cells: tuple[SiteId | None, ...]
    pages: int
    board: int | None = None

    def is_shown(self, site: SiteId) -> bool:
        """Return True when `site` is in a cell, so that its camera is needed."""
        return site in self.cells


# What `auto` means, by the number of floor holders: the first of these with a cell for everyone,
# else the last. A layout that the plan does not have is passed over.
AUTO_CHOICE: tuple[tuple[str, ...], ...] = (
    ("2x2", "3x3", "4x4"),
    ("speaker", "duo", "1+2", "1+7"),
    ("duo",),
)


# The return view: the first of these with a cell for everyone, else the last.
RETURN_CHOICE = ("speaker", "duo", "1+2", "1+7")


def arrange(state: ConferenceState, layouts: Mapping[str, Regions], page: int = 0) -> Arrangement:
    """Return the arrangement of the program now.

    Args:
        state: the conference.
        layouts: all layouts by name; at least one. A name in the state that is not among them is
            treated as `auto`.
        page: how often the polling has turned; counts up without end.
    """
    name = state.layout if state.layout in layouts else choose_layout(state, layouts)
    regions = layouts[name].regions
    pinned, others = _pinned(state), _others(state)
    board = _board_place(state, regions)
    free = max(len(regions) - len(pinned) - (board is not None), 0)
    pages = -(-len(others) // free) if free and others else 1
    start = page % pages * free
    cells = _seat(regions, state, others[start : start + free], board)
    return Arrangement(name, cells, pages, board)


def arrange_returns(
    state: ConferenceState, layouts: Mapping[str, Regions], program: Arrangement
) -> dict[SiteId, Arrangement]:
    """Return what each holder of the floor sees instead of the program: the chair, and not itself.

    Beside the chair stand those whom the program shows anyway, so that it costs one more camera at
    most. The chair itself, while it holds the floor, sees the program as the localities do; so does
    every holder while the chair's site is not here.
    """
    known = [name for name in RETURN_CHOICE if name in layouts]
    if not known or not state.is_admitted(state.chair_site):
        return {}
    returns = {}
    for holder in state.floor:
        if holder == state.chair_site:
            continue
        partners = [site for site in state.floor if site != holder]
        shown = [state.chair_site, *partners, *(site for site in program.cells if site)]
        sites = [site for site in dict.fromkeys(shown) if site != holder]
        name = next((n for n in known if len(layouts[n].regions) >= len(sites)), known[-1])
        told = replace(state, floor=(state.chair_site, *partners)[:MAX_FLOOR])
        regions = layouts[name].regions
        returns[holder] = Arrangement(name, _seat(regions, told, sites[: len(regions)]), 1)
    return returns


def choose_layout(state: ConferenceState, layouts: Mapping[str, Regions]) -> str:
    """Return the name that `auto` stands for now; see `AUTO_CHOICE`.

    Raises:
        ValueError: `layouts` is empty.
    """
    if not layouts:
        raise ValueError("no layout to choose from")
    known = [name for name in AUTO_CHOICE[len(state.floor)] if name in layouts]
    if not known:
        return next(iter(layouts))
    count = len(_pinned(state)) + len(_others(state))
    return next((name for name in known if len(layouts[name].regions) >= count), known[-1])


def _pinned(state: ConferenceState) -> tuple[SiteId, ...]:
    """Return holders, then the chair, even while their connection is lost (the tile says so)."""
    chair_is_here = state.is_admitted(state.chair_site)
    if chair_is_here and state.chair_site not in state.floor:
        return (*state.floor, state.chair_site)
    return state.floor


def _others(state: ConferenceState) -> list[SiteId]:
    return [site for site in state.present() if not state.is_privileged(site)]


def _board_place(state: ConferenceState, regions: Sequence[Region]) -> int | None:
    """Return where a vote is shown: in the second speaker's cell, while nobody stands beside."""
    if state.votes.shown is None or len(state.floor) >= MAX_FLOOR:
        return None
    return next((i for i, region in enumerate(regions) if region.role == "beside"), None)


def _seat(
    regions: Sequence[Region],
    state: ConferenceState,
    turn: Sequence[SiteId],
    board: int | None = None,
) -> tuple[SiteId | None, ...]:
    """Fill the regions that are meant for someone first, then the rest in order; not the board."""
    pinned = _pinned(state)
    cells: list[SiteId | None] = [None] * len(regions)
    seated: set[SiteId] = set()
    for role, site in _meant(state, pinned):
        place = next((i for i, region in enumerate(regions) if region.role == role), None)
        if place is not None and site not in seated:
            cells[place] = site
            seated.add(site)
    rest = (site for site in (*pinned, *turn) if site not in seated)
    return tuple(
        next(rest, None) if cell is None and place != board else cell
        for place, cell in enumerate(cells)
    )


def _meant(state: ConferenceState, pinned: Sequence[SiteId]) -> Iterator[tuple[str, SiteId]]:
    """Yield role and site; while nobody has the floor the chair is in its cell."""
    yield from zip(("floor", "beside"), state.floor or pinned[:1], strict=False)
    if state.chair_site in pinned:
        yield "chair", state.chair_site
