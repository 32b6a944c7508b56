"""Whose lines somebody sees: those of the own subtree; a telecom operator only its company's."""

from nhipcau.access.actions import Action
from nhipcau.access.actor import Actor, Target
from nhipcau.access.policy import allows
from nhipcau.office.people.parts import target_of, whole_tree
from nhipcau.org.places import Place, PlaceId
from nhipcau.org.tree import Tree
from nhipcau.org.view import TreeView


def lines_seen(tree: Tree, view: TreeView, who: Actor) -> list[Place]:
    """Return the places whose line `who` may know, in the tree's order.

    Args:
        tree: all places there are.
        view: whose they are today; a place that nobody has belongs to the whole tree.
        who: asks.
    """
    above = _units_above(tree, view)
    nobody = whole_tree(view).units
    return [
        place
        for place in tree.places.values()
        if allows(
            who,
            Action.LINES_READ,
            Target(above.get(place.id, nobody), company=place.line_operator),
        )
    ]


def _units_above(tree: Tree, view: TreeView) -> dict[PlaceId, frozenset[str]]:
    """Return for each place the units that have a room there, with all above them."""
    above: dict[PlaceId, frozenset[str]] = {}
    for site in tree.sites.values():
        for tenure in view.units_of_sites.get(site.id, ()):
            if not tenure.seat:
                units = target_of(view, tenure.unit).units
                above[site.place] = above.get(site.place, frozenset()) | units
    return above
