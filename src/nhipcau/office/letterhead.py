"""How an office names itself at the head and at the foot of a paper.

An administrative unit speaks through its People's Committee, any other unit for itself, below the
committee of the unit in which it stands. Source: Decree 30/2020/NĐ-CP, Annex I, II.2 and II.7.
"""

from datetime import date

from nhipcau.org.names import split_name
from nhipcau.org.units import UnitId, UnitVersion
from nhipcau.org.view import TreeView
from nhipcau.ports.papers import Letterhead, Signature

COMMITTEE = "Ủy ban nhân dân"
# What an invitation's symbol is made of: the kind of paper, then who wrote it.
_COMMITTEE_SYMBOL = "UBND"


def agency_of(view: TreeView, unit: UnitId) -> str:
    """Return the agency of a unit in a sentence: "Ủy ban nhân dân tỉnh Khánh Hòa", "Sở Y tế".

    Raises:
        KeyError: there was no such unit on the day.
    """
    version = view.units[unit]
    return f"{COMMITTEE} {_area(version)}" if is_area(version) else version.name


def is_area(version: UnitVersion) -> bool:
    """Return True for an administrative unit, which has a type and a territory."""
    return bool(split_name(version.name).type)


def letterhead_of(view: TreeView, unit: UnitId, kind: str, day: date | None) -> Letterhead:
    """Return the letterhead of a unit's paper, its number left open.

    Args:
        view: the tree of the day.
        unit: who issues it.
        kind: short for the kind of paper: "GM".
        day: when it was signed; None: left open.

    Raises:
        KeyError: there was no such unit on the day.
    """
    version = view.units[unit]
    home = _home(view, version)
    if is_area(version):
        agency: tuple[str, ...] = (COMMITTEE, _area(version))
        return Letterhead(agency, version.short_name, f"{kind}-{_COMMITTEE_SYMBOL}", day=day)
    return Letterhead(
        agency=(version.name,),
        place=version.short_name if home is None else home.short_name,
        symbol=f"{kind}-{_initials(version.name)}",
        parent_agency="" if home is None else f"{COMMITTEE} {_area(home)}",
        day=day,
    )


def signature_of(view: TreeView, unit: UnitId, signer: str) -> Signature:
    """Return who signs, from the words of a plan: "Chánh Văn phòng UBND tỉnh, Nguyễn Văn A".

    The chairman signs for the committee (TM.), a deputy in the chairman's place (KT.), anybody
    else by the chairman's order (TL.). An agency's head signs by office alone.

    Raises:
        KeyError: there was no such unit on the day.
    """
    office, _, name = (part.strip() for part in signer.partition(","))
    title = office.split(" UBND")[0].split(f" {COMMITTEE}")[0].strip()
    area = is_area(view.units[unit])
    if not title:
        title = "Chủ tịch" if area else "Thủ trưởng cơ quan"
    deputy_of = title.partition(" ")[2] if title.casefold().startswith("phó ") else ""
    lines: list[str] = []
    if area and (title.casefold() == "chủ tịch" or deputy_of):
        lines.append(f"TM. {COMMITTEE}")
    if deputy_of:
        lines.append(f"KT. {deputy_of}")
    elif area and title.casefold() != "chủ tịch":
        lines.append("TL. Chủ tịch")
    return Signature((*lines, title), name)


def _area(version: UnitVersion) -> str:
    """Return a unit's name within a sentence: "tỉnh Khánh Hòa"."""
    return version.name[:1].lower() + version.name[1:]


def _home(view: TreeView, version: UnitVersion) -> UnitVersion | None:
    """Return the administrative unit in which a unit stands."""
    above = [one for one in view.path(version.unit) if is_area(one) and one.unit != version.unit]
    return above[-1] if above else None


def _initials(name: str) -> str:
    """Return an agency's short sign: "Sở Y tế" is "SYT"; words that only join are left out."""
    words = [word for word in name.replace("-", " ").split() if word not in ("và", "của")]
    return "".join(word[0].upper() for word in words)
