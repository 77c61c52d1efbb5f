"""Files put into a data folder: whole or not at all, with their digests beside them."""

import gzip
import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clue_lib import raw
from clue_lib.datasets import recorded
from clue_lib.errors import DataError

ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # of "abc": FIPS 180-2, appendix B.1


def test_file_and_digest_are_written_and_nothing_besides(tmp_path):
    folder = tmp_path / "new" / "folder"
    assert recorded.write(folder / "a.txt", b"abc") == ABC
    assert sorted(path.name for path in folder.iterdir()) == ["a.txt", "digests.json"]
    assert (folder / "a.txt").read_bytes() == b"abc"
    assert json.loads((folder / "digests.json").read_text())["content"] == {"a.txt": ABC} == recorded.digests(folder)


def test_digest_is_of_the_unzipped_content(tmp_path):
    assert recorded.write(tmp_path / "a.gz", gzip.compress(b"abc")) == ABC


def test_record_keeps_the_other_files_and_takes_the_newer_digest(tmp_path):
    for content in (b"x", b"abc"):
        recorded.write(tmp_path / "a", content)
    recorded.write(tmp_path / "b", b"abc")
    assert recorded.digests(tmp_path) == {"a": ABC, "b": ABC}


@given(st.binary(min_size=1), st.from_regex(r"[\w.-]{1,20}", fullmatch=True).filter(lambda name: name.strip(".")))
def test_any_content_is_there_as_it_was_given(scratch, content, name):
    path = scratch / f"any-{name}"
    try:
        digest = recorded.write(path, content)
    except DataError:  # a damaged gzip stream by chance
        assert content.startswith(b"\x1f\x8b")
        return
    assert path.read_bytes() == content
    assert digest == raw.digest(path) == recorded.digests(scratch)[path.name]


def test_record_of_an_earlier_version_is_read_and_sealed_by_the_next_file(tmp_path):
    (tmp_path / "digests.json").write_text(json.dumps({"a": ABC}))
    assert recorded.digests(tmp_path) == {"a": ABC}
    recorded.write(tmp_path / "b", b"abc")
    assert recorded.digests(tmp_path) == {"a": ABC, "b": ABC}
    damaged = (tmp_path / "digests.json").read_bytes().replace(b'"b"', b'"c"')
    (tmp_path / "digests.json").write_bytes(damaged)
    with pytest.raises(DataError, match="checksum"):
        recorded.digests(tmp_path)


def test_no_record_is_an_empty_one(tmp_path):
    assert recorded.digests(tmp_path) == {}


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'{"a": 1}', b"\xff"])
def test_damaged_record_is_one_line(tmp_path, content):
    (tmp_path / "digests.json").write_bytes(content)
    with pytest.raises(DataError, match="remove it") as caught:
        recorded.digests(tmp_path)
    assert str(caught.value).startswith(f"{tmp_path / 'digests.json'}: ")
    assert "\n" not in str(caught.value)


def test_pipe_in_the_records_place_is_one_line(tmp_path):
    os.mkfifo(tmp_path / "digests.json")
    with pytest.raises(DataError, match=r"no record of digests \(.*not a regular file.*\); remove it"):
        recorded.digests(tmp_path)


def test_folder_that_cannot_be_written_to_is_one_line_and_leaves_nothing(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="name a folder that can be written to"):
        recorded.write(tmp_path / "file" / "a", b"abc")
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "x").write_text("")
    with pytest.raises(DataError, match="taken: "):
        recorded.write(tmp_path / "taken", b"abc")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "taken"]
