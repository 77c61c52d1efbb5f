"""Opening data files, plain or gzip, as bytes or text. What is wrong with one is told with file and line."""

import errno
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from pathlib import Path

from clue_lib import files
from clue_lib.errors import DataError

BOM = b"\xef\xbb\xbf"
_GZIP = b"\x1f\x8b"
_NAMES = {"utf-8": "UTF-8", "cp1252": "Windows-1252"}


def byte_lines(path: Path, *, is_streamed: bool = False) -> Iterator[bytes]:
    """The file's lines with their ends, one in memory at a time; gzip is told by content, so its suffix may be wrong.

    Raises DataError for a file that is empty, unreadable or a damaged gzip stream, and where its lines, together or
    with `is_streamed` any one of them, hold more than `files.largest` allows.
    """
    number = 0
    bound = room = files.largest()
    try:
        with files.open_regular(path) as file:
            is_gzip = file.peek(2).startswith(_GZIP)
            # The outer buffer: GzipFile reads lines in Python, a call a line.
            opened = io.BufferedReader(gzip.GzipFile(fileobj=file)) if is_gzip else file
            while line := opened.readline(room + 1):
                if len(line) > room:
                    raise files.too_large(path, bound)
                if not is_streamed:
                    room -= len(line)
                number += 1
                yield line
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(
            f"{path}:{number + 1}: the gzip stream is cut off or damaged, here or soon after; copy or download it again"
        ) from error
    except OSError as error:
        advice = "" if error.errno == errno.EFBIG else "; check the file and its permissions"
        raise DataError(f"{path}: {error.strerror}{advice}") from error
    if not number:
        raise DataError(f"{path}:1: the file is empty; copy or download it again")


def content(path: Path) -> bytes:
    """All of the file's bytes, unzipped; the errors are those of `byte_lines`."""
    return b"".join(byte_lines(path))


def digest(path: Path) -> str:
    """SHA-256 of the bytes, unzipped, in hex: a file and its .gz are the same data; errors as of `byte_lines`."""
    hasher = hashlib.sha256()
    for line in byte_lines(path):
        hasher.update(line)
    return hasher.hexdigest()


def text_lines(path: Path, *, is_streamed: bool = False) -> Iterator[str]:
    r"""The file's lines with their ends as text, without a BOM.

    One encoding holds for the whole file, UTF-8 or else Windows-1252: the first line with a byte above 127 decides.
    `is_streamed` is said of `byte_lines`.
    Raises DataError at a line of the other encoding, of neither, or with a NUL (UTF-16, a binary file), and for what
    `byte_lines` refuses.
    """
    known = None
    for number, line in enumerate(byte_lines(path, is_streamed=is_streamed), 1):
        place = f"{path}:{number}"
        if number == 1 and line.startswith(BOM):
            known, line = "utf-8", line.removeprefix(BOM)
        if b"\0" in line:
            raise DataError(f"{place}: holds a NUL byte, so it is no text in UTF-8 or Windows-1252; save it as UTF-8")
        if line.isascii():
            yield line.decode("ascii")
            continue
        encoding, text = _decoded(line, place)
        if known not in (None, encoding):
            raise DataError(f"{place}: in {_NAMES[encoding]} after {_NAMES[known]} above; save the file as UTF-8")
        known = encoding
        yield text


def _decoded(line: bytes, place: str) -> tuple[str, str]:
    for encoding in _NAMES:
        try:
            return encoding, line.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise DataError(f"{place}: neither UTF-8 nor Windows-1252; save the file as UTF-8")
