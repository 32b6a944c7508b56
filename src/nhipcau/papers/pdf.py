"""A sheet as PDF, set by Typst with our own typeface embedded."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import typst

from nhipcau.papers.sheet import Block, Sheet, Table
from nhipcau.papers.words import (
    DRAFT,
    MOTTO,
    NATION,
    RECIPIENTS,
    date_line,
    number_line,
    recipient_lines,
)
from nhipcau.ports.papers import Letterhead, PaperFrame

_HERE = Path(str(resources.files("nhipcau.papers")))
# Archives ask for fonts embedded and no outside reference. Source: ISO 19005-2.
# For archives, that want one, when nobody has signed yet.
_NO_DAY = date(2000, 1, 1)
_STANDARD: Literal["a-2b"] = "a-2b"


def pdf_of(sheet: Sheet) -> bytes:
    """Return a sheet as PDF/A-2b; the same sheet gives the same bytes."""
    return typst.compile(
        _HERE / "decree30.typ",
        format="pdf",
        font_paths=[_HERE / "fonts"],
        ignore_system_fonts=True,
        sys_inputs={"sheet": json.dumps(_data(sheet), ensure_ascii=False)},
        pdf_standards=_STANDARD,
        timestamp=_made(sheet.frame.letterhead),
    )


def _made(head: Letterhead) -> datetime:
    """Return the day that stands on the paper: no other, so that no two prints differ."""
    day = head.day or _NO_DAY
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _data(sheet: Sheet) -> Mapping[str, Any]:
    frame = sheet.frame
    return {
        "title": f"{sheet.kind}: {sheet.abstract}",
        "author": " ".join(frame.letterhead.agency),
        "landscape": sheet.landscape,
        "head": _head(frame),
        "kind": sheet.kind,
        "abstract": sheet.abstract,
        "blocks": [_block(block) for block in sheet.blocks],
        "closing": {
            "label": RECIPIENTS,
            "recipients": recipient_lines(frame.recipients),
            "authority": [line.upper() for line in frame.signature.authority],
            "name": frame.signature.name,
        },
        "approval": frame.approval,
    }


def _head(frame: PaperFrame) -> Mapping[str, Any]:
    head = frame.letterhead
    return {
        "parent": head.parent_agency.upper(),
        "agency": [line.upper() for line in head.agency],
        "nation": NATION,
        "motto": MOTTO,
        "number": number_line(head),
        "date": date_line(head),
        "draft": DRAFT if head.draft else "",
    }


def _block(block: Block) -> Mapping[str, Any]:
    if isinstance(block, Table):
        return {
            "type": "table",
            "columns": [
                {"heading": one.heading, "share": one.share, "centred": one.centred}
                for one in block.columns
            ],
            "rows": [{"cells": row.cells, "spans": row.spans} for row in block.rows],
        }
    return {
        "type": "paragraph",
        "indent": block.indent,
        "keep": block.keep,
        "runs": [{"text": run.text, "bold": run.bold, "italic": run.italic} for run in block.runs],
    }
