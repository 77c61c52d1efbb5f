"""Private files are made for their owner alone, whatever the umask; others as the umask says."""

import os
import stat
from pathlib import Path

import pytest

from clue_lib import digests, owner_only, sealed


@pytest.fixture(params=[0o000, 0o022, 0o077], ids=oct)
def umask(request):
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def modes(folder: Path) -> set[tuple[bool, str]]:
    """Of all that lies in the folder: whether it is a folder, and its mode."""
    return {(path.is_dir(), oct(stat.S_IMODE(path.stat().st_mode))) for path in folder.rglob("*")}


def test_private_folders_are_0700_and_files_0600(tmp_path, umask):
    folder = tmp_path / "data" / owner_only.FOLDER
    owner_only.prepare(folder / "a" / "b" / "log")
    sealed.write(folder / "c" / "scores.json", b"{}")
    digests.secret(folder)
    assert modes(tmp_path / "data") == {(True, "0o700"), (False, "0o600")}


def test_what_was_there_with_more_rights_loses_them(tmp_path):
    folder = tmp_path / owner_only.FOLDER / "report"
    folder.mkdir(parents=True)
    (folder / "gate.json").write_text("{}")
    folder.chmod(0o755)
    folder.parent.chmod(0o777)
    (folder / "gate.json").chmod(0o644)
    owner_only.prepare(folder / "gate.json")
    assert modes(tmp_path) == {(True, "0o700"), (False, "0o600")}
    assert (folder / "gate.json").read_text() == "{}"


def test_other_files_are_as_the_umask_says(tmp_path, umask):
    sealed.write(tmp_path / "report" / "gate.json", b"{}")
    assert modes(tmp_path) == {(True, oct(0o777 & ~umask)), (False, oct(0o666 & ~umask))}
