"""The keys of an installation are made once and stay private."""

from pathlib import Path

import pytest

from webapp.keys import make_keys, read_keys
from webapp.problems import FolderError


def test_keys_are_made_once(tmp_path: Path) -> None:
    first = make_keys(tmp_path)
    assert make_keys(tmp_path) == first == read_keys(tmp_path)
    assert len(first.secret) >= 64


def test_keys_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    make_keys(tmp_path)
    folder = tmp_path / "keys"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_a_key_does_not_show_in_a_log_of_the_object(tmp_path: Path) -> None:
    keys = make_keys(tmp_path)
    assert keys.secret not in repr(keys)
    assert "PRIVATE" not in repr(keys)


def test_missing_and_damaged_keys_are_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(FolderError, match="holds no keys yet"):
        read_keys(tmp_path)
    make_keys(tmp_path)
    (tmp_path / "keys" / "vapid_private.pem").write_text("broken")
    with pytest.raises(FolderError, match="damaged key"):
        read_keys(tmp_path)
