"""A rehearsal's report as one page: verdict, limits, plots, sites; it needs nothing but itself."""

from collections.abc import Sequence
from html import escape
from statistics import median

from nhipcau.rehearsal.plot import bar_plot, line_plot
from nhipcau.rehearsal.verdict import Check, Report, SiteResult

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { text-align: right; padding: .2rem .6rem; border-bottom: 1px solid #ccc }
th:first-child, td:first-child { text-align: left }
.failed { color: #a11; font-weight: 600 }
.passed { color: #17632a; font-weight: 600 }
svg { width: 100%; margin: .5rem 0 }
"""
_CHECKS = {
    "join_s": "Vào họp (giây)",
    "freezes": "Số lần đứng hình",
    "longest_gap_s": "Đứng hình lâu nhất (giây)",
    "sound_gap_percent": "Mất tiếng (%)",
}
_COLUMNS = (
    "Điểm cầu",
    "Đường truyền",
    "Vào họp, s",
    "Hình/s",
    "Đứng hình",
    "Lâu nhất, s",
    "Mất gói, %",
    "Mất tiếng, %",
    "Số lần gọi",
)


def report_page(report: Report) -> str:
    """Return the page, HTML in UTF-8."""
    word, kind = ("ĐẠT", "passed") if report.passed else ("KHÔNG ĐẠT", "failed")
    head = f"{len(report.sites)} điểm cầu, {report.seconds:.0f} giây"
    return (
        '<!doctype html><html lang="vi"><meta charset="utf-8">'
        f"<title>Báo cáo diễn tập</title><style>{_STYLE}</style>"
        f"<h1>Báo cáo diễn tập</h1><p>{escape(report.meeting)}: {head}. "
        f'Kết quả: <span class="{kind}">{word}</span></p>'
        f"{_limits(report.checks)}{_plots(report)}{_sites(report.sites)}</html>\n"
    )


def _limits(checks: Sequence[Check]) -> str:
    rows = "".join(
        f'<tr class="{"" if check.passed else "failed"}"><td>{_CHECKS[check.name]}</td>'
        f"<td>{_number(check.worst)}</td><td>{check.limit:g}</td>"
        f"<td>{escape(', '.join(check.beyond)) or '–'}</td></tr>"
        for check in checks
    )
    head = "<th>Chỉ tiêu</th><th>Kém nhất</th><th>Giới hạn</th><th>Điểm cầu vượt</th>"
    return f"<h2>Chỉ tiêu</h2><table><tr>{head}</tr>{rows}</table>"


def _plots(report: Report) -> str:
    samples = report.samples
    mcus = sorted({name for sample in samples for name in sample.mcus})
    middle = [(sample.at_s, median(sample.fps)) for sample in samples if sample.fps]
    worst = [(sample.at_s, min(sample.fps)) for sample in samples if sample.fps]
    cores = {
        name: [(s.at_s, s.mcus[name].cores) for s in samples if name in s.mcus] for name in mcus
    }
    memory = {
        name: [(s.at_s, s.mcus[name].rss_mb) for s in samples if name in s.mcus] for name in mcus
    }
    limit = next((check.limit for check in report.checks if check.name == "join_s"), None)
    joins = [site.join_s for site in report.sites if site.join_s is not None]
    return "<h2>Biểu đồ</h2>" + "".join(
        (
            bar_plot("Thời gian vào họp của từng điểm cầu, giây", joins, limit),
            line_plot("Hình mỗi giây", {"trung vị": middle, "kém nhất": worst}),
            line_plot("Có mặt", {"điểm cầu": [(s.at_s, float(s.present)) for s in samples]}),
            bar_plot("Mất gói của từng điểm cầu, %", [s.loss_percent for s in report.sites]),
            line_plot("MCU: số nhân CPU đang dùng", cores),
            line_plot("MCU: bộ nhớ, MiB", memory),
        )
    )


def _sites(sites: Sequence[SiteResult]) -> str:
    head = "".join(f"<th>{escape(column)}</th>" for column in _COLUMNS)
    rows = "".join(
        f"<tr>{''.join(f'<td>{cell}</td>' for cell in _cells(site))}</tr>" for site in sites
    )
    return f"<h2>Điểm cầu</h2><table><tr>{head}</tr>{rows}</table>"


def _cells(site: SiteResult) -> tuple[str, ...]:
    return (
        escape(site.site),
        escape(site.line) or "–",
        _number(site.join_s),
        f"{site.fps:.1f}",
        str(site.freezes),
        f"{site.longest_gap_s:.2f}",
        f"{site.loss_percent:.2f}",
        f"{site.sound_gap_percent:.2f}",
        str(site.calls),
    )


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}"
