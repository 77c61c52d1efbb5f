"""What keeps a folder from being loaded as a model, told from its files' names and heads: no weight is read."""

import os
from pathlib import Path

import msgspec

from clue_lib.errors import ModelError
from clue_lib.models.reading import has_file, read_json
from clue_lib.models.safetensors_files import check_whole, most_common_dtype

INDEX_FILE = "model.safetensors.index.json"
WEIGHTS_FILE = "model.safetensors"

TOKENIZER_FILES = ("tokenizer.json", "*.model", "*.tiktoken", "tekken.json", "vocab.json", "vocab.txt", "*.bpe.codes")
"""Any of these holds a vocabulary; tokenizer_config.json alone does not."""

PICKLES = ("pytorch_model*.bin", "model*.bin", "*.pt", "*.pth")
"""Weights as Python's pickles, which can run code when they are read."""


class ModelConfig(msgspec.Struct, frozen=True, kw_only=True):
    """What is read of config.json; models of several modalities keep the text part apart.

    `auto_map` names Python files of the repository that define the model, where no library does.
    """

    architectures: tuple[str, ...] | None = None
    model_type: str | None = None
    dtype: str | None = None
    torch_dtype: str | None = None
    max_position_embeddings: int | None = None
    auto_map: dict[str, object] | None = None
    text_config: "ModelConfig | None" = None


class _Index(msgspec.Struct, frozen=True):
    """Which file holds which tensor."""

    weight_map: dict[str, str]


def read_model_config(folder: Path) -> ModelConfig:
    """What config.json says. Raises ModelError where it can't be read."""
    return read_json(folder / "config.json", ModelConfig)


def check_files(folder: Path, *, allow_pickle: bool = False) -> None:
    """Raise ModelError where the folder has no whole weights, or no tokenizer.

    Weights must be safetensors; with `allow_pickle` PyTorch's own files will do.
    """
    read_model_config(folder)
    _check_weights(folder, allow_pickle)
    if not has_file(folder / "tokenizer.json") and not any(_has(folder, pattern) for pattern in TOKENIZER_FILES):
        raise ModelError(f"{folder} has no tokenizer (no tokenizer.json or tokenizer.model); copy it from its base")


def stored_dtype(folder: Path) -> str | None:
    """The weights' number format, as config.json or else the tensors say it ("bfloat16"); None if neither does."""
    try:
        config = read_model_config(folder)
    except ModelError:
        return None
    of_text = config.text_config or config
    stated = config.dtype or config.torch_dtype or of_text.dtype or of_text.torch_dtype
    if stated is not None:
        return stated.removeprefix("torch.")
    return next((dtype for path in _weights(folder) if (dtype := most_common_dtype(path))), None)


def _check_weights(folder: Path, allow_pickle: bool) -> None:
    index = folder / INDEX_FILE
    files = _weights(folder)
    if has_file(index):
        _check_shards(folder, index)
    elif not files:
        if not (allow_pickle and any(_has(folder, pattern) for pattern in PICKLES)):
            raise ModelError(f"{folder} {_no_weights(folder)}")
    elif WEIGHTS_FILE not in {path.name for path in files} and any("-of-" in path.name for path in files):
        raise ModelError(f"{folder} has parts of its weights, but no {INDEX_FILE}; fetch or save it anew")
    for path in files:
        check_whole(path)


def _check_shards(folder: Path, index: Path) -> None:
    named = sorted(set(read_json(index, _Index).weight_map.values()))
    missing = [name for name in named if not os.path.isfile(folder / name)]
    if missing:
        raise ModelError(
            f"{folder}: {len(missing)} of the {len(named)} files of weights that {index.name} names are not there "
            f"({missing[0]}); fetch or copy them"
        )


def _no_weights(folder: Path) -> str:
    """What is wrong with a folder without a file of weights that may be read, and what to do."""
    if (folder / "adapter_config.json").is_file():
        return "is an adapter, not a model; name the adapter's folder as --model"
    if any(_has(folder, pattern) for pattern in PICKLES):
        return "has its weights as pickles, which can run code; save them as safetensors, or trust them: --allow-pickle"
    return "has no weights (*.safetensors); copy them there, or with --allow-pickle have pickles (*.bin) read"


def _weights(folder: Path) -> list[Path]:
    """The files of weights; an adapter beside them is no part of the model."""
    return sorted(path for path in folder.glob("*.safetensors") if not path.name.startswith("adapter_"))


def _has(folder: Path, pattern: str) -> bool:
    return any(os.path.isfile(path) for path in folder.glob(pattern))
