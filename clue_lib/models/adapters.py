"""LoRA adapters: what their files say, and what keeps one from being served beside its base by one engine.

An *adapter* is a small set of weights that changes a base model while it is switched on. The gate asks base and
adapter of one engine, so the base must answer as if there were no adapter, and the adapter as it was trained.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec

from clue_lib import digests
from clue_lib.errors import ModelError
from clue_lib.models import adapter_fields as fields
from clue_lib.models.adapter_fields import Value
from clue_lib.models.reading import decoded, has_file, read_json, read_text
from clue_lib.models.safetensors_files import check_whole, tensor_names

CONFIG_FILE = "adapter_config.json"
WEIGHTS_FILE = "adapter_model.safetensors"
PICKLE_FILE = "adapter_model.bin"

RANKS = (1, 8, 16, 32, 64, 128, 256, 320, 512)
"""The LoRA ranks that vLLM serves (0.32, `vllm.config.lora.MaxLoRARanks`), in order."""

RESIZED = ("embed_tokens", "lm_head")
"""Parts of tensors' names that are there where an adapter carries embeddings of its own."""

Rank = Annotated[int, msgspec.Meta(ge=1)]

_MERGE = "merge it into its base with --merge-adapter"


class AdapterConfig(msgspec.Struct, frozen=True, kw_only=True):
    """What is read of adapter_config.json; `rank_pattern` gives some modules a rank of their own."""

    peft_type: str = "LORA"
    base_model_name_or_path: str | None = None
    r: Rank = 8
    rank_pattern: dict[str, Rank] | None = None
    bias: str = "none"
    init_lora_weights: bool | str | None = True

    @property
    def largest_rank(self) -> int:
        """The largest rank of any module."""
        return max([self.r, *(self.rank_pattern or {}).values()])


class _TokenizerConfig(msgspec.Struct, frozen=True):
    """What is read of tokenizer_config.json; a list or table holds several templates."""

    chat_template: str | list[object] | dict[str, object] | None = None


def read_config(adapter: Path) -> AdapterConfig:
    """What the adapter's own configuration says. Raises ModelError where it can't be read."""
    return read_json(adapter / CONFIG_FILE, AdapterConfig)


def check_servable(adapter: Path, base: Path, *, allow_pickle: bool = False) -> None:
    """Raise ModelError where one engine can't serve the adapter beside its base as it was trained."""
    check_mergeable(adapter, allow_pickle=allow_pickle)
    reason = _obstacle(adapter, base)
    if reason is not None:
        raise ModelError(f"{adapter}: {reason}; {_MERGE}")


def check_mergeable(adapter: Path, *, allow_pickle: bool = False) -> None:
    """Raise ModelError where peft can't merge the adapter into its base either, or where its weights are not whole.

    With `allow_pickle` PyTorch's own file will do for its weights.
    """
    config = read_config(adapter)
    if config.peft_type in fields.PROMPT_KINDS:
        reason = f"a {config.peft_type} adapter adds to the prompt, not to the weights, and no engine here serves it"
        raise ModelError(f"{adapter}: {reason}; give the model as a folder of its own")
    if _initialisation(config).startswith("corda"):
        remedy = "save it anew with peft's path_initial_model_for_weight_conversion"
        raise ModelError(f"{adapter}: CorDA changed its base, and how can't be told from its files; {remedy}")
    for name, value in _settings(adapter).items():
        if name in fields.UNMERGEABLE and not _is_unset(value):
            raise ModelError(
                f"{adapter}: {fields.OBSTACLES[name]}, which no engine here serves and peft can't merge; "
                "give the model as a folder of its own"
            )
    _check_weights(adapter, allow_pickle)


def _check_weights(adapter: Path, allow_pickle: bool) -> None:
    if has_file(adapter / WEIGHTS_FILE):
        check_whole(adapter / WEIGHTS_FILE)
    elif not has_file(adapter / PICKLE_FILE):
        raise ModelError(f"{adapter} has no {WEIGHTS_FILE}; copy it there")
    elif not allow_pickle:
        remedy = "save it as safetensors, or trust it: --allow-pickle"
        raise ModelError(f"{adapter}: {PICKLE_FILE} is a pickle, which can run code when it is read; {remedy}")


def set_fields(adapter: Path) -> set[str]:
    """The names of the fields of adapter_config.json that hold a value. Raises ModelError where it can't be read."""
    return {name for name, value in _settings(adapter).items() if not _is_unset(value)}


def _obstacle(adapter: Path, base: Path) -> str | None:
    """What keeps the adapter from being served; None where nothing does."""
    config = read_config(adapter)
    if config.peft_type != "LORA":
        return f"it is of kind {config.peft_type}, and only LoRA is served"
    if config.largest_rank > RANKS[-1]:
        return f"its rank {config.largest_rank} is above {RANKS[-1]}"
    return _changes_base(config) or _unserved_setting(adapter) or _own_vocabulary(adapter, base)


def _changes_base(config: AdapterConfig) -> str | None:
    """How loading the adapter would change the base beside it; None where it leaves the base alone."""
    if config.bias != "none":
        return f"it trains its base's own biases (bias = {config.bias!r}), which stay when it is switched off"
    initialisation = _initialisation(config)
    if initialisation in fields.PLAIN_INITIALISATIONS:
        return None
    return f"its initialisation, {initialisation!r}, changes its base where the two are loaded together"


def _initialisation(config: AdapterConfig) -> str:
    """How the adapter's weights began, in lower case; `true` and `false` as the configuration writes them."""
    return str(config.init_lora_weights).lower()


def _unserved_setting(adapter: Path) -> str | None:
    """The first setting of adapter_config.json that one engine can't serve, known or not; None where there is none."""
    for name, value in _settings(adapter).items():
        if _is_unset(value) or name in fields.HARMLESS:
            continue
        if name not in fields.OBSTACLES:
            return f"{CONFIG_FILE} sets {name} = {_shown(value)}, which is not known here"
        listed = f" ({', '.join(str(part) for part in value)})" if isinstance(value, list) else ""
        return fields.OBSTACLES[name] + listed
    return None


def _own_vocabulary(adapter: Path, base: Path) -> str | None:
    """Whether the adapter brings embeddings or a chat template of its own."""
    path = adapter / WEIGHTS_FILE
    names = tensor_names(path) if has_file(path) else []
    if any(part in name for name in names for part in RESIZED):
        return "it carries embeddings, as after a resized vocabulary"
    own = _template(adapter)
    if own is not None and own != _template(base):
        return "its chat template differs from its base's"
    return None


def _settings(adapter: Path) -> Mapping[str, Value]:
    """Every field of adapter_config.json, those of other peft versions included."""
    return decoded(adapter / CONFIG_FILE, dict[str, Value])


def _is_unset(value: Value) -> bool:
    """Whether a setting's value says that it is not used: null, false, empty."""
    return value is None or value is False or value in ("", [], {})


def _shown(value: Value) -> str:
    text = json.dumps(value)
    return text if len(text) <= 40 else text[:39] + "…"


def _template(folder: Path) -> str | None:
    """Digest of a folder's chat template, whichever file holds it; None where there is none."""
    path = folder / "chat_template.jinja"
    if has_file(path):
        return digests.of_value(read_text(path).strip())
    path = folder / "tokenizer_config.json"
    if not has_file(path):
        return None
    template = read_json(path, _TokenizerConfig).chat_template
    return digests.of_value(template.strip()) if isinstance(template, str) else None
