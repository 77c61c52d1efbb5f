"""Downloads the public files through `pooch`: nothing enters the data folder before all of it is there and right."""

import importlib.util
import tempfile
from collections.abc import Callable
from pathlib import Path

from clue_lib import raw
from clue_lib.datasets import recorded
from clue_lib.errors import DataError, MissingExtra


def fetch(url: str, target: Path, *, official: str | None, check: Callable[[Path], object]) -> str:
    """Download one file to `target`; the digest, which is recorded beside it.

    It must be `official`, else the one recorded when the file was first fetched, else any whose content passes `check`,
    which raises DataError. Raises DataError in one line when the download fails or is another file, MissingExtra
    without `pooch`.
    """
    if importlib.util.find_spec("pooch") is None:
        raise MissingExtra(f"{target.name}: pooch not installed; run `make install` or pip install 'clue-gate[data]'")
    with tempfile.TemporaryDirectory(prefix="clue-gate-") as folder:
        file = _download(url, Path(folder), target)
        check_digest(target, raw.digest(file), official)
        try:
            check(file)
        except DataError as error:
            problem = str(error).removeprefix(str(file))
            raise DataError(
                f"{url}: sent something else{problem}; a login page perhaps: open it in a browser"
            ) from error
        return recorded.write(target, file.read_bytes())


def check_digest(path: Path, digest: str, official: str | None) -> bool:
    """Whether the digest is a known one: the official one, or without it the one recorded for the file.

    Raises DataError where it is another, with the first 12 characters of both.
    """
    if official and digest != official:
        raise DataError(
            f"{path}: digest {digest[:12]} is not the official {official[:12]}; "
            "get the published file, or keep this one below a root of its own"
        )
    known = official or recorded.digests(path.parent).get(path.name)
    if known and digest != known:
        raise DataError(
            f"{path}: digest {digest[:12]} is not the recorded {known[:12]}; find out which is right "
            f"and remove the other (the file, or its line in {recorded.NAME})"
        )
    return known is not None


def _download(url: str, folder: Path, target: Path) -> Path:
    import pooch
    import requests

    pooch.get_logger().setLevel("WARNING")  # it tells of each download, and of a digest to pin, over several lines
    try:
        return Path(pooch.retrieve(url, known_hash=None, fname=target.name, path=folder))
    except requests.HTTPError as error:
        status = "with an error"
        if error.response is not None:
            status = str(error.response.status_code)
            error.response.close()  # pooch leaves it open
        raise DataError(
            f"{url}: the server answers {status}; find the file in a browser and put it at {target}"
        ) from error
    except OSError as error:  # all errors of requests are such
        raise DataError(
            f"{url}: not downloaded ({type(error).__name__}), this machine may be offline; "
            f"get it from elsewhere and put it at {target}"
        ) from error
