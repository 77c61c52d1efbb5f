"""How much faster a decoding step's attention is where key-value heads are not copied: transformers' own against ours.

    python benchmarks/masked_attention.py [ANSWERS [CONTEXT]]

SmolLM2-135M's heads (9 for queries, 3 for keys and values, 64 wide), a padded batch of so many answers (default 32),
each at so many tokens of context (default 6,000), bfloat16 on the CPU.
"""

import sys
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import torch
from transformers.integrations.sdpa_attention import sdpa_attention_forward

from clue_lib.engines.transformers import attend

ROUNDS = 5


def main(n_answers: int = 32, n_context: int = 6000) -> None:
    """Print both times and their ratio."""
    generator = torch.Generator().manual_seed(0)
    query, key, value = (
        torch.randn(n_answers, heads, length, 64, generator=generator, dtype=torch.bfloat16)
        for heads, length in ((9, 1), (3, n_context), (3, n_context))
    )
    mask = torch.ones(n_answers, 1, 1, n_context, dtype=torch.bool)
    mask[..., : n_context // 10] = False
    module = SimpleNamespace(num_key_value_groups=3, is_causal=True)
    theirs, ours = (_seconds(f, module, query, key, value, mask) for f in (sdpa_attention_forward, attend))
    print(f"{n_answers} answers at {n_context} tokens: transformers {theirs * 1000:.1f} ms, ours {ours * 1000:.1f} ms")
    print(f"ratio {theirs / ours:.1f}")


def _seconds(attention: Callable[..., Any], *inputs: Any) -> float:
    """The fastest of several calls, after one to warm up."""
    times = []
    for _ in range(ROUNDS + 1):
        started = time.perf_counter()
        attention(*inputs)
        times.append(time.perf_counter() - started)
    return min(times[1:])


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
