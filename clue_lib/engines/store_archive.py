"""One model's answers as one file, to be carried elsewhere: with the digest of each part, and checked part by part.

The file is a gzipped tar whose first member, `manifest.json`, is sealed and names all others with their digests.
Answers to data under an agreement are in none: they quote it.
"""

import gzip
import hashlib
import io
import os
import secrets
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import msgspec

from clue_lib import sealed
from clue_lib.engines.answers_file import partition_name, scan
from clue_lib.engines.store import ANOTHERS
from clue_lib.engines.store_keeping import NOISE_FILE
from clue_lib.engines.store_merging import merge
from clue_lib.errors import ModelError, StoreError
from clue_lib.models.recording import ABOUT_FILE, ANSWERS_FILE, read_recording
from clue_lib.types import PRIVATE_TIERS

MANIFEST = "manifest.json"
FORMAT = "clue-gate store export 2"
MEMBERS = (ABOUT_FILE, ANSWERS_FILE, NOISE_FILE)
"""What an archive may hold beside its manifest; nothing else is ever written, whatever it names."""

MAX_MANIFEST = 1_000_000
MAX_SIZE = 4 * 2**30
"""Bytes that an archive may unpack to: some million answers."""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One file of an archive: its length in bytes and the SHA-256 of its content."""

    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What an archive holds: the partition's folder, and its files by name."""

    partition: str
    parts: dict[str, Part]


def export(folder: Path, target: Path) -> Manifest:
    """Write the partition's answers, with about.json and its noise, to the target. Raises StoreError.

    Refused where a line is damaged, or where an agreement binds the data: those answers stay beside it.
    """
    try:
        about = read_recording(folder, must_be_sealed=True)
    except ModelError as error:
        raise StoreError(f"{error}; run the model once more, which writes it anew") from error
    if partition_name(about) != folder.name:
        raise StoreError(f"{folder / ABOUT_FILE}: {ANOTHERS}; run the model once more, which writes it anew")
    found = scan(folder / ANSWERS_FILE, folder.name)
    if bound := sorted(found.tiers & PRIVATE_TIERS):
        raise StoreError(
            f"{folder}: answers to {', '.join(bound)} data, which must stay beside it; nothing is exported"
        )
    if found.damaged:
        raise StoreError(
            f"{folder / ANSWERS_FILE}: {len(found.damaged)} damaged lines; run the model once more, which mends them"
        )
    if not found.answers:
        raise StoreError(f"{folder}: no answers; nothing is exported")
    try:
        contents = {name: (folder / name).read_bytes() for name in MEMBERS if (folder / name).exists()}
        answers = contents[ANSWERS_FILE]
        contents[ANSWERS_FILE] = b"".join(answers[start:end] for start, end in found.chunks)
        manifest = Manifest(
            partition=folder.name,
            parts={name: Part(size=len(content), sha256=_sha256(content)) for name, content in contents.items()},
        )
        sealed.write(target, _packed({MANIFEST: sealed.seal(manifest, format=FORMAT), **contents}))
    except OSError as error:
        raise StoreError(f"{target}: {error.strerror}; name a file that can be written, where there is room") from error
    return manifest


def import_(archive: Path, root: Path) -> Path:
    """Check an archive and put its partition into the store; the partition's folder. Raises StoreError.

    Nothing is put there unless every part is what the manifest says, and the answers are whole and of data that no
    agreement binds. A partition that is there already gets the chunks that it lacks.
    """
    unpacked = root / f".import-{os.getpid()}-{secrets.token_hex(4)}{sealed.PART}"
    try:
        unpacked.mkdir(parents=True)
        manifest = _unpack(archive, unpacked)
        _check(archive, unpacked, manifest)
        return _put(unpacked, root / manifest.partition)
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise StoreError(f"{archive}: damaged or no export of a store ({error}); export it anew") from error
    except OSError as error:
        place = error.filename if error.filename is not None else root
        raise StoreError(
            f"{place}: {error.strerror}; name a readable file, and a writable store with --store"
        ) from error
    finally:
        shutil.rmtree(unpacked, ignore_errors=True)


