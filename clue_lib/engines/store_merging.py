"""Brings what one store holds into another, chunk by chunk: the shares of a run that several machines answered.

A chunk is bound to its partition and is copied byte for byte. One that is there already is left out; where the two
stores hold different answers to one question nothing of that partition is taken.
"""

from pathlib import Path

from clue_lib import owner_only, sealed
from clue_lib.engines.answers_file import Scan, partition_name, records, scan
from clue_lib.engines.store import ANOTHERS, Partition
from clue_lib.engines.store_keeping import NOISE_FILE, folders
from clue_lib.errors import ModelError, StoreError
from clue_lib.models.recording import ABOUT_FILE, ANSWERS_FILE, read_recording
from clue_lib.types import PRIVATE_TIERS, Generation


def merge_store(source: Path, root: Path) -> tuple[int, int]:
    """Take over every partition of the store, or the one whose folder that is.

    Returns how many folders there were, and how many answers are new. Raises StoreError: for a damaged store, for
    other answers to the same questions, and for answers under an agreement that would leave their data's folder.
    """
    found = [source] if (source / ABOUT_FILE).exists() else folders(source)
    if not found:
        raise StoreError(f"{source}: no stored answers in it; name the --store of a run, or a file of `store export`")
    for folder in found:  # all are looked at before anything is written
        _check(folder, root)
    return len(found), sum(merge(folder, root) for folder in found)


def merge(folder: Path, root: Path) -> int:
    """Take over one partition's answers and noise; how many answers are new. Raises StoreError."""
    about = read_recording(folder, must_be_sealed=True)
    target = Partition(root, about)
    with target.held():
        target.repair()
        return _add(folder, scan(folder / ANSWERS_FILE, target.folder.name), target)


def _add(folder: Path, found: Scan, target: Partition) -> int:
    known = target.load()
    n_new = 0
    try:
        content = (folder / ANSWERS_FILE).read_bytes()
        new = [content[start:end] for start, end in found.chunks]
        chunks = [(chunk, dict(records(chunk, target.folder.name))) for chunk in new]
        _check_equal(known, found.answers, target)
        for chunk, answers in chunks:
            if lacking := answers.keys() - known.keys():
                target.append_lines(chunk)
                known |= answers
                n_new += len(lacking)
        if (folder / NOISE_FILE).exists() and not (target.folder / NOISE_FILE).exists():
            sealed.write(target.folder / NOISE_FILE, (folder / NOISE_FILE).read_bytes())
    except OSError as error:
        raise StoreError(f"{error.filename or folder}: {error.strerror}; name another store with --store") from error
    return n_new


def _check_equal(known: dict[str, Generation], given: dict[str, Generation], target: Partition) -> None:
    n_other = sum(known[key] != given[key] for key in known.keys() & given.keys())
    if n_other:
        raise StoreError(
            f"{target.folder}: the store holds other answers of this model to {n_other} prompts, computed in other "
            "batches perhaps; name another --store, or prune it first"
        )


def _check(folder: Path, root: Path) -> None:
    """Raise StoreError for a folder that can't be taken over."""
    try:
        about = read_recording(folder, must_be_sealed=True)
    except ModelError as error:
        raise StoreError(f"{error}; run the model once more, which writes it anew") from error
    name = partition_name(about)
    found = scan(folder / ANSWERS_FILE, name)
    if folder.name != name:
        raise StoreError(f"{folder / ABOUT_FILE}: {ANOTHERS}; copy the folder under its own name")
    if found.damaged:
        raise StoreError(f"{folder / ANSWERS_FILE}: {len(found.damaged)} damaged lines; run that share once more")
    if (bound := sorted(found.tiers & PRIVATE_TIERS)) and not owner_only.is_private(root):
        raise StoreError(
            f"{folder}: answers to {', '.join(bound)} data, which must stay beside it; name the data's own folder "
            f"{owner_only.FOLDER} with --store"
        )
