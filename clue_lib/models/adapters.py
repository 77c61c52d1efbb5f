"""LoRA adapters: what their files say, and what keeps one from being served beside its base by one engine."""

import json
import struct
from pathlib import Path

import msgspec

from clue_lib import digests
from clue_lib.errors import ModelError
from clue_lib.models.reading import read_json

RANKS = (1, 8, 16, 32, 64, 128, 256, 320, 512)
"""The LoRA ranks that vLLM serves (0.32, `vllm.config.lora.MaxLoRARanks`), in order."""

RESIZED = ("embed_tokens", "lm_head")
"""Parts of tensors' names that are there where an adapter carries embeddings of its own."""


class AdapterConfig(msgspec.Struct, frozen=True, kw_only=True):
    """What is read of adapter_config.json."""

    base_model_name_or_path: str | None = None
    r: int = 8
    use_dora: bool = False
    modules_to_save: tuple[str, ...] | None = None


def read_config(adapter: Path) -> AdapterConfig:
    """What the adapter's own configuration says. Raises ModelError where it can't be read."""
    return read_json(adapter / "adapter_config.json", AdapterConfig)


def check_servable(adapter: Path, base: Path) -> None:
    """Raise ModelError where one engine can't serve the adapter beside its base as it was trained."""
    reason = _obstacle(adapter, base)
    if reason is not None:
        raise ModelError(f"{adapter}: {reason}; merge it into its base with --merge-adapter")


def _obstacle(adapter: Path, base: Path) -> str | None:
    """What keeps the adapter from being served; None where nothing does."""
    config = read_config(adapter)
    if config.r > RANKS[-1]:
        return f"its rank {config.r} is above {RANKS[-1]}"
    if config.use_dora:
        return "it is a DoRA adapter"
    if config.modules_to_save:
        return f"it replaces whole modules ({', '.join(config.modules_to_save)})"
    names = _tensor_names(adapter)
    if any(part in name for name in names for part in RESIZED):
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
    path = folder / "tokenizer_config.json"
    if not path.is_file():
        return None
    template = json.loads(path.read_text(encoding="utf-8")).get("chat_template")
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
