"""Opening files: gzip, encodings, damage."""

import gzip
import hashlib

import pytest
from files import put

from clue_lib import raw
from clue_lib.errors import DataError


@pytest.mark.parametrize("name", ["f.csv", "f.csv.gz"])  # browsers unpack .gz and keep the name, or the reverse
def test_gzip_is_told_by_content(tmp_path, name):
    for content in (b"a\nb", gzip.compress(b"a\nb")):
        path = put(tmp_path / name, content)
        assert list(raw.byte_lines(path)) == [b"a\n", b"b"]
        assert raw.content(path) == b"a\nb"


def test_digest_of_a_file_and_its_gzip_are_the_same(tmp_path):
    plain, packed = put(tmp_path / "f", b"abc"), put(tmp_path / "f.gz", gzip.compress(b"abc"))
    # SHA-256 of "abc": FIPS 180-2, appendix B.1
    abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert raw.digest(plain) == raw.digest(packed) == abc


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (b"\xef\xbb\xbfa\r\nb", ["a\r\n", "b"]),
        ("é\n°C\n".encode(), ["é\n", "°C\n"]),
        ("é\nx\n°C–“q”\n".encode("cp1252"), ["é\n", "x\n", "°C–“q”\n"]),
        (b"x\n" * 1000 + b"\xb5g", ["x\n"] * 1000 + ["µg"]),  # Windows-1252's table: B5 is the micro sign
    ],
)
def test_text_is_utf_8_or_windows_1252(tmp_path, content, lines):
    assert list(raw.text_lines(put(tmp_path / "f", content))) == lines


@pytest.mark.parametrize(
    ("content", "line", "problem"),
    [
        ("é\nx\n".encode() + b"\xe9\n", 3, "in Windows-1252 after UTF-8 above"),
        (b"\xe9\nx\n" + "é\n".encode(), 3, "in UTF-8 after Windows-1252 above"),
        (b"\xef\xbb\xbfx\n\xe9\n", 2, "in Windows-1252 after UTF-8 above"),
        (b"x\n\x81\n", 2, "neither UTF-8 nor Windows-1252"),  # 81 is not assigned in Windows-1252
        ("a,b\n".encode("utf-16"), 1, "NUL"),
        (b"a\nb\0c\n", 2, "NUL"),
    ],
)
def test_text_in_another_encoding_or_in_two_is_one_line_that_names_it(tmp_path, content, line, problem):
    path = put(tmp_path / "f", content)
    with pytest.raises(DataError, match=problem) as caught:
        list(raw.text_lines(path))
    assert str(caught.value).startswith(f"{path}:{line}: ")


def test_gzip_stream_that_is_cut_off_names_the_line_it_reached(tmp_path):
    text = b"".join(hashlib.sha256(str(n).encode()).hexdigest().encode() + b"\n" for n in range(2000))
    packed = gzip.compress(text)
    path = put(tmp_path / "f.gz", packed[: len(packed) // 2])
    lines = []
    with pytest.raises(DataError, match="cut off or damaged") as caught:
        lines.extend(raw.byte_lines(path))
    assert text.startswith(b"".join(lines))
    # Half of the stream holds about half of the 2,000 digests, less what a buffer of 8 KB (126 lines) kept.
    assert 700 < len(lines) < 1000
    assert str(caught.value).startswith(f"{path}:{len(lines) + 1}: ")


def test_gzip_stream_with_a_wrong_check_sum_is_refused(tmp_path):
    packed = bytearray(gzip.compress(b"abc\n"))
    packed[-8] ^= 1  # the first byte of the CRC, RFC 1952 section 2.3
    with pytest.raises(DataError, match=":1: the gzip stream is cut off or damaged"):
        list(raw.byte_lines(put(tmp_path / "f.gz", packed)))
