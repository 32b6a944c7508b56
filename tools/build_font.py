"""Build the one font file that names are written with on tiles.

The web's subset files each lack letters, and Pillow falls back to no other font, so the three
subsets of one weight are merged into a single TrueType file that has all of Vietnamese.

    npm pack @fontsource/be-vietnam-pro  →  latin + latin-ext + vietnamese (woff2)
        →  unhinted, without layout tables  →  merged  →  BeVietnamPro-SemiBold.ttf, OFL.txt

Run it from the root of the project when the font's version changes: `python tools/build_font.py`.
It needs npm and the `dev` extra (fonttools with Brotli). The result is kept in the repository.
"""

import argparse
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from fontTools.merge import Merger, Options  # type: ignore[import-untyped]  # no stubs exist
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # no stubs exist

PACKAGE = "@fontsource/be-vietnam-pro"
VERSION = "5.3.0"
SUBSETS = ("latin", "latin-ext", "vietnamese")
WEIGHT = 600
FONT_NAME = "BeVietnamPro-SemiBold.ttf"
# Hints differ between the subset files and the rest needs a shaping engine that Pillow may lack.
DROPPED_TABLES = ("GDEF", "GPOS", "GSUB", "cvt ", "fpgm", "prep", "gasp", "GlyphOrder")
OUTPUT = Path(__file__).parents[1] / "src" / "nhipcau" / "picture" / "fonts"


def fetch(folder: Path) -> Path:
    """Return the unpacked npm package, fetched and integrity-checked by npm into `folder`."""
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("npm is not installed")
    command = [npm, "pack", "--silent", f"{PACKAGE}@{VERSION}"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    with tarfile.open(next(folder.glob("*.tgz"))) as archive:
        archive.extractall(folder, filter="data")
    return folder / "package"


def plain_subset(source: Path, target: Path) -> None:
    """Write a subset file as unhinted TrueType without layout tables."""
    font = TTFont(source, recalcTimestamp=False)
    font.flavor = None
    for table in DROPPED_TABLES:
        if table in font:
            del font[table]
    for name in font["glyf"].keys():  # noqa: SIM118 (the table is no mapping)
        font["glyf"][name].removeHinting()
    font.save(target)


def build_font(package: Path, work: Path, target: Path) -> int:
    """Merge the subsets into `target` and return how many characters it has."""
    parts = []
    for subset in SUBSETS:
        part = work / f"{subset}.ttf"
        name = f"be-vietnam-pro-{subset}-{WEIGHT}-normal.woff2"
        plain_subset(package / "files" / name, part)
        parts.append(str(part))
    merged = Merger(options=Options(drop_tables=[])).merge(parts)
    first = TTFont(parts[0])
    merged["head"].created = first["head"].created
    merged["head"].modified = first["head"].modified
    merged.recalcTimestamp = False
    merged.save(target)
    return len(TTFont(target).getBestCmap())


def licence(text: str) -> str:
    """Return the package's licence with its copyright line once instead of once per style.

    Raises:
        SystemExit: the licence is not the OFL or reserves a font name; then a merged file must not
            keep the name (OFL 1.1 §3), and a person has to look at it.
    """
    first, rest = text.split("\n", 1)
    if "SIL OPEN FONT LICENSE Version 1.1" not in rest or "Reserved Font Name" in first:
        raise SystemExit("the licence changed: read it before bundling the font")
    return first[: first.index(")") + 1] + "\n" + rest


def main() -> None:
    """Build the font and its licence file."""
    parser = argparse.ArgumentParser(description="Build the font for the names on tiles.")
    parser.add_argument("--package", type=Path, help="an unpacked npm package, to stay offline")
    parser.add_argument("--output", type=Path, default=OUTPUT)
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        package = arguments.package or fetch(work)
        text = licence((package / "LICENSE").read_text(encoding="utf-8"))
        count = build_font(package, work, arguments.output / FONT_NAME)
        (arguments.output / "OFL.txt").write_text(text, encoding="utf-8")
    print(f"{FONT_NAME}: {count} characters")


if __name__ == "__main__":
    main()
