"""Where answers are stored."""

from pathlib import Path

import platformdirs


def store_folder(chosen: str | Path | None) -> Path:
    """The folder that `--store` names, by default one of the user's own cache."""
    return Path(chosen) if chosen else platformdirs.user_cache_path("clue-gate") / "store"
