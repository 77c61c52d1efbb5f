"""How much of vLLM's own speed the gate keeps: MeQSum prompts through the backend, and through a bare `llm.chat`.

    python benchmarks/vllm_throughput.py [--data-root=DIR] [--n=200] [--busy=N] [--whole] [--limit=6]

Both engines have the same settings, environment included, each in a process of its own. They run in both orders (gate,
bare, bare, gate), so that a machine that warms up or slows down favours neither. Without `--whole` the generating alone
is timed, and tokens per second are compared: the gate is to keep 0.95 of the bare engine's.

With `--whole` whole processes are timed, start-up and scoring included: a pair of models on every task with `--limit`
examples each, and bare engines on the same prompts. The gate is to take 1.10 of their time at most; what it does once a
run (planning, the last scores, reports) takes 15 s of a small one.

`--busy=N` keeps N cores busy meanwhile. Needs vLLM and the demo's weights.
"""

import argparse
import contextlib
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from clue_lib import models
from clue_lib.engines import Partition
from clue_lib.engines.process import EngineProcess
from clue_lib.engines.vllm import CPU_DEFAULTS, DEFAULTS, Vllm, prepare_environment
from clue_lib.models import Recording
from clue_lib.models.child import thread_settings
from clue_lib.runs.planning import PromptSettings, plan_task
from clue_lib.tasks import TASKS
from clue_lib.types import Fingerprint, Request

MODEL = "SmolLM2-135M-Instruct"

Timed = tuple[int, float]
"""New tokens, and seconds for them."""

Chat = tuple[list[dict[str, str]], int]
"""A prompt's turns, and how many tokens its answer may have."""


def plan(task: str, data_root: str | None, n: int) -> tuple[Request, ...]:
    """The first prompts of a task as the gate plans them."""
    chosen = PromptSettings(data_root=Path(data_root) if data_root else None, limit=n)
    return plan_task(TASKS[task], chosen).requests


def through_the_gate(requests: tuple[Request, ...], weights: Path) -> Timed:
    """Chunks through the engine's process into a store, as the producer does it; starting is not timed."""
    with tempfile.TemporaryDirectory() as folder:
        partition = Partition(Path(folder), Recording(engine=Fingerprint()))
        engine = EngineProcess(Vllm, log=Path(folder) / "engine.log", env=thread_settings())
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


def bare(chats: Sequence[Chat], weights: Path) -> Timed:
    """All prompts in one call of vLLM's own chat interface, with the gate's settings; starting is not timed."""
    os.environ.update(thread_settings())
    os.environ.setdefault("VLLM_LOGGING_LEVEL", "ERROR")
    prepare_environment()
    from vllm import LLM, SamplingParams

    llm = LLM(str(weights), load_format="safetensors", **DEFAULTS, **CPU_DEFAULTS)
    sampling = [SamplingParams(max_tokens=n_new, temperature=0.0, seed=0) for _, n_new in chats]
    start = time.perf_counter()
    outputs = llm.chat([turns for turns, _ in chats], sampling, use_tqdm=False)
    seconds = time.perf_counter() - start
    return sum(_n_answer_tokens(output.outputs[0]) for output in outputs), seconds


def _n_answer_tokens(answer: Any) -> int:
    """Without the token that ended it, as the gate counts."""
    return len(answer.token_ids) - (answer.finish_reason == "stop")


def bare_in_a_process(requests: Sequence[Request], weights: Path) -> Timed:
    """`bare`, in a process that ends with it."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(bare, _chats(requests), weights).result()


def _chats(requests: Sequence[Request]) -> list[Chat]:
    return [
        ([{"role": m.role, "content": m.content} for m in request.messages], request.sampling.max_new_tokens)
        for request in requests
    ]


def _spin() -> None:
    while True:
        pass


@contextlib.contextmanager
def busy(n: int) -> Iterator[None]:
    """So many cores have other work inside the block."""
    others = [multiprocessing.get_context("spawn").Process(target=_spin, daemon=True) for _ in range(n)]
    for other in others:
        other.start()
    try:
        yield
    finally:
        for other in others:
            other.kill()


def compare_generating(data_root: str | None, n: int) -> None:
    """Tokens per second of both, in both orders."""
    requests = plan("meqsum", data_root, n)
    weights = models.resolve(models.parse_spec(MODEL)).weights
    rates: dict[str, list[float]] = {"gate": [], "bare": []}
    ways: dict[str, Callable[[], Timed]] = {
        "gate": lambda: through_the_gate(requests, weights),
        "bare": lambda: bare_in_a_process(requests, weights),
    }
    for name in ("gate", "bare", "bare", "gate"):
        tokens, seconds = ways[name]()
        rates[name].append(tokens / seconds)
        print(f"{name}: {n} prompts, {tokens} tokens in {seconds:.1f} s: {tokens / seconds:.0f} tokens/s", flush=True)
    gate, plain = (statistics.mean(rates[name]) for name in ("gate", "bare"))
    print(f"tokens/s, gate / bare: {gate / plain:.2f} (at least 0.95 is wanted)")


def compare_whole(data_root: str | None, limit: int) -> None:
    """Seconds of whole processes: the gate on a pair, and two bare engines on the same prompts."""
    weights = models.resolve(models.parse_spec(MODEL)).weights
    tasks = [name for name, task in TASKS.items() if not task.is_monitored]  # its data is the user's own
    requests = [request for name in tasks for request in plan(name, data_root, limit)]
    seconds: dict[str, list[float]] = {"gate": [], "bare": []}
    ways: dict[str, Callable[[], object]] = {
        "gate": lambda: _whole_gate(data_root, limit, weights),
        "bare": lambda: [bare_in_a_process(requests, weights) for _ in range(2)],
    }
    for name in ("gate", "bare", "bare", "gate"):
        start = time.perf_counter()
        ways[name]()
        seconds[name].append(time.perf_counter() - start)
        print(f"{name}: 2 models, {len(requests)} prompts each: {seconds[name][-1]:.1f} s", flush=True)
    gate, plain = (statistics.mean(seconds[name]) for name in ("gate", "bare"))
    print(f"seconds, gate / bare: {gate / plain:.2f} (at most 1.10 is wanted)")


def _whole_gate(data_root: str | None, limit: int, weights: Path) -> None:
    """The gate on a pair whose weights lie in two folders, so that each is loaded and asked."""
    with tempfile.TemporaryDirectory() as folder:
        candidate = Path(folder) / "candidate"
        candidate.mkdir()
        for path in weights.iterdir():
            (candidate / path.name).symlink_to(path)
        (candidate / "generation_config.json").unlink(missing_ok=True)  # so that its content is another's
        command = [sys.executable, "-m", "pytest", "-q", f"--model={candidate}", f"--baseline={MODEL}"]
        command += ["--backend=vllm", f"--limit={limit}", f"--store={folder}/store", f"--report-dir={folder}/report"]
        command += [f"--data-root={data_root}"] if data_root else []
        subprocess.run(command, check=False, stdout=subprocess.DEVNULL)


def main() -> None:
    """Time both and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-root")
    parser.add_argument("--n", type=int, default=200)
    parser.add_argument("--busy", type=int, default=0)
    parser.add_argument("--whole", action="store_true")
    parser.add_argument("--limit", type=int, default=6)
    given = parser.parse_args()
    with busy(given.busy):
        if given.whole:
            compare_whole(given.data_root, given.limit)
        else:
            compare_generating(given.data_root, given.n)


if __name__ == "__main__":
    main()
