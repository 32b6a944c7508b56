"""Which MCU a leaf hangs below, and which above that one. Pure: a plan in, names out.

    commune cluster ─▶ district ─▶ root        `uplink` of a leaf; "" and every mistake: the root

A leaf dials the first of those above it that answers. What a plan says wrongly (an uplink that it
does not name, a ring of leaves) costs a leaf its place in the tree, never the meeting.
"""

from collections.abc import Iterator

from nhipcau.ports.messages import ConferencePlan
from nhipcau.quantities import McuName

# The root, as `uplink` names it.
TOP = McuName("")


def uplinks_of(plan: ConferencePlan, mcu: McuName) -> tuple[McuName, ...]:
    """Return the leaves above a leaf, the nearest first; none: it hangs below the root itself.

    A leaf of a ring hangs below the root, and so does every leaf whose way up leads into one.
    """
    above = {leaf.mcu: leaf.uplink for leaf in plan.leaves}
    way: list[McuName] = []
    at = above.get(mcu, TOP)
    while at in above and at != plan.mcu:
        if at == mcu or at in way:
            return ()
        way.append(at)
        at = above[at]
    return tuple(way)


def uplink_of(plan: ConferencePlan, mcu: McuName) -> McuName:
    """Return the leaf that a leaf hangs below; "": the root."""
    return next(iter(uplinks_of(plan, mcu)), TOP)


def is_below(plan: ConferencePlan, mcu: McuName, above: McuName) -> bool:
    """Return True when a leaf may be joined to another one, next to it or further up."""
    return above in uplinks_of(plan, mcu)


def leaves_below(plan: ConferencePlan, above: McuName) -> Iterator[McuName]:
    """Yield the leaves that hang below a leaf; with "" those that hang below the root itself."""
    return (leaf.mcu for leaf in plan.leaves if uplink_of(plan, leaf.mcu) == above)
