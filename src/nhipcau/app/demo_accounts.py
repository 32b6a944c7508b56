"""Who there is in the demo: one account for each role, and two districts to tell apart.

All names are fictitious; the password is made anew at each start and the same for all.
"""

import secrets
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from nhipcau.access.roles import Role, needs_second_factor
from nhipcau.access.totp import SECRET_BYTES, new_secret
from nhipcau.app.unit_tree import DEMO_COMPANY
from nhipcau.settings import DemoAccount

# Spoken letters only, in groups, so that it can be read off a screen.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class _Person(NamedTuple):
    login: str
    name: str
    roles: tuple[Role, ...]
    unit: str
    company: str = ""


_PROVINCE = "56"
_PEOPLE = (
    _Person("quan-tri", "Quản trị hệ thống (tỉnh)", (Role.ADMINISTRATOR,), _PROVINCE),
    _Person("truc-ky-thuat", "Trực kỹ thuật (tỉnh)", (Role.OPERATOR,), _PROVINCE),
    _Person("chu-toa", "Chủ tọa (tỉnh)", (Role.CHAIR,), _PROVINCE),
    _Person("thu-ky", "Thư ký (tỉnh)", (Role.SECRETARY,), _PROVINCE),
    _Person(
        "vien-thong", "Trực đường truyền (viễn thông)", (Role.TELECOM,), _PROVINCE, DEMO_COMPANY
    ),
    _Person("kiem-tra", "Kiểm tra nhật ký", (Role.AUDITOR,), _PROVINCE),
    _Person("quan-tri-573", "Quản trị huyện Khánh Vĩnh", (Role.ADMINISTRATOR,), "573"),
    _Person("ky-thuat-573", "Kỹ thuật huyện Khánh Vĩnh", (Role.TECHNICIAN, Role.OPERATOR), "573"),
    _Person("chu-toa-573", "Chủ tọa huyện Khánh Vĩnh", (Role.CHAIR,), "573"),
    _Person("thu-ky-573", "Thư ký huyện Khánh Vĩnh", (Role.SECRETARY,), "573"),
    _Person("chu-toa-575", "Chủ tọa huyện Khánh Sơn", (Role.CHAIR,), "575"),
    _Person("thu-ky-575", "Thư ký huyện Khánh Sơn", (Role.SECRETARY,), "575"),
    _Person("quan-tri-575", "Quản trị huyện Khánh Sơn", (Role.ADMINISTRATOR,), "575"),
    _Person("ky-thuat-22633", "Kỹ thuật điểm cầu xã", (Role.TECHNICIAN,), "22633"),
)


def demo_accounts() -> tuple[DemoAccount, ...]:
    """Return the demo's accounts with a fresh password, and second factors where one is needed."""
    password = "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(4))
    return tuple(
        DemoAccount(
            login=one.login,
            name=one.name,
            password=password,
            secret=_secret() if needs_second_factor(one.roles) else "",
            roles=one.roles,
            unit=one.unit,
            company=one.company,
        )
        for one in _PEOPLE
    )


def announced(
    accounts: Iterable[DemoAccount], office_url: str, links: Mapping[str, str]
) -> list[Mapping[str, Any]]:
    """Return the accounts as the demo announces them.

    Args:
        accounts: the accounts.
        office_url: of the office.
        links: path of the link that signs in, by sign-in name.
    """
    return [
        {
            "name": one.login,
            "title": one.name,
            "password": one.password,
            "second_factor": one.secret,
            "roles": [role.value for role in one.roles],
            "unit": one.unit,
            "url": office_url + links[one.login],
        }
        for one in accounts
    ]


def _secret() -> str:
    return new_secret(secrets.token_bytes(SECRET_BYTES))
