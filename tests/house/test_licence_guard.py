"""The licence guard lets pass what is on the list, and names what is not."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from .checkout import ROOT, run_guard

GUARD = "licence_guard.py"


def make_installation(root: Path, metadata: str, *, name: str = "thing", notice: str = "") -> Path:
    """Return a `site-packages` folder that holds one package, with a checkout around it."""
    folder = root / "site-packages"
    info = folder / f"{name.replace('-', '_')}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.4\nName: {name}\nVersion: 1.0\n{metadata}\n"
    )
    (root / "NOTICE").write_text(notice)
    lock_npm(root, {})
    return folder


def lock_npm(root: Path, packages: Mapping[str, Mapping[str, object]]) -> None:
    """Write the web client's lock file."""
    (root / "web-client").mkdir(exist_ok=True)
    lock = {"packages": {"": {"name": "client", "license": "Apache-2.0"}, **packages}}
    (root / "web-client" / "package-lock.json").write_text(json.dumps(lock))


def test_everything_installed_here_passes() -> None:
    found = run_guard(GUARD, ROOT)
    assert found.returncode == 0, found.stdout


@pytest.mark.parametrize(
    "metadata",
    [
        "License-Expression: MIT",
        "License-Expression: BSD-3-Clause AND (Apache-2.0 OR GPL-3.0-or-later)",
        "License-Expression: Apache-2.0 WITH LLVM-exception",
        "Classifier: License :: OSI Approved :: MIT License",
        "License: Apache License, Version 2.0",
        "License: anything\nClassifier: License :: OSI Approved :: BSD License",
    ],
)
def test_a_licence_on_the_list_passes(tmp_path: Path, metadata: str) -> None:
    folder = make_installation(tmp_path, metadata)
    found = run_guard(GUARD, tmp_path, folder)
    assert found.returncode == 0, found.stdout


@pytest.mark.parametrize(
    ("metadata", "says"),
    [
        ("License-Expression: AGPL-3.0-only", "AGPL-3.0-only"),
        ("License-Expression: MIT AND GPL-2.0-only", "MIT AND GPL-2.0-only"),
        ("License-Expression: (MIT OR", "(MIT OR"),
        ("License-Expression: MIT Apache-2.0", "MIT Apache-2.0"),
        ("License: Commercial", "Commercial"),
        (
            "Classifier: License :: OSI Approved :: MIT License\n"
            "Classifier: License :: OSI Approved :: GNU General Public License v3 (GPLv3)",
            "GNU General Public License v3",
        ),
        ("Summary: names no licence", "nothing"),
    ],
)
def test_a_licence_that_is_not_on_the_list_is_named_with_its_package(
    tmp_path: Path, metadata: str, says: str
) -> None:
    folder = make_installation(tmp_path, metadata)
    found = run_guard(GUARD, tmp_path, folder)
    assert found.returncode == 1
    assert "thing 1.0: its licence says" in found.stdout
    assert says in found.stdout


def test_an_npm_package_is_held_to_the_same_list(tmp_path: Path) -> None:
    folder = make_installation(tmp_path, "License-Expression: MIT")
    lock_npm(
        tmp_path,
        {
            "node_modules/good": {"version": "1.0.0", "license": "ISC"},
            "node_modules/good/node_modules/@s/bad": {"version": "2.0.0", "license": "SSPL-1.0"},
        },
    )
    found = run_guard(GUARD, tmp_path, folder)
    assert found.returncode == 1
    assert "@s/bad 2.0.0: its licence says 'SSPL-1.0'" in found.stdout
    assert "good 1.0.0" not in found.stdout


def test_what_an_installed_npm_package_says_counts_more_than_its_lock(tmp_path: Path) -> None:
    folder = make_installation(tmp_path, "License-Expression: MIT")
    lock_npm(tmp_path, {"node_modules/a": {"version": "1.0.0", "license": "MIT"}})
    installed = tmp_path / "web-client" / "node_modules" / "a"
    installed.mkdir(parents=True)
    (installed / "package.json").write_text('{"license": "UNLICENSED"}')
    found = run_guard(GUARD, tmp_path, folder)
    assert found.returncode == 1
    assert "a 1.0.0: its licence says 'UNLICENSED'" in found.stdout


def test_a_wheel_with_a_gpl_library_inside_must_stand_in_the_notice(tmp_path: Path) -> None:
    folder = make_installation(tmp_path, "License-Expression: BSD-3-Clause", name="av")
    found = run_guard(GUARD, tmp_path, folder)
    assert found.returncode == 1
    assert "av 1.0: NOTICE does not name PyAV, FFmpeg, x264, GPL" in found.stdout
    (tmp_path / "NOTICE").write_text("PyAV contains FFmpeg with x264, which is under the GPL.")
    assert run_guard(GUARD, tmp_path, folder).returncode == 0
