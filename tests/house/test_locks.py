"""The lock files hold what the project asks for, with hashes, and nothing else."""

import re
import tomllib
from collections.abc import Iterator

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from .checkout import ROOT

RUNTIME, DEV = "requirements.lock", "requirements-dev.lock"
PIN = re.compile(
    r"^(?P<name>[\w.-]+)==(?P<version>\S+)(?: ; (?P<marker>.+?))? \\\n"
    r"(?P<hashes>(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)",
    re.MULTILINE,
)


def pins(name: str) -> dict[str, str]:
    """Return the versions that a lock file pins, by normalized name."""
    text = (ROOT / name).read_text()
    return {canonicalize_name(pin["name"]): pin["version"] for pin in PIN.finditer(text)}


def requirements() -> Iterator[tuple[str, Requirement]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    for line in project["build-system"]["requires"] + project["project"]["dependencies"]:
        yield RUNTIME, Requirement(line)
    for line in project["project"]["optional-dependencies"]["dev"]:
        yield DEV, Requirement(line)


@pytest.mark.parametrize(
    ("lock", "requirement"), [pytest.param(*row, id=str(row[1])) for row in requirements()]
)
def test_every_requirement_is_locked_in_a_version_that_it_allows(
    lock: str, requirement: Requirement
) -> None:
    version = pins(lock).get(canonicalize_name(requirement.name))
    assert version is not None, f"{requirement.name} is not in {lock}: run tools/lock"
    assert requirement.specifier.contains(version), f"{lock} is behind: run tools/lock"


@pytest.mark.parametrize("lock", [RUNTIME, DEV])
def test_a_lock_file_is_pins_with_hashes_and_nothing_else(lock: str) -> None:
    text = (ROOT / lock).read_text()
    rest = PIN.sub("", text)
    assert [line for line in rest.splitlines() if not line.startswith("#")] == []
    for pin in PIN.finditer(text):
        if pin["marker"] is not None:
            Marker(pin["marker"])


def test_what_checks_the_project_runs_it_in_the_same_versions() -> None:
    runtime, dev = pins(RUNTIME), pins(DEV)
    assert runtime.items() <= dev.items()
