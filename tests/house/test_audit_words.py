"""Whatever the audit can tell of has words on its page, in both languages."""

import re

import pytest

from nhipcau.access.actions import Action

from .checkout import ROOT

# What changes nothing is told to no audit, and neither is what processes say to each other.
_SILENT = ("public", "demo", "live.media", "live.statistics", "audit.rewrite")
TOLD = [
    action
    for action in Action
    if action not in _SILENT and not action.startswith("bus.") and not action.endswith(".read")
]


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("action", TOLD)
def test_a_deed_has_a_word(language: str, action: Action) -> None:
    text = (ROOT / "web-client" / "src" / "i18n" / f"{language}.audit.ts").read_text()
    words = set(re.findall(r"^      (\w+):", text, re.MULTILINE))
    assert action.replace(".", "_") in words
