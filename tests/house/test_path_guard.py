"""The path guard finds a machine's folders and addresses to download from."""

from pathlib import Path

import pytest

from .checkout import ROOT, make_checkout, run_guard

GUARD = "path_guard.py"

# Put together here, so that the guard does not find this file.
HOME = "/ho" + "me/lan"
SUPERUSER = "/ro" + "ot"
SITE = "https://example.org/ho" + "me"
FOLDER = "var/wo" + "rk"
REGISTRY = "https://registry." + "npmjs.org/vue/-/vue-3.5.0.tgz"


def test_this_checkout_passes() -> None:
    found = run_guard(GUARD, ROOT)
    assert found.returncode == 0, found.stdout


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("docs/START.md", f"Open {HOME}/nhipcau first.\n"),
        ("src/a.py", f'LOG = "{SUPERUSER}/log"\n'),
        ("tools/a.sh", f"cd {SUPERUSER}\n"),
        ("web-client/package-lock.json", f'{{"resolved": "{REGISTRY}"}}\n'),
        ("web-client/package-lock.json", '{"resolved": "https://example.org/vue.tgz"}\n'),
        ("requirements.lock", "--index-url https://example.org/simple\n"),
        ("requirements.lock", "rich @ file:///srv/rich.whl\n"),
        ("README.md", f"Get it from {REGISTRY}\n"),
    ],
)
def test_a_path_or_an_address_is_red(tmp_path: Path, name: str, text: str) -> None:
    found = run_guard(GUARD, make_checkout(tmp_path, {name: text}))
    assert found.returncode == 1
    assert f"{name}:1: " in found.stdout


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("run", 'root=$HOME/work; log=~/root.log; cd "$root"\n'),
        ("docs/START.md", f"See {SITE}/ and {FOLDER}/x and /etc/nhipcau.\n"),
        ("requirements.lock", "rich==15.0.0 \\\n    --hash=sha256:00\n"),
        ("src/a.py", 'resolved = "https://example.org"\n'),
    ],
)
def test_what_is_no_path_of_a_machine_passes(tmp_path: Path, name: str, text: str) -> None:
    found = run_guard(GUARD, make_checkout(tmp_path, {name: text}))
    assert found.returncode == 0, found.stdout


def test_a_file_that_is_no_text_is_passed_over(tmp_path: Path) -> None:
    root = make_checkout(tmp_path, {})
    (root / "picture.png").write_bytes(b"\x89PNG\0" + SUPERUSER.encode())
    (root / "latin.txt").write_bytes(b"\xe9 " + SUPERUSER.encode())
    assert run_guard(GUARD, root).returncode == 0
