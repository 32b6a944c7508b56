"""The inventory of MCUs: which there are, what each carries, whom it serves."""

from collections.abc import Mapping
from dataclasses import asdict

from nhipcau.access.actions import Action
from nhipcau.access.actor import Target
from nhipcau.office.planning.desk import Author, Desk, require, target
from nhipcau.office.planning.errors import BadRequestError
from nhipcau.org.view import TreeView
from nhipcau.planning.lineup import Mcu
from nhipcau.ports.cabinet import Card
from nhipcau.quantities import McuName

_DRAWER = "mcu"


def mcus(desk: Desk) -> list[Mcu]:
    """Return the inventory, by name, the ones without an uplink first; asks nobody."""
    found = [Mcu(**card.value) for card in desk.cabinet.cards(_DRAWER)]
    return sorted(found, key=lambda mcu: (mcu.spare, bool(mcu.uplink), mcu.name))


def list_mcus(desk: Desk, author: Author) -> list[tuple[Mcu, int]]:
    """Return the inventory, each MCU with its revision.

    Raises:
        NotAllowedError: the author sees no MCUs.
    """
    require(author, Action.MCUS_READ)
    revisions = {card.key: card.revision for card in desk.cabinet.cards(_DRAWER)}
    return [(mcu, revisions[mcu.name]) for mcu in mcus(desk)]


def put_mcu(desk: Desk, author: Author, mcu: Mcu, after: int | None) -> int:
    """Write an MCU of the inventory; return its new revision.

    Raises:
        NotAllowedError: the author does not keep the inventory of that part of the tree.
        BadRequestError: it serves a unit, or hangs below or is backed by an MCU, that is not there;
            or a circle.
        StaleCardError: somebody else wrote it meanwhile.
    """
    view = desk.view()
    _require(desk, author, view, mcu.name)
    require(author, Action.MCUS_CHANGE, _served(view, mcu.serves))
    if mcu.serves and mcu.serves not in view.units:
        raise BadRequestError(f"Không có đơn vị {mcu.serves!r}.")
    known = {one.name: one for one in mcus(desk)}
    _check_uplink(mcu, known)
    if mcu.backup == mcu.name:
        raise BadRequestError(f"{mcu.title}: MCU không thể thay chính nó.")
    if mcu.backup and McuName(mcu.backup) not in known:
        raise BadRequestError(f"Không có MCU {mcu.backup!r}.")
    card = Card(mcu.name, 0, asdict(mcu), desk.signature(author))
    revision = desk.cabinet.put(_DRAWER, card, after).revision
    desk.note(author, Action.MCUS_CHANGE, f"mcu:{mcu.name}")
    return revision


def remove_mcu(desk: Desk, author: Author, name: str, after: int | None) -> None:
    """Take an MCU out of the inventory; plans that name it say so from now on.

    Raises:
        NotAllowedError: the author does not keep the inventory of that part of the tree.
        StaleCardError: somebody else wrote it meanwhile.
    """
    _require(desk, author, desk.view(), name)
    desk.cabinet.remove(_DRAWER, name, after)
    desk.note(author, Action.MCUS_CHANGE, f"mcu:{name}", {"step": "remove"})


def _require(desk: Desk, author: Author, view: TreeView, name: str) -> None:
    """Go on only if an MCU of this name, if there is one, is the author's to change.

    Raises:
        NotAllowedError: it is not.
    """
    known = next((one for one in mcus(desk) if one.name == name), None)
    if known is not None:
        require(author, Action.MCUS_CHANGE, _served(view, known.serves))


def _served(view: TreeView, unit: str) -> Target:
    """Return what the policy is asked about: the unit that is served; empty: all."""
    return target(view, [unit] if unit else [version.unit for version in view.roots])


def _check_uplink(mcu: Mcu, known: Mapping[McuName, Mcu]) -> None:
    step, seen = mcu.uplink, {str(mcu.name)}
    while step:
        if step in seen:
            raise BadRequestError(f"{mcu.title}: MCU cấp trên đi vòng.")
        seen.add(step)
        if McuName(step) not in known:
            raise BadRequestError(f"Không có MCU {step!r}.")
        step = known[McuName(step)].uplink
