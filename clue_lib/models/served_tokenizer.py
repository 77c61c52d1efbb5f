"""Where the tokenizer and chat template of a served model lie, and the folder that stands for such a model."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from clue_lib.errors import ModelError
from clue_lib.models.aliases import Aliases
from clue_lib.models.describing import describe
from clue_lib.models.names import ModelSpec, parse_spec
from clue_lib.models.reading import has_file

FILES = (
    *("config.json", "generation_config.json", "tokenizer*", "vocab*", "merges.txt", "special_tokens_map.json"),
    *("added_tokens.json", "chat_template*", "*.tiktoken", "tekken.json"),
)
"""What says how a prompt becomes tokens and which of them end an answer."""

OPTION = "--tokenizer"


def tokenizer_folder(
    spec: ModelSpec, given: str | None, *, aliases: Aliases, on_note: Callable[[str], None] = lambda note: None
) -> Path:
    """The folder of the tokenizer that `given` names, else the model's own name. Raises ModelError."""
    named = spec.name if given is None else given
    folder = Path(named)
    if not has_file(folder / "tokenizer.json"):
        folder = _described(spec, named, given, aliases, on_note)
    if not has_file(folder / "tokenizer.json"):
        raise ModelError(f"{OPTION}={named}: no tokenizer.json there; save the tokenizer with transformers")
    return folder


def _described(
    spec: ModelSpec, named: str, given: str | None, aliases: Aliases, on_note: Callable[[str], None]
) -> Path:
    try:
        return describe(parse_spec(named, option=OPTION, aliases=aliases), aliases=aliases, on_note=on_note).folder
    except ModelError as error:
        if given is not None:
            raise
        raise ModelError(
            f"server:{spec.name}: no folder, alias or repository here has that name, so its chat template is not known "
            f"({error}); name its tokenizer with {OPTION}=FOLDER, or send messages with --template=server"
        ) from None


def link_files(source: Path, target: Path) -> None:
    """Let the folder `target` have the tokenizer's files of `source`, as links. Raises ModelError."""
    for pattern in FILES:
        for path in source.glob(pattern):
            if os.path.isfile(path):
                _link(path.resolve(), target / path.name)


def _link(file: Path, place: Path) -> None:
    """Under another name first, so that another process always finds one that leads somewhere."""
    try:
        with tempfile.TemporaryDirectory(dir=place.parent, prefix=".") as scratch:
            made = Path(scratch) / place.name
            made.symlink_to(file)
            os.replace(made, place)
    except OSError as error:
        raise ModelError(f"{place}: {error.strerror}; set XDG_CACHE_HOME to a folder that can be written to") from error
