"""What can be known of a model before its engine starts: size, memory, context, and which prompts can't fit."""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from clue_lib.engines import EngineArgs, device
from clue_lib.models.hub import gigabytes
from clue_lib.types import Request


class ModelConfig(msgspec.Struct, frozen=True, kw_only=True):
    """What is read of config.json; models of several modalities keep the text part apart."""

    max_position_embeddings: int | None = None
    text_config: "ModelConfig | None" = None


def facts(weights: Path, args: EngineArgs) -> str:
    """One line on the weights' size, the context and the memory they must fit into."""
    size = sum(path.stat().st_size for pattern in ("*.safetensors", "*.bin") for path in weights.glob(pattern))
    context = context_length(weights, args)
    return f"weights {gigabytes(size)}, context {context or 'unknown'} tokens, {device.memory()}"


def context_length(weights: Path, args: EngineArgs) -> int | None:
    """Tokens that a prompt and its answer may take together; None where no config.json says so."""
    try:
        config = msgspec.json.decode((weights / "config.json").read_bytes(), type=ModelConfig)
    except (OSError, UnicodeDecodeError, msgspec.DecodeError):
        return None
    own = config.max_position_embeddings or (config.text_config and config.text_config.max_position_embeddings)
    stated = [int(length) for length in (own, args.get("max_model_len")) if length]
    return min(stated, default=None)


def too_long(weights: Path, requests: Iterable[Request], args: EngineArgs) -> dict[str, int]:
    """Requests that can't fit the context whatever the chat template adds: key → tokens of their text alone.

    The engine has the last word on those near the limit. Nothing is counted where context or tokenizer are not known.
    """
    context = context_length(weights, args)
    path = weights / "tokenizer.json"
    if context is None or not path.is_file():
        return {}
    # A token is at least one byte: most prompts need no counting.
    doubtful = [r for r in requests if len(_text(r).encode()) + r.sampling.max_new_tokens > context]
    if not doubtful:
        return {}
    from tokenizers import Tokenizer

    encodings = Tokenizer.from_file(str(path)).encode_batch([_text(r) for r in doubtful], add_special_tokens=False)
    lengths = {r.key: len(encoding.ids) for r, encoding in zip(doubtful, encodings, strict=True)}
    return {r.key: lengths[r.key] for r in doubtful if lengths[r.key] + r.sampling.max_new_tokens > context}


def _text(request: Request) -> str:
    return "\n".join(message.content for message in request.messages)
