"""What is private: keys that only their owner reads, and names that nobody without them can trace."""

import pytest

from clue_lib.datasets import private
from clue_lib.errors import StoreError


def test_a_folders_key_is_made_once_for_its_owner_alone(tmp_path):
    key = private.make_key(tmp_path / "data")
    assert len(key) == 32
    assert private.make_key(tmp_path / "data") == key
    assert (tmp_path / "data" / "key").stat().st_mode & 0o777 == 0o600
    assert private.make_key(tmp_path / "other") != key
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["key"]


def test_an_id_is_hashed_by_the_key_and_by_nothing_else():
    # HMAC-SHA256 of RFC 4231, test case 2, its first 16 digits.
    assert private.keyed(b"Jefe", "what do ya want for nothing?") == "5bdcc146bf60754e"
    assert private.keyed(b"other", "what do ya want for nothing?") != "5bdcc146bf60754e"


def test_a_folder_that_cannot_hold_a_key(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StoreError, match="must be writable"):
        private.make_key(tmp_path / "file" / "key")
