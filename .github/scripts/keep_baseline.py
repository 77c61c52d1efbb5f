"""Empties a store of all that is not provably the baseline's, before it goes into a CI cache.

python keep_baseline.py gate.json STORE

Ends with 1, so that the store is not saved, where no gate.json says whose answers those are or nothing is left.
"""

import json
import shutil
import sys
from pathlib import Path


def keep_baseline(gate_file: Path, store: Path) -> None:
    """Remove what is not the baseline's. Raises ValueError where nobody says whose that is, or nothing stays."""
    baseline = identity(gate_file, "run", "baseline")
    if baseline is None:
        raise ValueError(f"{gate_file}: no baseline's identity can be read there; the store is not saved")
    for place in list(store.iterdir()) if store.is_dir() else []:
        if place.is_symlink() or not place.is_dir():
            place.unlink()
        elif identity(place / "about.json") != baseline:
            shutil.rmtree(place)
    if not store.is_dir() or not any(store.iterdir()):
        raise ValueError(f"{store}: holds no answers of the baseline; it is not saved")


def identity(file: Path, *keys: str) -> object:
    """What stands as `identity` below the keys of the file; None where that can't be read."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        for key in (*keys, "identity"):
            found = found[key]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None
    return found or None


if __name__ == "__main__":
    try:
        keep_baseline(Path(sys.argv[1]), Path(sys.argv[2]))
    except (OSError, ValueError) as error:
        sys.exit(f"error: {error}")
