"""A PDF as an answer: whole or a range of it, marked by its SHA-256, in no page's power."""

from collections.abc import AsyncIterator, Callable, Iterator

from fastapi import Request
from fastapi.responses import Response, StreamingResponse

from nhipcau.web.problems import problem
from nhipcau.web.ranges import Part, RangeError, asked_part

_PDF = "application/pdf"
Send = Callable[[Part], Iterator[bytes] | AsyncIterator[bytes]]


def answer_file(request: Request, file: tuple[str, int], send: Send) -> Response:
    """Answer with a file or a range of it. Source: RFC 9110 §13.2.2 (order of the conditions)."""
    sha256, size = file
    mark = f'"{sha256}"'
    headers = {
        "ETag": mark,
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
        "Content-Disposition": "inline",
        "Content-Security-Policy": "sandbox",
    }
    if mark in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    fresh = request.headers.get("if-range", mark) == mark
    try:
        part = asked_part(request.headers.get("range"), size, fresh=fresh)
    except RangeError as error:
        answer = problem(416, "the range lies behind the file")
        answer.headers["Content-Range"] = str(error)
        return answer
    headers["Content-Length"] = str(part.length)
    if not part.whole:
        headers["Content-Range"] = f"bytes {part.first}-{part.last}/{size}"
    status = 200 if part.whole else 206
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers, media_type=_PDF)
    return StreamingResponse(send(part), status_code=status, headers=headers, media_type=_PDF)
