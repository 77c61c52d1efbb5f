"""Recordings: folders of stored answers, each with an about.json that says whose answers they are."""

from pathlib import Path

import msgspec

from clue_lib import digests
from clue_lib.errors import ModelError
from clue_lib.models.reading import read_json
from clue_lib.types import Fingerprint, Identity

ABOUT_FILE = "about.json"
ANSWERS_FILE = "generations.jsonl"

FORMAT = 2
"""Of a folder's files: raise it where they change their meaning."""


class Recording(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Whose answers a folder holds: the model by name and by content, and the engine that ran it.

    Answers that were imported may lack all but the engine, which must agree with the other side's.
    """

    model: str | None = None
    identity: Identity = Identity()
    engine: Fingerprint


class OtherFormat(ModelError):
    """The folder's files are of another version of the format."""


class _Written(Recording, frozen=True, kw_only=True, omit_defaults=True):
    """The file: what a person wrote for answers from elsewhere need not have a format and a checksum."""

    format: int | None = None
    checksum: str | None = None

    def sealed(self) -> "_Written":
        return msgspec.structs.replace(self, format=FORMAT, checksum=self.sum(FORMAT))

    def sum(self, format: int) -> str:
        return digests.of_value((format, self.model, self.identity, self.engine))

    @property
    def is_earlier(self) -> bool:
        """Whether an earlier version wrote it, which its checksum confirms."""
        return self.format is not None and self.format < FORMAT and self.checksum == self.sum(self.format)


def encode_recording(about: Recording) -> bytes:
    """The content of about.json, with its format and checksum."""
    written = _Written(model=about.model, identity=about.identity, engine=about.engine).sealed()
    return msgspec.json.format(msgspec.json.encode(written)) + b"\n"


def read_recording(folder: Path, *, must_be_sealed: bool = False) -> Recording:
    """What about.json in that folder says. Raises ModelError where it can't be read, or is not as it was written.

    One without format and checksum, a person's or an earlier version's, is read unless it `must_be_sealed`.
    """
    path = folder / ABOUT_FILE
    written = read_json(path, _Written)
    is_bare = written.format is None and written.checksum is None
    if is_bare and must_be_sealed:
        raise ModelError(f"{path}: of an earlier version, without a checksum")
    if written.is_earlier:
        raise ModelError(f"{path}: format {written.format}, an earlier version's; record the answers anew")
    if written.format not in (None, FORMAT) and written.checksum != written.sum(FORMAT):
        raise OtherFormat(f"{path}: format {written.format}, this version reads {FORMAT}; use the version it is of")
    if not is_bare and (written.format != FORMAT or written.checksum != written.sum(FORMAT)):
        raise ModelError(f"{path}: damaged, its checksum does not agree; record the answers anew")
    return Recording(model=written.model, identity=written.identity, engine=written.engine)
