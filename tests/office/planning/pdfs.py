"""PDFs, and what is none."""

import io
import random

from pypdf import PdfWriter


def pdf(pages: int = 2, *, password: str = "", mark: str = "", ballast: int = 0) -> bytes:
    """Return a PDF with so many empty pages, and so many bytes that can't be squeezed."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(width=595, height=842)
    writer.add_metadata({"/Title": mark or "Báo cáo"})
    if ballast:
        writer.add_attachment("ballast", random.Random(7).randbytes(ballast))
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
