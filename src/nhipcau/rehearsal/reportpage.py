"""A rehearsal's report as one page: verdict, limits, plots, sites; it needs nothing but itself."""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from statistics import median

from nhipcau.rehearsal import reportwords as words
from nhipcau.rehearsal.plot import BAND_COLOURS, band_plot, bar_plot, legend, line_plot, strip
from nhipcau.rehearsal.reportstyle import STYLE
from nhipcau.rehearsal.reportwords import Both
from nhipcau.rehearsal.verdict import Check, McuSample, Report, Sample, SiteResult


def report_page(report: Report) -> str:
    """Return the page, HTML in UTF-8."""
    return (
        '<!doctype html><html lang="vi"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{words.TITLE.vi}</title><style>{STYLE}</style></head><body>"
        '<input type="checkbox" id="language"><main>'
        f"{_head(report)}{_limits(report.checks, report.sites)}{_plots(report)}{_sites(report)}"
        "</main></body></html>\n"
    )


def _head(report: Report) -> str:
    kind = "pass" if report.passed else "fail"
    return (
        '<label class="language" for="language" tabindex="0">'
        f"{words.LANGUAGE.html()}</label>"
        f'<header><div><h1>{words.TITLE.html()}</h1><p class="meeting">{escape(report.meeting)}</p>'
        f"<p>{len(report.sites)} {words.SITES.html()}, {words.MEASURED.html()} "
        f"{report.seconds:.0f} {words.SECONDS.html()}, {words.AT.html()} "
        f"{escape(report.began)}</p></div>"
        f'<p class="verdict {kind}" data-testid="verdict">{words.VERDICT[report.passed].html()}</p>'
        "</header>"
    )


def _limits(checks: Sequence[Check], sites: Sequence[SiteResult]) -> str:
    names = {site.site: site.name for site in sites}
    rows = "".join(
        f'<tr class="{"pass" if check.passed else "fail"}">'
        f"<td>{words.CHECKS[check.name].html()}</td>"
        f"<td>{check.limit:g}</td><td>{_number(check.worst)}</td>"
        f'<td class="result">{words.VERDICT[check.passed].html()}</td>'
        f'<td class="names">{_names([names[site] for site in check.beyond])}</td></tr>'
        for check in checks
    )
    return (
        f"<h2>{words.LIMITS.html()}</h2>"
        f'<table class="limits">{_table_head(words.CHECK_COLUMNS)}{rows}</table>'
    )


def _names(names: Sequence[str]) -> str:
    shown = escape(", ".join(names[:6]))
    return f"{shown} +{len(names) - 6}" if len(names) > 6 else shown or "–"


def _plots(report: Report) -> str:
    sites = report.sites
    limits = {check.name: check.limit for check in report.checks}
    joins = [site.join_s for site in sites if site.join_s is not None]
    losses = [site.loss_percent for site in sites]
    silences = [site.sound_gap_percent for site in sites]
    plots = (
        (words.FPS, _fps(report.samples)),
        (words.RUNGS, _rungs(report.samples)),
        (words.JOINS, bar_plot(joins, "s", limits["join_s"])),
        (words.LOSS, bar_plot(losses, "%")),
        (words.SOUND, bar_plot(silences, "%", limits["sound_gap_percent"])),
        (words.CORES, line_plot(_of_mcus(report.samples, lambda mcu: mcu.cores), "")),
        (words.MEMORY, line_plot(_of_mcus(report.samples, lambda mcu: mcu.rss_mb), "MiB")),
        (words.LATE, line_plot(_lateness(report.samples), "")),
    )
    figures = "".join(
        f"<figure><figcaption>{title.html()}</figcaption>{plot}</figure>" for title, plot in plots
    )
    return f'<h2>{words.PLOTS.html()}</h2><div class="plots">{figures}</div>'


def _fps(samples: Sequence[Sample]) -> str:
    seen = [sample for sample in samples if sample.fps]
    return line_plot(
        {
            words.MEDIAN: [(sample.at_s, median(sample.fps)) for sample in seen],
            words.WORST: [(sample.at_s, min(sample.fps)) for sample in seen],
        },
        "",
    )


def _rungs(samples: Sequence[Sample]) -> str:
    counts: dict[str, list[int]] = {name: [] for name in BAND_COLOURS}
    for sample in samples:
        rungs = [rung for mcu in sample.mcus.values() for rung in mcu.rungs.values()]
        for name, row in counts.items():
            row.append(rungs.count(name))
    return band_plot([sample.at_s for sample in samples], counts) + _rung_legend()


def _rung_legend() -> str:
    sound = words.SOUND_ONLY.html()
    return legend(BAND_COLOURS).replace(">sound<", f">{sound}<")


def _of_mcus(
    samples: Sequence[Sample], read: Callable[[McuSample], float]
) -> Mapping[str, list[tuple[float, float]]]:
    names = sorted({name for sample in samples for name in sample.mcus})
    return {
        name: [(one.at_s, read(one.mcus[name])) for one in samples if name in one.mcus]
        for name in names
    }


def _lateness(samples: Sequence[Sample]) -> Mapping[str, list[tuple[float, float]]]:
    """Return what all MCUs together were late with since the first sample."""
    if not samples:
        return {}
    first = samples[0].mcus

    def since(sample: Sample, read: Callable[[McuSample], float]) -> float:
        return sum(
            read(mcu) - (read(first[name]) if name in first else 0.0)
            for name, mcu in sample.mcus.items()
        )

    return {
        words.LATE_TICKS: [(one.at_s, since(one, lambda mcu: mcu.late_ticks)) for one in samples],
        words.DROPPED: [(one.at_s, since(one, lambda mcu: mcu.dropped)) for one in samples],
    }


def _sites(report: Report) -> str:
    beyond = {site for check in report.checks for site in check.beyond}
    ordered = sorted(
        report.sites,
        key=lambda one: (one.site not in beyond, -one.sound_gap_percent, -one.longest_gap_s),
    )
    rows = "".join(
        f'<tr class="{"fail" if site.site in beyond else ""}">{_cells(site, report.samples)}</tr>'
        for site in ordered
    )
    return (
        f"<h2>{words.ALL_SITES.html()}</h2><p>{words.EXPLAINED.html()} {_rung_legend()}</p>"
        f'<table class="sites">{_table_head(words.COLUMNS)}{rows}</table>'
    )


def _cells(site: SiteResult, samples: Sequence[Sample]) -> str:
    rungs = [rung for sample in samples if (rung := sample.rung(site.site)) is not None]
    rung = words.SOUND_ONLY.html() if site.rung == "sound" else escape(site.rung) or "–"
    cells = (
        escape(site.name),
        _line(site.line),
        _number(site.join_s),
        f"{site.fps:.1f}",
        f'<span class="rung">{strip(rungs)}{rung}</span>',
        str(site.freezes),
        f"{site.longest_gap_s:.2f}",
        f"{site.loss_percent:.2f}",
        f"{site.sound_gap_percent:.2f}",
        str(site.calls),
    )
    return "".join(f"<td>{cell}</td>" for cell in cells)


def _line(line: str) -> str:
    """Return a line as it was asked for, in words: loss=0.05,delay=40,rate=512."""
    faults = [fault.partition("=") for fault in line.split(",") if fault]
    said = [words.FAULTS[name](float(value)) for name, _, value in faults]
    if not said:
        return words.NO_FAULT.html()
    return Both(", ".join(one.vi for one in said), ", ".join(one.en for one in said)).html()


def _table_head(columns: Sequence[Both]) -> str:
    return f"<tr>{''.join(f'<th>{column.html()}</th>' for column in columns)}</tr>"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}"
