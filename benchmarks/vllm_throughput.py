"""How much of vLLM's own speed the gate keeps: MeQSum prompts through the backend, and through a bare `llm.chat`.

    python benchmarks/vllm_throughput.py [DATA_ROOT] [N]

Both engines are started alike, each in a process of its own, one after the other, on the same prompts with the same
sampling; starting is not timed. Prints tokens per second of each and their ratio. Needs vLLM and the demo's weights.
"""

import multiprocessing
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from clue_lib import models
from clue_lib.engines import Partition
from clue_lib.engines.process import EngineProcess
from clue_lib.engines.vllm import CPU_DEFAULTS, Vllm
from clue_lib.models import Recording
from clue_lib.runs.planning import PromptSettings, plan_task
from clue_lib.tasks import TASKS
from clue_lib.types import Fingerprint, Request

MODEL = "SmolLM2-135M-Instruct"
Timed = tuple[int, float]
"""New tokens, and seconds for them."""


def plan(data_root: str | None, n: int) -> tuple[Request, ...]:
    """The first prompts of MeQSum as the gate plans them."""
    chosen = PromptSettings(data_root=Path(data_root) if data_root else None, limit=n)
    return plan_task(TASKS["meqsum"], chosen).requests


def through_the_gate(requests: tuple[Request, ...], weights: Path) -> Timed:
    """Chunks through the engine's process into a store, as the producer does it."""
    with tempfile.TemporaryDirectory() as folder:
        partition = Partition(Path(folder), Recording(engine=Fingerprint()))
        engine = EngineProcess(Vllm, log=Path(folder) / "engine.log")
        engine.load(weights, (), {})
        start, tokens = time.perf_counter(), 0
        for first in range(0, len(requests), Vllm.chunk_size):
            chunk = requests[first : first + Vllm.chunk_size]
            answers = engine.generate(chunk, None)
            partition.append([(request.key, answer) for request, answer in zip(chunk, answers, strict=True)])
            tokens += sum(answer.n_new_tokens for answer in answers)
        seconds = time.perf_counter() - start
        engine.close()
    return tokens, seconds


def bare(requests: tuple[Request, ...], weights: Path) -> Timed:
    """All prompts in one call of vLLM's own chat interface."""
    from vllm import LLM, SamplingParams

    llm = LLM(str(weights), generation_config="vllm", enable_prefix_caching=True, seed=0, **CPU_DEFAULTS)
    chats = [[{"role": m.role, "content": m.content} for m in request.messages] for request in requests]
    sampling = SamplingParams(max_tokens=requests[0].sampling.max_new_tokens, temperature=0.0, seed=0)
    start = time.perf_counter()
    outputs = llm.chat(chats, sampling, use_tqdm=False)
    seconds = time.perf_counter() - start
    llm.llm_engine.engine_core.shutdown()  # else this process waits for its engine's for ever
    return sum(len(output.outputs[0].token_ids) for output in outputs), seconds


def main(data_root: str | None = None, n: str = "200") -> None:
    """Time both and print."""
    requests = plan(data_root, int(n))
    weights = models.resolve(models.parse_spec(MODEL)).weights
    gate = through_the_gate(requests, weights)
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        plain = pool.submit(bare, requests, weights).result()
    for name, (tokens, seconds) in {"gate": gate, "bare llm.chat": plain}.items():
        print(f"{name:14} {len(requests)} prompts, {tokens} tokens in {seconds:.1f} s: {tokens / seconds:.0f} tokens/s")
    print(f"ratio gate / bare: {(gate[0] / gate[1]) / (plain[0] / plain[1]):.2f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
