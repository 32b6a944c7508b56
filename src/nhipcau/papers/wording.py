"""What each paper says, worked out once for every format.

Invitation, RunSheet, Responsibilities, MeetingReport ── sheet_of ──▶ Sheet

Source: Decree 30/2020/NĐ-CP, Annex III, form 1.10 for the invitation. No form is given for a run
sheet and a responsibility table; they follow what offices issue, in the same frame.
"""

from collections.abc import Iterable, Iterator, Sequence

from nhipcau.papers.sheet import (
    Block,
    Column,
    Paragraph,
    Run,
    Sheet,
    Table,
    TableRow,
    heading,
    labelled,
    plain,
)
from nhipcau.papers.words import moment_words
from nhipcau.ports.papers import (
    BackupCase,
    DrillLine,
    DutyPhase,
    Invitation,
    MeetingReport,
    Paper,
    PaperFrame,
    Responsibilities,
    RunItem,
    RunSheet,
)

# What ends the text of an official paper.
_END = "./."
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_RUN_COLUMNS = (
    Column("TT", 10, centred=True),
    Column("Thời gian", 15, centred=True),
    Column("Phút", 12, centred=True),
    Column("Nội dung", 60),
    Column("Người nói, điểm cầu", 44),
    Column("Bố cục hình", 39),
    Column("Tài liệu", 18, centred=True),
    Column("Kỹ thuật", 47),
)
_CASE_COLUMNS = (
    Column("TT", 10, centred=True),
    Column("Tình huống", 48),
    Column("Cách xử lý", 63),
    Column("Thời hạn", 27),
    Column("Thực hiện, quyết định, gọi cho", 50),
    Column("Câu thông báo", 47),
)
_DRILL_COLUMNS = (
    Column("Thời điểm", 28, centred=True),
    Column("Nội dung diễn tập", 57),
    Column("Người thực hiện", 38),
    Column("Điểm cầu báo kết quả", 24, centred=True),
    Column("Có tiếng lại (giây)", 26, centred=True),
    Column("Có hình lại (giây)", 26, centred=True),
    Column("Mức yêu cầu", 20, centred=True),
    Column("Kết quả", 26, centred=True),
)
_DRILL_NOTE = "Thời gian có tiếng, có hình lại: 95% số điểm cầu / lâu nhất, tính bằng giây."
_DUTY_COLUMNS = (
    Column("TT", 10, centred=True),
    Column("Nhiệm vụ", 77),
    Column("Thời hạn", 38),
    Column("Đơn vị thực hiện", 48),
    Column("Người phụ trách, điện thoại", 46),
    Column("Hoàn thành", 26, centred=True),
)


def sheet_of(paper: Paper) -> Sheet:
    """Return a paper as paragraphs and tables."""
    match paper:
        case Invitation():
            return _invitation(paper)
        case RunSheet():
            return _run_sheet(paper)
        case Responsibilities():
            return _responsibilities(paper)
        case MeetingReport():
            return _report(paper)


def _invitation(paper: Invitation) -> Sheet:
    return Sheet(
        paper.frame,
        "GIẤY MỜI",
        paper.frame.title,
        tuple(_invitation_blocks(paper)),
    )


def _invitation_blocks(paper: Invitation) -> Iterator[Block]:
    yield plain(f"{paper.host} trân trọng kính mời:", keep=True)
    for group in paper.groups:
        yield heading(f"{group.where}:")
        for at, one in enumerate(group.who):
            end = "." if at == len(group.who) - 1 else ";"
            yield plain(f"- {one.rstrip('.;')}{end}")
    yield labelled("Tới dự", _stop(paper.frame.title))
    yield labelled("Chủ trì", _stop(paper.chair))
    yield labelled("Thời gian", _stop(moment_words(paper.begins)))
    yield labelled("Địa điểm", _stop(paper.venue))
    closing = [*paper.summary, *paper.requests]
    for at, text in enumerate(closing):
        last = at == len(closing) - 1
        yield plain(_ended(text) if last else text, keep=last)


