"""Every word that goes over the bus has its subject, and with it its rule, in `ports.subjects`."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from .checkout import ROOT

ROOMS = ("office", "mcu", "app", "web")
VERBS = {"publish", "subscribe", "request", "respond", "watch"}
RECEIVERS = {"bus", "registry"}


def literal_subjects(text: str) -> Iterator[str]:
    """Yield calls on a bus or a registry whose subject is written on the spot."""
    for node in ast.walk(ast.parse(text)):
        if (
            not isinstance(node, ast.Call)
            or not isinstance(node.func, ast.Attribute)
            or not node.args
        ):
            continue
        receiver = ast.unparse(node.func.value).rpartition(".")[2].strip("_")
        spoken = node.func.attr in VERBS | {"put", "get"} and receiver in RECEIVERS
        if spoken and isinstance(node.args[0], ast.Constant | ast.JoinedStr | ast.BinOp):
            yield ast.unparse(node)


@pytest.mark.parametrize("room", ROOMS)
def test_no_subject_is_written_on_the_spot(room: str) -> None:
    for path in sorted(Path(ROOT, "src", "nhipcau", room).rglob("*.py")):
        assert list(literal_subjects(path.read_text(encoding="utf-8"))) == [], path


def test_one_written_on_the_spot_would_be_found() -> None:
    spoilt = 'async def f(self):\n    await self._bus.publish(f"mcu.{name}.x", b"")'
    assert list(literal_subjects(spoilt)) == ["self._bus.publish(f'mcu.{name}.x', b'')"]
