"""Reads files that somebody else may have made: files alone, and no more of one than a bound in bytes.

Two megabytes of gzip can hold two gigabytes, and a named pipe holds a reader up for ever. Whatever is refused is an
OSError whose text says why, as if the disk had refused it.
"""

import errno
import io
import os
import re
import stat
from pathlib import Path

OPTION, VARIABLE = "--max-file-size", "CLUE_GATE_MAX_FILE_SIZE"

DEFAULT = "100MB"
"""What is held of one file, unzipped. The largest file of the suite's own tasks has 20 MB."""

BYTES_PER_ELEMENT = 16
"""Of JSON there is at most one element for so many bytes of `largest`: each becomes an object of about 100 bytes."""

MORE = f"{OPTION}, or the variable {VARIABLE}, allows more"

_UNITS = {"": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9}

_chosen: int | None = None


def read_size(text: str) -> int:
    """A size as people write it: 500MB, 2GB, or bytes. Raises ValueError."""
    match = re.fullmatch(r"(\d{1,6}(?:\.\d{1,3})?|\d{1,15})\s*([KMG]B|)", text.strip().upper())
    n_bytes = int(float(match[1]) * _UNITS[match[2]]) if match else 0
    if n_bytes < 1:
        raise ValueError(f"{text}: write a size such as {DEFAULT} or 2GB")
    return n_bytes


def largest() -> int:
    """How many bytes of one file may be held in memory: as was chosen, else as the environment says."""
    if _chosen is not None:
        return _chosen
    try:
        return read_size(os.environ.get(VARIABLE) or DEFAULT)
    except ValueError:
        return read_size(DEFAULT)


def set_largest(n_bytes: int | None) -> None:
    """Let this process hold so many bytes of one file; with None as many as by default."""
    global _chosen
    _chosen = n_bytes


def open_regular(path: Path) -> io.BufferedReader:
    """The file, opened to be read. Raises OSError where it is none: a folder, a pipe, a device."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        os.close(descriptor)
        kind = errno.EISDIR if stat.S_ISDIR(mode) else errno.EINVAL
        raise OSError(kind, os.strerror(kind) if kind == errno.EISDIR else "not a regular file", str(path))
    return os.fdopen(descriptor, "rb")


def read_bytes(path: Path) -> bytes:
    """The file's bytes. Raises OSError, also where they are more than `largest` allows."""
    bound = largest()
    with open_regular(path) as file:
        content = file.read(bound + 1)
    if len(content) > bound:
        raise too_large(path, bound)
    return content


def read_json(path: Path) -> bytes:
    """As `read_bytes`, of a file of JSON; OSError, too, where that has too many elements to be held."""
    content = read_bytes(path)
    check_elements(path, content)
    return content


def check_elements(path: Path, text: bytes) -> None:
    """Raise OSError for JSON whose elements would take many times the memory that its text does."""
    if text.count(b",") > max(largest() // BYTES_PER_ELEMENT, 1000):
        raise OSError(errno.EFBIG, f"it holds too many elements; {MORE}", str(path))


def read_text(path: Path) -> str:
    """The file's text. Raises OSError as `read_bytes` does, and UnicodeDecodeError where it is not in UTF-8."""
    return read_bytes(path).decode("utf-8")


def too_large(path: Path, bound: int) -> OSError:
    """What is raised for a file of which more than so many bytes would have to be held."""
    return OSError(errno.EFBIG, f"it holds more than {megabytes(bound)}; {MORE}", str(path))


def megabytes(n_bytes: int) -> str:
    """Bytes for people, in units of 10⁶."""
    return f"{n_bytes / 1e6:,.0f} MB" if n_bytes >= 1e6 else f"{n_bytes:,} bytes"
