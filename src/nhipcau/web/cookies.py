"""The two cookies: the session's, and the one by which a device is known again.

Over TLS their names begin with `__Host-`, which a browser takes only with Secure, without a domain
and for the whole site. Plain http exists on this machine alone; there a name carries the port,
because browsers share cookies between the ports of a host. Source: RFC 6265bis §4.1.3.2.
"""

from starlette.requests import Request
from starlette.responses import Response

from nhipcau.access.sessions import ABSOLUTE_S

_SESSION, _DEVICE = "nhipcau-session", "nhipcau-device"
_DEVICE_S = 365 * 24 * 3600


def session_cookie(request: Request) -> str:
    """Return the session's secret, empty where there is none."""
    return request.cookies.get(_name(request, _SESSION), "")


def device_cookie(request: Request) -> str:
    """Return the known device's secret, empty where there is none."""
    return request.cookies.get(_name(request, _DEVICE), "")


def set_session(request: Request, response: Response, secret: str) -> None:
    """Give the browser its session."""
    _set(request, response, (_SESSION, secret, int(ABSOLUTE_S)))


def set_device(request: Request, response: Response, secret: str) -> None:
    """Give the browser the cookie by which it is known again."""
    _set(request, response, (_DEVICE, secret, _DEVICE_S))


def clear_session(request: Request, response: Response) -> None:
    """Take the session from the browser."""
    _set(request, response, (_SESSION, "", 0))


def _set(request: Request, response: Response, cookie: tuple[str, str, int]) -> None:
    kind, value, max_age_s = cookie
    response.set_cookie(
        _name(request, kind),
        value,
        max_age=max_age_s,
        path="/",
        secure=_is_secure(request),
        httponly=True,
        samesite="strict",
    )


def _is_secure(request: Request) -> bool:
    return request.url.scheme == "https"


def _name(request: Request, kind: str) -> str:
    return f"__Host-{kind}" if _is_secure(request) else f"{kind}-{request.url.port or 80}"
