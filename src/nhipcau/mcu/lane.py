"""The lanes of a trunk as its leaf knows them.

    rung lane   down: one rung of the program and of content, and the common mix
    loan        down: what one site alone may hear and see; up: what that site sends

Both are ordinary connections of six lines that the root offered and this leaf has answered.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from nhipcau.ports.transport import Connection, Mid, SendLine


@dataclass(frozen=True, slots=True, eq=False)
class Lane:
    """One connection to the root.

    Attributes:
        connection: that answered the root's offer.
        sends: what our answer named on the three lines that go up.
        place: in the ladders, of the rung that comes down; None for a loan.
    """

    connection: Connection
    sends: Mapping[Mid, SendLine]
    place: int | None = None
