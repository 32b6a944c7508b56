"""Names of units: the type apart from the name, names that tell units apart, keys for search.

The types that a name may begin with are data, so that a new one ("Đặc khu") is a line and not a
change of logic.
"""

import unicodedata
from typing import NamedTuple

# What names of Vietnamese units begin with, in 2024 and after the reform of 2025.
UNIT_TYPES = (
    "Tỉnh",
    "Thành phố",
    "Thị xã",
    "Quận",
    "Huyện",
    "Phường",
    "Xã",
    "Thị trấn",
    "Đặc khu",
)


class NameParts(NamedTuple):
    """A unit's type ("" when the name begins with none) and its name without it."""

    type: str
    short: str


def split_name(name: str) -> NameParts:
    """Return the parts of a full name: "Thị trấn Vạn Giã" is ("Thị trấn", "Vạn Giã").

    The type is recognised in any case and given in its usual one. A name that is nothing but a
    type stays a name.
    """
    plain = tidy(name)
    for kind in UNIT_TYPES:
        head, rest = plain[: len(kind)], plain[len(kind) :]
        if head.casefold() == kind.casefold() and rest.startswith(" "):
            return NameParts(kind, rest.strip())
    return NameParts("", plain)


def tidy(text: str) -> str:
    """Return `text` in NFC, without space at its ends and with single spaces within."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def search_key(text: str) -> str:
    """Return what two spellings of one name share: no accents, no case, single spaces.

    "Hòa", "Hoà" and "hoa" have one key; so have "Đ" and "d". Compare keys with `in`.
    """
    bare = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    letters = (letter for letter in bare if not unicodedata.combining(letter))
    return " ".join("".join(letters).split())
