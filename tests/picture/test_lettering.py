"""The bundled font has every letter that a name can have."""

import csv
import unicodedata
from importlib.resources import files
from io import BytesIO

import pytest
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # no stubs exist
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.picture.lettering import ELLIPSIS, FONT_FILE, font, plain, shorten, wrap
from nhipcau.picture.tile import WORDS

BASES = "aăâeêioôơuưy"
# none, grave, hook above, tilde, acute, dot below
TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
VOWELS = "".join(unicodedata.normalize("NFC", base + tone) for base in BASES for tone in TONES)
ALPHABET = VOWELS + VOWELS.upper() + "bcdđfghjklmnpqrstvwxzBCDĐFGHJKLMNPQRSTVWXZ"
SIGNS = "0123456789 .,:;-–—()/&+'\"“”‘’·%" + ELLIPSIS


def names() -> list[str]:
    """Return the 145 names of the model province."""
    text = files("nhipcau.org").joinpath("data/khanh-hoa-2024.csv").read_text(encoding="utf-8")
    return [row["name"] for row in csv.DictReader(text.splitlines())]


def characters() -> set[int]:
    """Return the code points that the font maps to a glyph."""
    data = files("nhipcau.picture").joinpath(FONT_FILE).read_bytes()
    return set(TTFont(BytesIO(data)).getBestCmap())


def shape(text: str) -> bytes:
    """Return the pixels of a text."""
    return bytes(font(40).getmask(text))


def test_all_145_names_are_composed_and_have_every_glyph() -> None:
    assert len(names()) == 145
    assert all(unicodedata.is_normalized("NFC", name) for name in names())
    missing = {letter for name in names() for letter in name if ord(letter) not in characters()}
    assert not missing


def test_every_letter_of_vietnamese_and_every_word_on_a_tile_has_a_glyph() -> None:
    assert len(set(VOWELS)) == 12 * 6
    wanted = ALPHABET + SIGNS + "".join(WORDS.values())
    assert not {letter for letter in wanted if ord(letter) not in characters()}


def test_no_letter_is_drawn_like_a_missing_one_or_like_another() -> None:
    # this font's sign for a missing letter is an empty space
    missing = shape("\U0001f600")
    seen: dict[bytes, str] = {}
    for letter in sorted(set(ALPHABET) | {c for name in names() for c in name} - {" "}):
        drawn = shape(letter)
        assert drawn != missing
        assert any(drawn)
        # size and pixels differ from every other letter's, so no mark is lost
        key = repr(font(40).getbbox(letter)).encode() + drawn
        assert key not in seen, f"{letter} looks like {seen.get(key)}"
        seen[key] = letter


def test_a_decomposed_name_is_composed_before_it_is_drawn() -> None:
    for name in names():
        assert plain(unicodedata.normalize("NFD", name)) == name


def test_control_characters_and_line_breaks_do_not_reach_a_tile() -> None:
    assert plain("  Xã\n Giang\x00\u202e  Ly\t") == "Xã Giang Ly"


@given(st.text(max_size=60), st.integers(0, 400))
def test_a_shortened_text_never_leaves_its_room(text: str, width_px: int) -> None:
    face = font(20)
    short = shorten(plain(text), face, width_px)
    assert face.getlength(short) <= width_px
    assert short == plain(text) or not short or short.endswith(ELLIPSIS)


def test_a_long_name_keeps_as_much_as_fits() -> None:
    face = font(20)
    long = "Ủy ban nhân dân xã Ba Cụm Nam, huyện Khánh Sơn"
    short = shorten(long, face, 250)
    assert short.startswith("Ủy ban nhân dân")
    assert face.getlength(short) > 200


@given(st.lists(st.sampled_from(["Thị", "trấn", "Khánh", "Vĩnh"]), max_size=12))
def test_wrapped_lines_fit_and_lose_nothing_where_there_is_room(words: list[str]) -> None:
    face = font(20)
    rows = wrap(" ".join(words), face, 120, 20)
    assert " ".join(rows).split() == words
    assert all(face.getlength(row) <= 120 for row in rows)
    assert len(wrap(" ".join(words), face, 120, 2)) <= 2


@pytest.mark.parametrize("size_px", [13, 28, 60])
def test_letters_come_in_the_sizes_that_tiles_use(size_px: int) -> None:
    assert font(size_px) is font(size_px)
    assert font(size_px).getlength("Ế") > size_px / 3