def _run_sheet(paper: RunSheet) -> Sheet:
    blocks: list[Block] = list(_facts(paper.facts))
    if paper.papers:
        blocks.append(labelled("Tài liệu", _stop("; ".join(paper.papers))))
    blocks.append(heading("I. DIỄN BIẾN"))
    blocks.append(Table(_RUN_COLUMNS, tuple(_run_row(item) for item in paper.items)))
    if paper.cases:
        blocks.append(heading("II. PHƯƠNG ÁN DỰ PHÒNG"))
        blocks.append(Table(_CASE_COLUMNS, tuple(_case_rows(paper.cases))))
    if paper.drills:
        number = "III" if paper.cases else "II"
        blocks.append(heading(f"{number}. KẾT QUẢ DIỄN TẬP PHƯƠNG ÁN DỰ PHÒNG"))
        blocks.append(Table(_DRILL_COLUMNS, tuple(map(_drill_row, paper.drills))))
        blocks.append(Paragraph((Run(_DRILL_NOTE, italic=True),)))
    return _wide(paper.frame, "KỊCH BẢN", blocks)


def _run_row(item: RunItem) -> TableRow:
    return TableRow(
        (
            item.number,
            item.time,
            item.minutes,
            _capital(item.content),
            _capital(item.speakers),
            _capital(item.layout),
            item.papers,
            _capital(item.technicians),
        )
    )


def _case_rows(cases: Sequence[BackupCase]) -> Iterator[TableRow]:
    for number, one in enumerate(cases, 1):
        cells = (one.trigger, one.action, one.within, _people(one), one.announce)
        yield TableRow((str(number), *map(_capital, cells)))


def _drill_row(one: DrillLine) -> TableRow:
    cells = (one.when, one.deed, one.by, one.sites, one.sound, one.picture, one.goal, one.verdict)
    return TableRow(cells)


def _people(case: BackupCase) -> str:
    """Return who acts, who decides and whom to call, one line each."""
    lines = [_capital(case.who)]
    lines += [f"Quyết định: {case.decides}"] if case.decides else []
    lines += [f"Gọi: {case.call}"] if case.call else []
    return "\n".join(line for line in lines if line)


def _responsibilities(paper: Responsibilities) -> Sheet:
    rows = tuple(_duty_rows(paper.phases))
    return _wide(
        paper.frame,
        "BẢNG PHÂN CÔNG NHIỆM VỤ",
        [*_facts(paper.facts), Table(_DUTY_COLUMNS, rows)],
    )


def _duty_rows(phases: Iterable[DutyPhase]) -> Iterator[TableRow]:
    number = 0
    for roman, phase in zip(_ROMAN, phases, strict=False):
        yield TableRow((f"{roman}. {phase.name.upper()}",), spans=True)
        for one in phase.duties:
            number += 1
            cells = (one.task, one.due, one.party, one.contact, one.done)
            yield TableRow((str(number), *map(_capital, cells)))


def _report(paper: MeetingReport) -> Sheet:
    blocks: list[Block] = list(_facts(paper.facts))
    for roman, table in zip(_ROMAN, paper.tables, strict=False):
        blocks.append(heading(f"{roman}. {table.title.upper()}"))
        if table.rows:
            columns = tuple(Column(one.heading, one.share, one.centred) for one in table.columns)
            blocks.append(Table(columns, tuple(TableRow(row) for row in table.rows)))
        else:
            blocks.append(plain(table.empty))
        if table.rows and table.note:
            blocks.append(Paragraph((Run(table.note, italic=True),)))
    return _wide(paper.frame, "BÁO CÁO", blocks)


def _wide(frame: PaperFrame, kind: str, blocks: Sequence[Block]) -> Sheet:
    return Sheet(frame, kind, frame.title, tuple(blocks), landscape=True)


def _facts(facts: Iterable[tuple[str, str]]) -> Iterator[Paragraph]:
    for label, text in facts:
        yield Paragraph((Run(f"{label}: ", bold=True), Run(_stop(text))))


def _capital(text: str) -> str:
    """Return a cell's text as a sentence begins."""
    return text[:1].upper() + text[1:]


def _stop(text: str) -> str:
    return f"{text.rstrip('.;')}."


def _ended(text: str) -> str:
    return f"{text.rstrip('.;/ ')}{_END}"
