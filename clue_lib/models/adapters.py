"""LoRA adapters: what keeps one from being served beside its base, and merging it into a model of its own."""

import json
import struct
from pathlib import Path
from typing import TypeVar

import msgspec

from clue_lib import digests
from clue_lib.errors import ModelError

RANKS = (1, 8, 16, 32, 64, 128, 256, 320, 512)
"""The LoRA ranks that vLLM serves (0.32, `vllm.config.lora.MaxLoRARanks`), in order."""

Described = TypeVar("Described", bound=msgspec.Struct)


class AdapterConfig(msgspec.Struct, frozen=True, kw_only=True):
    """What is read of adapter_config.json."""

    base_model_name_or_path: str | None = None
    r: int = 8
    use_dora: bool = False
    modules_to_save: tuple[str, ...] | None = None


def read_json(path: Path, kind: type[Described]) -> Described:
    """A small JSON file as a typed value. Raises ModelError when it can't be read or is of another shape."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, UnicodeDecodeError, msgspec.DecodeError, RecursionError) as error:
        raise ModelError(f"{path} can't be read ({error}); mend or replace it") from error


def check_servable(adapter: Path, base: Path) -> None:
    """Raise ModelError where one engine can't serve the adapter beside its base as it was trained."""
    if reason := _obstacle(adapter, base):
        raise ModelError(f"{adapter}: {reason}; merge it into its base with --merge-adapter")


def _obstacle(adapter: Path, base: Path) -> str | None:
    config = read_json(adapter / "adapter_config.json", AdapterConfig)
    if config.r > RANKS[-1]:
        return f"its rank {config.r} is above {RANKS[-1]}"
    if config.use_dora:
        return "it is a DoRA adapter"
    if config.modules_to_save:
        return f"it replaces whole modules ({', '.join(config.modules_to_save)})"
    if any(name in tensor for tensor in _tensor_names(adapter) for name in ("embed_tokens", "lm_head")):
        return "it carries embeddings, as after a resized vocabulary"
    own = _template(adapter)
    if own is not None and own != _template(base):
        return "its chat template differs from its base's"
    return None


def _template(folder: Path) -> str | None:
    """Digest of a folder's chat template, whichever file holds it; None where there is none."""
    path = folder / "chat_template.jinja"
    if path.is_file():
        return digests.of_value(path.read_text(encoding="utf-8").strip())
    config = folder / "tokenizer_config.json"
    template = json.loads(config.read_text(encoding="utf-8")).get("chat_template") if config.is_file() else None
    return digests.of_value(template.strip()) if isinstance(template, str) else None


def _tensor_names(adapter: Path) -> list[str]:
    """The tensors' names, out of the safetensors header: eight bytes of length, then JSON."""
    path = adapter / "adapter_model.safetensors"
    if not path.is_file():
        return []
    try:
        with path.open("rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            return list(msgspec.json.decode(file.read(length), type=dict[str, object]))
    except (OSError, OverflowError, struct.error, msgspec.DecodeError) as error:
        raise ModelError(f"{path} is no safetensors file ({error}); save the adapter anew") from error
