"""Is it a PDF? The mark at its beginning, and every page found by a parser."""

import io
import logging

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from nhipcau.office.planning.errors import BadPaperError

_MARK = b"%PDF-"
# Source: ISO 32000-1 annex H.3: readers take the mark within the first 1,024 bytes.
_MARK_WITHIN = 1024
MAX_PAGES = 2000

# It tells of every oddity of every file; what matters becomes our one sentence.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


def check_pdf(data: bytes) -> int:
    """Return how many pages a PDF has.

    Raises:
        BadPaperError: it is no PDF, is encrypted, broken, has no page or too many.
    """
    if _MARK not in data[:_MARK_WITHIN]:
        raise BadPaperError("Tệp không phải PDF: hãy xuất tài liệu ra PDF rồi tải lên lại.")
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted:
            raise BadPaperError("Tệp PDF có mật khẩu, phòng họp không mở được.")
        pages = len(reader.pages)
    except (PyPdfError, ValueError, KeyError, TypeError, RecursionError, OSError) as error:
        raise BadPaperError("Tệp PDF hỏng, không đọc được: hãy xuất lại.") from error
    if not 0 < pages <= MAX_PAGES:
        raise BadPaperError(f"Tệp PDF có {pages} trang, phải từ 1 đến {MAX_PAGES}.")
    return pages
