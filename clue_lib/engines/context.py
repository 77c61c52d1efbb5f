"""What is known of a model before its engine starts: size, memory, context, and which prompts can't fit.

A model's context is how many tokens a prompt and its answer may take together.
"""

import os
from collections.abc import Iterable
from pathlib import Path

from clue_lib.engines import device
from clue_lib.engines.engine import EngineArgs
from clue_lib.errors import ModelError
from clue_lib.models.checking import read_model_config
from clue_lib.models.hub import gigabytes
from clue_lib.models.reading import has_file
from clue_lib.models.tokenizer_files import load_tokenizer
from clue_lib.types import Request


def memory_needs(weights: Path, args: EngineArgs) -> str:
    """One line on the weights' size, the context and the memory they must fit into."""
    files = [path for pattern in ("*.safetensors", "*.bin") for path in weights.glob(pattern) if os.path.isfile(path)]
    size = gigabytes(sum(path.stat().st_size for path in files))
    context = context_length(weights, args) or "unknown"
    return f"weights {size}, context {context} tokens, {device.memory()}"


def context_length(weights: Path, args: EngineArgs) -> int | None:
    """The context in tokens, or what --engine-arg max_model_len leaves of it; None where no config.json says so."""
    try:
        config = read_model_config(weights)
    except ModelError:
        return None
    of_text = config.text_config or config
    stated = (config.max_position_embeddings or of_text.max_position_embeddings, args.get("max_model_len"))
    return min((length for length in stated if isinstance(length, int) and length > 0), default=None)


def beyond_context(weights: Path, requests: Iterable[Request], args: EngineArgs) -> dict[str, int]:
    """The requests that can't fit the context, whatever the chat template adds: key → tokens of their text alone.

    The engine has the last word on those near the limit. Empty where context or tokenizer are not known. Raises
    ModelError where the tokenizer can't be loaded.
    """
    context = context_length(weights, args)
    path = weights / "tokenizer.json"
    if context is None or not has_file(path):
        return {}
    # A token is at least one byte: most prompts need no counting.
    doubtful = [r for r in requests if len(_text(r).encode()) + r.sampling.max_new_tokens > context]
    if not doubtful:
        return {}
    encodings = load_tokenizer(path).encode_batch([_text(r) for r in doubtful], add_special_tokens=False)
    counted = [(request, len(encoding.ids)) for request, encoding in zip(doubtful, encodings, strict=True)]
    return {request.key: n for request, n in counted if n + request.sampling.max_new_tokens > context}


def _text(request: Request) -> str:
    return "\n".join(message.content for message in request.messages)
