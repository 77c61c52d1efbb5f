"""Fetches repositories from the Hugging Face hub: says first how much that is, and in one line why one can't be had."""

import shutil
from collections.abc import Callable
from pathlib import Path

from clue_lib.errors import MissingExtra, ModelError
from clue_lib.text import shorten

IGNORED = ["original/*", "onnx/*", "*.pth", "*.gguf", "*.h5", "*.msgpack"]
"""Other copies of the same weights, which no engine here reads."""


PICKLES = ["*.bin", "*.pt"]
"""Weights that can run code when they are read; most repositories have the same as safetensors."""


def fetch(repository: str, revision: str | None, on_note: Callable[[str], None], *, allow_pickle: bool = False) -> Path:
    """The repository's files at one resolved commit, which names the folder; downloaded unless the cache has them.

    Raises ModelError when the hub refuses or can't be reached, or when the disk has too little room.
    """
    ignored = IGNORED if allow_pickle else IGNORED + PICKLES
    return _fetched(repository, revision, on_note=on_note, ignore_patterns=ignored)


DESCRIPTION = ["*.json", "*.jinja", "*.model", "*.tiktoken", "*.txt"]
"""Configurations and tokenizers: a few megabytes."""


def fetch_description(repository: str, revision: str | None) -> Path:
    """The folder of a repository's configurations and tokenizer alone. Raises as `fetch`."""
    return _fetched(repository, revision, allow_patterns=DESCRIPTION, ignore_patterns=IGNORED)


def _fetched(
    repository: str,
    revision: str | None,
    *,
    ignore_patterns: list[str],
    allow_patterns: list[str] | None = None,
    on_note: Callable[[str], None] | None = None,
) -> Path:
    """The folder of the files that the patterns leave; `on_note` is told before how much that is."""
    try:
        from huggingface_hub import constants, snapshot_download
        from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError
    except ImportError as error:
        raise MissingExtra(
            f"{repository}: fetching it needs huggingface_hub; run `make install` or pip install huggingface_hub"
        ) from error
    try:
        if on_note is not None:
            _announce(repository, revision, ignore_patterns, on_note)
        folder = snapshot_download(
            repository, revision=revision, ignore_patterns=ignore_patterns, allow_patterns=allow_patterns
        )
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OSError) as error:
        page = f"{constants.ENDPOINT}/{repository}"
        raise ModelError(f"{repository}: {_reason(error, page, revision)}") from error
    return Path(folder)


def _announce(repository: str, revision: str | None, ignored: list[str], on_note: Callable[[str], None]) -> None:
    """Say how much will be downloaded and how much room there is; nothing where the hub can't be asked.

    Raises ModelError where the disk has too little room.
    """
    from huggingface_hub import constants, snapshot_download
    from huggingface_hub.errors import DryRunError

    try:
        files = snapshot_download(repository, revision=revision, ignore_patterns=ignored, dry_run=True)
    except DryRunError:
        return
    missing = [file for file in files if not isinstance(file, str) and file.will_download]
    n_bytes = sum(file.file_size or 0 for file in missing)
    cache = Path(constants.HF_HUB_CACHE)
    disk = next(folder for folder in (cache, *cache.parents) if folder.exists())  # the cache may not be there yet
    n_free = shutil.disk_usage(disk).free
    facts = f"{gigabytes(n_bytes)} to download to {cache}, {gigabytes(n_free)} free there"
    if n_bytes > n_free:
        raise ModelError(f"{repository}: {facts}; free some or set HF_HOME to a larger disk")
    if n_bytes:
        on_note(f"{repository}: {facts}")


def gigabytes(n_bytes: int) -> str:
    """Bytes for people, in units of 10⁹."""
    return f"{n_bytes / 1e9:.1f} GB"


def _reason(error: Exception, page: str, revision: str | None) -> str:
    """Why the hub gave nothing, and what to do."""
    from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, RepositoryNotFoundError, RevisionNotFoundError

    response = error.response if isinstance(error, HfHubHTTPError) else None
    status = None if response is None else response.status_code
    if isinstance(error, GatedRepoError) or status == 403:
        return f"access is gated; accept the licence at {page} and set HF_TOKEN to a token of that account"
    if isinstance(error, RevisionNotFoundError):
        return f"no revision {revision}; see {page}"
    if isinstance(error, RepositoryNotFoundError) or status == 401:
        return f"not found, or private; check the name, or set HF_TOKEN to a token that may read {page}"
    reason = shorten(str(error), 160) or type(error).__name__
    return f"could not be fetched ({reason}); check name and network, or name a folder"
