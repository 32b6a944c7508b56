"""The words of a rehearsal's report: Vietnamese, and English beside it."""

from collections.abc import Callable, Mapping
from html import escape
from typing import NamedTuple


class Both(NamedTuple):
    """The same words in both languages; the page shows one of them."""

    vi: str
    en: str

    def html(self) -> str:
        """Return both as HTML."""
        return f'<span lang="vi">{escape(self.vi)}</span><span lang="en">{escape(self.en)}</span>'


TITLE = Both("Báo cáo diễn tập", "Rehearsal report")
LANGUAGE = Both("English", "Tiếng Việt")
VERDICT: Mapping[bool, Both] = {True: Both("✓ Đạt", "✓ Pass"), False: Both("✗ Không đạt", "✗ Fail")}
SITES = Both("điểm cầu", "sites")
MEASURED = Both("đo trong", "measured for")
SECONDS = Both("giây", "s")
AT = Both("lúc", "at")
LIMITS, PLOTS = Both("Chỉ tiêu", "Limits"), Both("Biểu đồ", "Plots")
ALL_SITES = Both("Từng điểm cầu", "Each site")
CHECK_COLUMNS = (
    Both("Chỉ tiêu, cho mỗi điểm cầu", "Limit, for each site"),
    Both("Không quá", "At most"),
    Both("Kém nhất", "Worst"),
    Both("Kết quả", "Result"),
    Both("Điểm cầu vượt", "Sites beyond"),
)
CHECKS: Mapping[str, Both] = {
    "join_s": Both("Vào họp, giây", "Join, s"),
    "freezes": Both("Đứng hình quá 0,3 giây, số lần", "Freezes of more than 0.3 s"),
    "longest_gap_s": Both("Đứng hình lâu nhất, giây", "Longest freeze, s"),
    "sound_gap_percent": Both("Mất tiếng, %", "Sound lost, %"),
    "counts_differ_percent": Both(
        "Số gói MCU gửi và điểm cầu đếm lệch nhau, %", "MCU's and site's packet counts apart, %"
    ),
}
COLUMNS = (
    Both("Điểm cầu", "Site"),
    Both("Đường truyền", "Line"),
    Both("Vào họp, s", "Join, s"),
    Both("Hình/s", "fps"),
    Both("Nấc hình", "Rung"),
    Both("Đứng hình", "Freezes"),
    Both("Lâu nhất, s", "Longest, s"),
    Both("Mất gói, %", "Loss, %"),
    Both("Mất tiếng, %", "Sound lost, %"),
    Both("Số lần gọi", "Calls"),
)
FPS = Both("Hình mỗi giây", "Pictures a second")
RUNGS = Both("Số điểm cầu theo nấc hình", "Sites by rung")
JOINS = Both("Vào họp: từng điểm cầu, giây", "Join: each site, s")
LOSS = Both("Mất gói: từng điểm cầu, %", "Loss: each site, %")
SOUND = Both("Mất tiếng: từng điểm cầu, %", "Sound lost: each site, %")
CORES = Both("MCU: số nhân xử lý đang dùng", "MCU: processor cores in use")
MEMORY = Both("MCU: bộ nhớ, MiB", "MCU: memory, MiB")
LATE = Both("MCU: nhịp trễ và khung hình bỏ", "MCU: late ticks and frames dropped")
MEDIAN, WORST = "trung vị / median", "kém nhất / worst"
LATE_TICKS, DROPPED = "nhịp trễ / late", "khung bỏ / dropped"
NO_FAULT = Both("không giới hạn", "no bound")
SOUND_ONLY = Both("chỉ tiếng", "sound only")
FAULTS: Mapping[str, Callable[[float], Both]] = {
    "loss": lambda share: Both(f"mất {100 * share:g} % gói", f"{100 * share:g} % loss"),
    "delay": lambda ms: Both(f"trễ {ms:g} ms", f"{ms:g} ms delay"),
    "rate": lambda kbps: Both(f"{kbps:g} kbit/s", f"{kbps:g} kbit/s"),
}
EXPLAINED = Both(
    "Các điểm cầu tự đếm: gói bị thiếu theo số thứ tự, và khoảng cách giữa hai hình hiện được trọn "
    "vẹn. Điểm cầu có vấn đề đứng trước.",
    "The sites count for themselves: packets missing by sequence number, and times between "
    "pictures that could be shown whole. Sites with trouble come first.",
)