def _packed(contents: dict[str, bytes]) -> bytes:
    """The same bytes for the same contents: no time, no owner."""
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as zipped, tarfile.open(fileobj=zipped, mode="w") as tar:
        for name, content in contents.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            member.mode = 0o644
            tar.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def _unpack(archive: Path, folder: Path) -> Manifest:
    """Write the members into the folder, each no longer than the manifest says and under a name of `MEMBERS`."""
    with tarfile.open(archive, mode="r|gz") as tar:
        members = _members(archive, tar)
        manifest = _manifest(archive, members)
        allowed = sum(part.size for part in manifest.parts.values())
        if allowed > MAX_SIZE:
            raise StoreError(f"{archive}: unpacks to {allowed:,} bytes, more than the {MAX_SIZE:,} that are read")
        for member, content in members:
            part = manifest.parts.get(member.name) if member.name in MEMBERS else None
            if part is None:
                raise StoreError(f"{archive}: holds {member.name!r}, which no export does; nothing was imported")
            if member.size != part.size:
                raise StoreError(f"{archive}: {member.name} is not what the manifest says; export it anew")
            with (folder / member.name).open("xb") as file:
                shutil.copyfileobj(content, file)
    return manifest


def _members(archive: Path, tar: tarfile.TarFile) -> Iterator[tuple[tarfile.TarInfo, IO[bytes]]]:
    """The archive's plain files in their order. Raises StoreError for anything else: links, folders, devices."""
    for member in tar:
        content = tar.extractfile(member) if member.isreg() else None
        if content is None:
            raise StoreError(f"{archive}: {member.name!r} is no plain file; nothing was imported")
        yield member, content


def _manifest(archive: Path, members: Iterator[tuple[tarfile.TarInfo, IO[bytes]]]) -> Manifest:
    first, content = next(members, (None, None))
    if first is None or content is None or first.name != MANIFEST or first.size > MAX_MANIFEST:
        raise StoreError(f"{archive}: no export of a store; make one with `clue-gate store export`")
    try:
        manifest = sealed.unseal(content.read(), Manifest, format=FORMAT)
    except sealed.SealError as error:
        raise StoreError(f"{archive}: {MANIFEST} is {error}; export it anew, with this version") from error
    for name, part in manifest.parts.items():
        if name not in MEMBERS:  # whatever path it is, it is never opened
            raise StoreError(f"{archive}: {MANIFEST} names {name!r}, which no export does; nothing was imported")
        if part.size < 0:
            raise StoreError(f"{archive}: {MANIFEST} says that {name} has {part.size} bytes; export it anew")
    return manifest


def _check(archive: Path, folder: Path, manifest: Manifest) -> None:
    """Raise StoreError unless the unpacked files are the manifest's, and a partition of this version."""
    for name, part in manifest.parts.items():
        if not (folder / name).exists() or _sha256((folder / name).read_bytes()) != part.sha256:
            raise StoreError(f"{archive}: {name} is not what the manifest says; export it anew")
    try:
        about = read_recording(folder, must_be_sealed=True)
    except ModelError as error:
        raise StoreError(f"{archive}: {ABOUT_FILE} can't be used; export it anew") from error
    if partition_name(about) != manifest.partition:
        raise StoreError(f"{archive}: {ABOUT_FILE} is {ANOTHERS}")
    found = scan(folder / ANSWERS_FILE, manifest.partition)
    if found.n_waste or not found.answers:
        raise StoreError(f"{archive}: its answers are damaged or none; export it anew")
    if bound := sorted(found.tiers & PRIVATE_TIERS):
        raise StoreError(f"{archive}: answers to {', '.join(bound)} data, which must stay beside it; not imported")
    if (folder / NOISE_FILE).exists() and (problem := sealed.problem(folder / NOISE_FILE)):
        raise StoreError(f"{archive}: {NOISE_FILE} is {problem}; export it anew")


def _put(unpacked: Path, folder: Path) -> Path:
    if folder.exists():
        if (folder / ANSWERS_FILE).read_bytes() != (unpacked / ANSWERS_FILE).read_bytes():
            merge(unpacked, folder.parent)
        return folder
    unpacked.rename(folder)
    return folder


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
