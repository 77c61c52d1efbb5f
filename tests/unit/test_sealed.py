"""Files written whole or not at all; cached ones that a flipped byte never gets past."""

import json
import os
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clue_lib import sealed
from clue_lib.errors import StoreError

FORMAT = "clue-gate test 1"
VALUES = {"a": 0.744, "ä": 2.0}


@pytest.fixture
def told():
    """What was told of cached files within the test."""
    lines = []
    with sealed.telling(lines.append):
        yield lines


@given(st.dictionaries(st.text(), st.floats(allow_nan=False, allow_infinity=False)), st.text())
def test_what_was_sealed_comes_back(content, inputs):
    written = sealed.seal(content, format=FORMAT, inputs=inputs)
    assert sealed.unseal(written, dict[str, float], format=FORMAT, inputs=inputs) == content
    assert json.loads(written)["content"] == content


@pytest.mark.parametrize("flip", [0x01, 0x20, 0x80])
def test_no_flipped_byte_is_read_as_another_value(flip):
    whole = sealed.seal(VALUES, format=FORMAT, inputs="in")
    for place in range(len(whole)):
        damaged = bytearray(whole)
        damaged[place] ^= flip
        try:
            assert sealed.unseal(bytes(damaged), dict[str, float], format=FORMAT, inputs="in") == VALUES, place
        except sealed.SealError:
            continue
        assert place == len(whole) - 1  # the newline at the end may be another blank


@pytest.mark.parametrize("size", [0, 1, 50, 100])
def test_a_file_cut_short_is_not_read(size):
    with pytest.raises(sealed.SealError, match="damaged"):
        sealed.unseal(sealed.seal(VALUES, format=FORMAT)[:size], dict[str, float], format=FORMAT)


def test_another_format_other_inputs_and_another_shape_are_not_read():
    written = sealed.seal(VALUES, format=FORMAT, inputs="in")
    with pytest.raises(sealed.SealError, match="of another format"):
        sealed.unseal(written, dict[str, float], format="clue-gate test 2")
    with pytest.raises(sealed.SealError, match="made from other inputs"):
        sealed.unseal(written, dict[str, float], format=FORMAT, inputs="other")
    with pytest.raises(sealed.SealError, match="of another shape"):
        sealed.unseal(written, list[int], format=FORMAT, inputs="in")


def test_where_a_part_ends_counts():
    # "ab" + "c" and "a" + "bc" are the same bytes: each part's length is digested before it.
    assert sealed.checksum("ab", "c", b"1") != sealed.checksum("a", "bc", b"1")


def test_a_damaged_cache_is_told_and_counts_as_none(tmp_path, told):
    path = tmp_path / "cached.json"
    sealed.keep(path, VALUES, format=FORMAT)
    assert sealed.known(path, dict[str, float], format=FORMAT) == VALUES
    assert told == []
    path.write_bytes(path.read_bytes().replace(b"0.744", b"0.949"))
    assert sealed.known(path, dict[str, float], format=FORMAT) is None
    assert told == [f"{path}: damaged: its checksum does not agree; not read, and computed again"]


def test_a_pipe_in_a_caches_place_holds_nobody_up(tmp_path, told):
    path = tmp_path / "cached.json"
    os.mkfifo(path)
    assert sealed.known(path, dict[str, float], format=FORMAT) is None
    assert told == [f"{path}: not a regular file; not read, and computed again"]
    with pytest.raises(OSError, match="not a regular file"):
        sealed.problem(path)


def test_a_cache_that_cannot_be_written_to_is_told(tmp_path, told):
    (tmp_path / "file").write_text("")
    sealed.keep(tmp_path / "file" / "cached.json", VALUES, format=FORMAT)
    assert len(told) == 1
    assert "not kept" in told[0]


def test_nobody_listening_it_is_told_on_standard_error(capsys):
    sealed.tell("a line")
    assert capsys.readouterr().err == "a line\n"


@pytest.mark.parametrize("step", ["open", "fsync", "replace"])
def test_a_file_is_whole_or_what_it_was(tmp_path, monkeypatch, step):
    path = tmp_path / "new" / "file"
    sealed.write(path, b"before")

    def fail(*given, **named):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(OSError, match="No space left"):
        sealed.write(path, b"after")
    monkeypatch.undo()
    assert path.read_bytes() == b"before"
    assert [each.name for each in path.parent.iterdir()] == ["file"]


def full(*given, **named):
    """In the place of a system call: the disk has no room."""
    raise OSError(28, "No space left on device")


def test_what_a_user_asked_for_is_there_or_told_in_a_line(tmp_path, monkeypatch):
    path = tmp_path / "new" / "file"
    sealed.put(path, b"before")
    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(StoreError) as caught:
        sealed.put(path, b"after")
    assert str(caught.value) == f"{path}: No space left on device; name a writable folder"
    with pytest.raises(StoreError, match=f"^--out={re.escape(str(path))}: No space"):
        sealed.put(path, b"after", option="--out=")
    assert path.read_bytes() == b"before"
    assert [each.name for each in path.parent.iterdir()] == ["file"]


@pytest.mark.parametrize(("folder", "mode"), [("open", 0o664), (".clue-gate", 0o600)])
def test_a_users_own_file_keeps_its_mode_and_a_link_to_it_stays_one(tmp_path, folder, mode):
    path, link = tmp_path / folder / "file", tmp_path / "link"
    path.parent.mkdir()
    path.write_bytes(b"before")
    path.chmod(0o664)  # of which the usual umask would take away
    link.symlink_to(path)
    sealed.put(link, b"after", is_users=True)
    assert link.is_symlink()
    assert path.read_bytes() == b"after"
    assert path.stat().st_mode & 0o777 == mode


def test_files_are_made_as_the_umask_says(tmp_path):
    before = os.umask(0o027)
    try:
        sealed.write(tmp_path / "open", b"")
        sealed.write(tmp_path / "private", b"", mode=0o600)
    finally:
        os.umask(before)
    assert (tmp_path / "open").stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "private").stat().st_mode & 0o777 == 0o600
