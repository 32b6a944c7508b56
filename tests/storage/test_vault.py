"""The contract of the vault: on disk and in memory."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from nhipcau.ports.vault import TooLargeError, Vault, VaultError, VaultFile
from nhipcau.storage.vault import DiskVault, MemoryVault

TEXT = b"hai ba bon nam"
SHA = hashlib.sha256(TEXT).hexdigest()


@pytest.fixture(params=["memory", "disk"])
def vault(request: pytest.FixtureRequest, tmp_path: Path) -> Vault:
    return MemoryVault() if request.param == "memory" else DiskVault(tmp_path / "papers")


def test_a_file_is_known_by_its_content_and_kept_once(vault: Vault) -> None:
    assert vault.keep([TEXT[:5], TEXT[5:]], 100) == VaultFile(SHA, 14)
    assert vault.keep([TEXT], 14) == VaultFile(SHA, 14)
    assert vault.read(SHA) == TEXT
    assert (vault.read(SHA, 4, 2), vault.read(SHA, 11), vault.read(SHA, 20, 5)) == (
        b"ba",
        b"nam",
        b"",
    )


def test_more_than_allowed_is_refused_and_leaves_nothing(vault: Vault, tmp_path: Path) -> None:
    with pytest.raises(TooLargeError):
        vault.keep([TEXT, TEXT], 20)
    with pytest.raises(VaultError):
        vault.read(hashlib.sha256(TEXT * 2).hexdigest())
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_an_upload_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield TEXT
        raise ConnectionError

    with pytest.raises(VaultError):
        DiskVault(tmp_path).keep(broken(), 100)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["", "..", "../../etc/passwd", "0" * 63 + "/", "a" * 65])
def test_what_is_no_hash_opens_no_file(vault: Vault, name: str) -> None:
    with pytest.raises(VaultError):
        vault.read(name)


def test_a_kept_file_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    DiskVault(tmp_path / "papers").keep([TEXT], 100)
    path = tmp_path / "papers" / SHA[:2] / SHA
    assert path.stat().st_mode & 0o777 == 0o600
