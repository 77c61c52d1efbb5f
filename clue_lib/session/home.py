"""The user's own folders, where answers, merged weights, scores and the key of hashed ids are kept."""

import os

import platformdirs

from clue_lib.errors import OptionError


def check() -> None:
    """Raise OptionError where one of the folders can't be made or written to, before anything is spent.

    A container often has no home: HOME is not set, or names a folder that is not there and can't be made.
    """
    folders = {
        "XDG_CACHE_HOME": platformdirs.user_cache_path("clue-gate"),
        "XDG_DATA_HOME": platformdirs.user_data_path("clue-gate"),
    }
    for variable, folder in folders.items():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            problem = "" if os.access(folder, os.W_OK | os.X_OK) else "no permission to write"
        except OSError as error:
            problem = str(error.strerror)
        if problem:
            raise OptionError(f"{folder}: {problem}; set {variable}, or HOME, to a folder that can be written to")
