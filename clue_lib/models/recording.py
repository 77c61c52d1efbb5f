"""Recordings: folders of stored answers, each with an about.json that says whose answers they are."""

from pathlib import Path

import msgspec

from clue_lib.models.reading import read_json
from clue_lib.types import Fingerprint, Identity

ABOUT_FILE = "about.json"
ANSWERS_FILE = "generations.jsonl"


class Recording(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Whose answers a folder holds: the model by name and by content, and the engine that ran it.

    Answers that were imported may lack all but the engine, which must agree with the other side's.
    """

    model: str | None = None
    identity: Identity = Identity()
    engine: Fingerprint


def read_recording(folder: Path) -> Recording:
    """What about.json in that folder says. Raises ModelError where it can't be read."""
    return read_json(folder / ABOUT_FILE, Recording)
