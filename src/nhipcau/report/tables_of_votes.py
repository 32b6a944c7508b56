"""What was voted, in words."""

from nhipcau.report import words
from nhipcau.report.report import Report
from nhipcau.report.worded import Column, Language, TableKey, WordTable


def votes_table(report: Report, language: Language) -> WordTable:
    rows = []
    for vote in report.votes:
        left = len(vote.delegations) - sum(vote.counts)
        counts = [f"{word}: {count}" for word, count in zip(vote.answers, vote.counts, strict=True)]
        result = "; ".join([*counts, *([f"chưa trả lời: {left}"] if left else [])])
        closed = "chưa kết thúc" if vote.closed_ms is None else ""
        times = (
            words.clock(vote.opened_ms, language.zone),
            closed or words.clock(vote.closed_ms, language.zone),
        )
        rows.append((vote.question, *times, result))
    return WordTable(
        TableKey.VOTES,
        "Biểu quyết",
        (
            Column("Nội dung biểu quyết", 80),
            Column("Bắt đầu", 24, centred=True),
            Column("Kết thúc", 24, centred=True),
            Column("Kết quả", 72),
        ),
        tuple(rows),
        empty="Không có biểu quyết.",
    )


def ballots_table(report: Report, _language: Language) -> WordTable:
    rows = [
        (
            vote.question,
            one.name,
            vote.answers[one.answer] if one.answer is not None else "Chưa trả lời",
            "Ghi hộ qua điện thoại"
            if one.told
            else "Tại điểm cầu"
            if one.answer is not None
            else "",
        )
        for vote in report.votes
        for one in vote.delegations
    ]
    return WordTable(
        TableKey.BALLOTS,
        "Trả lời của từng đoàn",
        (
            Column("Nội dung biểu quyết", 80),
            Column("Đoàn", 60),
            Column("Trả lời", 40),
            Column("Ghi nhận", 40),
        ),
        tuple(rows),
        printed=bool(rows),
    )
