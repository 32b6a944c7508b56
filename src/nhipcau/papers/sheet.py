"""A paper before it is set in type: letterhead, heading, paragraphs, tables, signature."""

from dataclasses import dataclass

from nhipcau.ports.papers import PaperFrame


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text in one face."""

    text: str
    bold: bool = False
    italic: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Runs set as one paragraph; `indent` moves its first line in, `keep` ties it to the next."""

    runs: tuple[Run, ...]
    indent: bool = True
    keep: bool = False


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of as many cells as there are columns, or one that spans them all."""

    cells: tuple[str, ...]
    spans: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, its share of the width, and whether its cells are centred."""

    heading: str
    share: int
    centred: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A ruled table whose heading comes again on every page."""

    columns: tuple[Column, ...]
    rows: tuple[TableRow, ...]


Block = Paragraph | Table


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole paper.

    Attributes:
        frame: letterhead, signature, recipients.
        kind: "GIẤY MỜI".
        abstract: below it.
        blocks: the text.
        landscape: on its side, for wide tables.
    """

    frame: PaperFrame
    kind: str
    abstract: str
    blocks: tuple[Block, ...]
    landscape: bool = False


def plain(text: str, *, keep: bool = False) -> Paragraph:
    """Return a paragraph in one face."""
    return Paragraph((Run(text),), keep=keep)


def labelled(label: str, text: str) -> Paragraph:
    """Return a paragraph that begins with a bold label: "Thời gian: 08 giờ 00"."""
    return Paragraph((Run(f"{label}: ", bold=True), Run(text)))


def heading(text: str) -> Paragraph:
    """Return a bold line that stays with what follows."""
    return Paragraph((Run(text, bold=True),), keep=True)
