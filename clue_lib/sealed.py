"""Files written whole or not at all, and cached files that say of themselves whether they are what was written.

A *sealed* file is one object of JSON. `format` names what it holds and in which version, `inputs` is the digest of all
that decides it, `content` is the thing itself, and `checksum` is over the three. Whoever reads one says which format
and inputs are meant: whatever else lies there, a damaged file, another version's, another run's, is not read. What can
be computed again is, and `tell` says so in one line.
"""

import contextlib
import hashlib
import os
import secrets
import stat
import sys
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import TypeVar

import msgspec

from clue_lib import files, owner_only
from clue_lib.errors import StoreError

PART = ".part"
"""How the name of an unfinished file ends; it begins with a dot. One that a killed process left behind is no use."""

Content = TypeVar("Content")


class SealError(Exception):
    """A file is not what was written there: damaged, of another format, or made from other inputs; says which."""


class _Envelope(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file, its content not yet read."""

    format: str
    inputs: str
    checksum: str
    content: msgspec.Raw


def write(path: Path, content: bytes, *, mode: int | None = None) -> None:
    """Put the file there, whole and on disk, or leave what was there; folders are made. Raises OSError.

    `mode` is the file's, whatever the umask; by default it is what the place asks for, less the umask.
    """
    owner_only.make_folder(path.parent)
    part = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}{PART}")
    try:
        descriptor = os.open(
            part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, owner_only.mode(path) if mode is None else mode
        )
        with open(descriptor, "wb") as file:
            if mode is not None:
                os.fchmod(descriptor, mode)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise


def put(path: Path, content: bytes, *, option: str = "", hint: str = "", is_users: bool = False) -> None:
    """`write` for what a user asked for. Raises StoreError, in a line.

    The line begins with the `option`, such as "--out=", that named the file, and ends with the `hint`, such as
    " with --report-dir", how to name another folder. `is_users`: the user may have made the file that is there. A link
    to it stays one, and its mode is kept, but for a place of private files.
    """
    target = Path(os.path.realpath(path)) if is_users else path
    try:
        write(target, content, mode=_mode_there(target) if is_users else None)
    except OSError as error:
        raise StoreError(f"{option}{path}: {error.strerror}; name a writable folder{hint}") from error


def _mode_there(path: Path) -> int | None:
    """The mode of a file that is its user's; None where there is none yet, or the place itself asks for one."""
    if owner_only.is_private(path) or not path.exists():
        return None
    return stat.S_IMODE(path.stat().st_mode)


def checksum(format: str, inputs: str, content: bytes) -> str:
    """SHA-256 over all three; `content` is JSON, whose spaces and line breaks do not count."""
    digest = hashlib.sha256()
    for part in (format.encode(), inputs.encode(), msgspec.json.format(content, indent=-1)):
        digest.update(len(part).to_bytes(8) + part)
    return digest.hexdigest()


def seal(content: object, *, format: str, inputs: str = "") -> bytes:
    """The bytes of a sealed file."""
    encoded = msgspec.json.encode(content)
    envelope = _Envelope(
        format=format, inputs=inputs, checksum=checksum(format, inputs, encoded), content=msgspec.Raw(encoded)
    )
    return msgspec.json.encode(envelope) + b"\n"


def unseal(sealed: bytes, kind: type[Content], *, format: str, inputs: str | None = None) -> Content:
    """What `seal` was given, as `kind`; whatever inputs made it, where they are None. Raises SealError."""
    try:
        envelope = msgspec.json.decode(sealed, type=_Envelope)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SealError("damaged, or of an earlier version without a checksum") from error
    if envelope.format != format:
        raise SealError("damaged, or of another format")
    if envelope.checksum != checksum(envelope.format, envelope.inputs, bytes(envelope.content)):
        raise SealError("damaged: its checksum does not agree")
    if inputs is not None and envelope.inputs != inputs:
        raise SealError("made from other inputs")
    try:
        return msgspec.json.decode(envelope.content, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SealError("of another shape") from error


def read(path: Path, kind: type[Content], *, format: str, inputs: str | None = None) -> Content | None:
    """What the sealed file holds; None where there is no file. Raises SealError, and OSError where it can't be read."""
    try:
        sealed = files.read_json(path)
    except FileNotFoundError:
        return None
    return unseal(sealed, kind, format=format, inputs=inputs)


def problem(path: Path) -> str:
    """What is wrong with a sealed file of whatever format and content; empty where nothing is. Raises OSError."""
    try:
        envelope = msgspec.json.decode(files.read_json(path), type=_Envelope)
        is_intact = envelope.checksum == checksum(envelope.format, envelope.inputs, bytes(envelope.content))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return "damaged, or of an earlier version without a checksum"
    return "" if is_intact else "damaged: its checksum does not agree"


def known(path: Path, kind: type[Content], *, format: str, inputs: str = "") -> Content | None:
    """What a cached file holds; None where there is none, or none that may be read, which is told."""
    try:
        return read(path, kind, format=format, inputs=inputs)
    except SealError as error:
        tell(f"{path}: {error}; not read, and computed again")
    except OSError as error:
        tell(f"{path}: {error.strerror}; not read, and computed again")
    return None


def keep(path: Path, content: object, *, format: str, inputs: str = "") -> None:
    """Cache it; where that fails it is told, and costs the next run the time that it took."""
    try:
        write(path, seal(content, format=format, inputs=inputs))
    except OSError as error:
        tell(f"{path}: {error.strerror}; not kept, and computed again by the next run")


def _print(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


_tell: ContextVar[Callable[[str], None]] = ContextVar("_tell", default=_print)


def tell(line: str) -> None:
    """Say something of a cached file to whoever `telling` names, else on standard error."""
    _tell.get()(line)


@contextlib.contextmanager
def telling(listener: Callable[[str], None]) -> Iterator[None]:
    """Within the block, what is said of cached files goes to the listener."""
    token = _tell.set(listener)
    try:
        yield
    finally:
        _tell.reset(token)
