"""Reading what somebody else may have made: files alone, and no more of one than a bound."""

import os

import pytest

from clue_lib import files


@pytest.fixture(autouse=True)
def bound(monkeypatch):
    """Ten bytes."""
    monkeypatch.setattr(files, "_chosen", 10)


SIZES = {"500MB": 500_000_000, "2GB": 2_000_000_000, "1.5 kb": 1500, "7": 7, " 2gb ": 2 * 10**9}


@pytest.mark.parametrize(("text", "n_bytes"), SIZES.items())
def test_sizes_as_people_write_them(text, n_bytes):
    assert files.read_size(text) == n_bytes


@pytest.mark.parametrize("text", ["", "0", "-1", "MB", "2TB", "1e9", "nan", "9" * 30, "1" * 5000])
def test_what_is_no_size(text):
    with pytest.raises(ValueError, match="write a size such as 100MB or 2GB"):
        files.read_size(text)


def test_a_file_is_read_up_to_the_bound(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"x" * 10)
    assert files.read_bytes(path) == b"x" * 10
    path.write_bytes(b"x" * 11)
    with pytest.raises(OSError, match="it holds more than 10 bytes; --max-file-size, or the variable") as caught:
        files.read_bytes(path)
    assert caught.value.filename == str(path)


def test_a_pipe_a_device_and_a_folder_are_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    refused = {tmp_path / "pipe": "not a regular file", "/dev/zero": "not a regular file", tmp_path: "Is a directory"}
    for path, reason in refused.items():
        with pytest.raises(OSError, match=reason):
            files.read_bytes(path)


def test_elements_of_json_are_bounded_as_well(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "_chosen", 32_000)
    path = tmp_path / "file"
    path.write_bytes(b"[" + b"1," * 2000 + b"1]")
    assert len(files.read_json(path)) == 4003  # 32,000 bytes allow for 2,000 commas
    path.write_bytes(b"[" + b"1," * 2001 + b"1]")
    with pytest.raises(OSError, match="it holds too many elements; --max-file-size"):
        files.read_json(path)


@pytest.mark.parametrize(("stated", "n_bytes"), [("3MB", 3_000_000), ("many", 100_000_000), ("", 100_000_000)])
def test_the_environment_says_it_where_no_option_does(monkeypatch, stated, n_bytes):
    monkeypatch.setattr(files, "_chosen", None)
    monkeypatch.setenv(files.VARIABLE, stated)
    assert files.largest() == n_bytes
