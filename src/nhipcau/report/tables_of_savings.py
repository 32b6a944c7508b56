"""What was saved, in words."""

from collections.abc import Iterator

from nhipcau.report import words
from nhipcau.report.report import Report
from nhipcau.report.savings import Savings
from nhipcau.report.worded import Column, Language, TableKey, WordTable


def savings_table(report: Report, _language: Language) -> WordTable:
    saved = report.savings
    return WordTable(
        TableKey.SAVINGS,
        "Hiệu quả của họp trực tuyến",
        (Column("Chỉ tiêu", 120), Column("Số lượng", 60)),
        () if saved is None else tuple(_saving_rows(saved)),
        note="" if saved is None else "; ".join(_saving_notes(saved)) + ".",
        empty="Chưa có định mức và khoảng cách để tính.",
    )


def _saving_rows(saved: Savings) -> Iterator[tuple[str, str]]:
    yield "Số điểm cầu được tính", words.number(len(saved.rows))
    yield "Số chuyến đi (khứ hồi) không phải đi", words.number(saved.trips)
    yield "Quãng đường không phải đi (km)", words.number(saved.km)
    yield "Thời gian đi đường không mất (giờ công)", words.number(saved.person_hours)
    yield f"Chi phí tiết kiệm ước tính ({saved.rates.currency})", words.number(saved.cost)


def _saving_notes(saved: Savings) -> Iterator[str]:
    if saved.rates.example:
        yield "Số liệu ví dụ"
    if saved.rates.source:
        yield f"nguồn: {saved.rates.source}"
    guessed = sum(not row.asked for row in saved.rows)
    if guessed:
        yield f"{guessed} điểm cầu chưa báo số đại biểu, tính {saved.rates.delegates} người"
    if saved.uncounted:
        yield (
            f"{len(saved.uncounted)} điểm cầu không tính vì chưa có khoảng cách: "
            f"{', '.join(saved.uncounted[:10])}{' …' if len(saved.uncounted) > 10 else ''}"
        )
