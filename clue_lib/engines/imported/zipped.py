"""Members of a zip archive that somebody else made, within a bound of memory: two kilobytes may unpack to gigabytes.

Python before 3.14 does not know Zstandard (method 93), in which inspect_ai writes its logs: Arrow does.
"""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from clue_lib import files
from clue_lib.errors import ModelError

ZSTANDARD = 93
MAX_MEMBERS = 200_000
"""Of an archive: more than any log of ours has samples."""

_LOCAL_HEADER = struct.Struct("<4s22xHH")
"""Of a member: its mark, and the lengths of its name and of what follows that."""

_CHUNK = 2**20


def members(path: Path, wanted: str) -> Iterator[tuple[str, bytes]]:
    """Name and content of each member whose name begins so, in the archive's order.

    All together are at most as large as one file may be. Raises ModelError and OSError.
    """
    left = files.largest()
    try:
        with files.open_regular(path) as file, zipfile.ZipFile(file) as archive:
            listed = archive.infolist()
            if len(listed) > MAX_MEMBERS:
                raise ModelError(f"{path}: {len(listed):,} members; at most {MAX_MEMBERS:,} are read")
            for info in listed:
                if info.filename.startswith(wanted):
                    content = _content(path, archive, file, info, left)
                    left -= len(content)
                    yield info.filename, content
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error, EOFError, struct.error) as error:
        raise ModelError(f"{path}: damaged, or no log ({error}); export it anew") from error


def _content(path: Path, archive: zipfile.ZipFile, file: IO[bytes], info: zipfile.ZipInfo, bound: int) -> bytes:
    """The member's bytes, checked. Raises OSError where they are more than the bound, whatever the archive states."""
    if info.compress_type == ZSTANDARD:
        content = _zstandard(file, info, bound)
    else:
        with archive.open(info) as stream:
            content = stream.read(bound + 1)
    if len(content) > bound:
        raise files.too_large(path, files.largest())
    if zlib.crc32(content) != info.CRC:
        raise zipfile.BadZipFile(f"the checksum of {info.filename!r} does not agree")
    return content


def _zstandard(file: IO[bytes], info: zipfile.ZipInfo, bound: int) -> bytes:
    """The member's first bytes, one more than the bound at most."""
    import pyarrow as pa

    file.seek(info.header_offset)
    mark, n_name, n_extra = _LOCAL_HEADER.unpack(file.read(_LOCAL_HEADER.size))
    if mark != b"PK\x03\x04" or info.compress_size > bound:
        raise zipfile.BadZipFile(f"{info.filename!r} is not where the archive says, or larger than is read")
    file.seek(n_name + n_extra, 1)
    packed = file.read(info.compress_size)
    content = bytearray()
    try:
        with pa.CompressedInputStream(pa.BufferReader(packed), "zstd") as stream:
            while len(content) <= bound and (part := stream.read(min(_CHUNK, bound + 1 - len(content)))):
                content += part
    except pa.ArrowException as error:
        raise zipfile.BadZipFile(f"{info.filename!r} is damaged") from error
    return bytes(content)
