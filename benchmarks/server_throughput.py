"""How much of a server's speed the gate keeps: prompts through backend `server`, and through a bare client.

    python benchmarks/server_throughput.py [--n=256] [--concurrency=128]

Both ask one real `vllm serve` on this machine, with as many requests at once, in both orders (gate, bare, bare, gate),
so that a machine that warms up or slows down favours neither. The bare one is `openai`'s asynchronous client behind a
semaphore: it sends messages and keeps what comes back. The gate renders prompts here, sends token ids, checks what was
read and who answered, asks for its probe after each batch, and stores. Each run has a salt of its own, so that none
finds the prompts of another in the server's cache. Starting is not timed. Tokens per second are compared: the gate is
to keep 0.95 of the bare client's. Needs vLLM, openai and the demo's weights.
"""

import argparse
import asyncio
import os
import secrets
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from served_vllm import served

from clue_lib import models
from clue_lib.engines import Partition, connect
from clue_lib.engines.chunks import in_chunks
from clue_lib.engines.endpoint import KEYS, Habits
from clue_lib.engines.process import EngineProcess
from clue_lib.engines.server import Server
from clue_lib.models import ModelSpec, Recording
from clue_lib.runs.planning import PromptSettings, plan_task
from clue_lib.tasks import TASKS
from clue_lib.types import Fingerprint, Message, Request

MODEL = "SmolLM2-135M-Instruct"

Timed = tuple[int, float]
"""New tokens, and seconds for them."""


def plan(n: int) -> list[Request]:
    """MeQSum's bundled questions, again and again under another number, until there are so many."""
    own = plan_task(TASKS["meqsum"], PromptSettings()).requests
    return [_numbered(own[place % len(own)], place) for place in range(n)]


def _numbered(request: Request, number: int) -> Request:
    *shots, question = request.messages
    asked = Message(role=question.role, content=f"{question.content}\n({number})")
    return Request(key=f"{number}", messages=(*shots, asked), sampling=request.sampling, chat=request.chat)


def through_the_gate(requests: Sequence[Request], folder: Path, concurrency: int) -> Timed:
    """Chunks through the engine's process into a store, as the producer does it."""
    with tempfile.TemporaryDirectory() as store:
        partition = Partition(Path(store), Recording(engine=Fingerprint()))
        engine = EngineProcess(Server, log=Path(store) / "engine.log")
        engine.load(folder, (), {"concurrency": concurrency})
        start, tokens = time.perf_counter(), 0
        for chunk in in_chunks(requests, Server.chunk_size):
            answers = engine.generate(chunk, None)
            partition.append([(request.key, answer) for request, answer in zip(chunk, answers, strict=True)])
            tokens += sum(answer.n_new_tokens + (answer.finish_reason == "stop") for answer in answers)
        seconds = time.perf_counter() - start
        engine.close()
    return tokens, seconds


def bare(requests: Sequence[Request], url: str, key: str, concurrency: int) -> Timed:
    """All prompts as messages through the client, as many at once."""
    return asyncio.run(_bare(requests, url, key, concurrency))


async def _bare(requests: Sequence[Request], url: str, key: str, concurrency: int) -> Timed:
    from openai import AsyncOpenAI

    turns, salt = asyncio.Semaphore(concurrency), secrets.token_hex(16)

    async def one(client: AsyncOpenAI, request: Request) -> int:
        async with turns:
            answer = await client.chat.completions.create(
                model=MODEL,
                messages=[{"role": m.role, "content": m.content} for m in request.messages],  # type: ignore[misc]
                max_tokens=request.sampling.max_new_tokens,
                temperature=0.0,
                extra_body={"cache_salt": salt},
            )
        return answer.usage.completion_tokens if answer.usage else 0

    async with AsyncOpenAI(base_url=f"{url}/v1", api_key=key, timeout=600) as client:
        start = time.perf_counter()
        tokens = await asyncio.gather(*(one(client, request) for request in requests))
        return sum(tokens), time.perf_counter() - start


def main() -> None:
    """Time both and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=256)
    parser.add_argument("--concurrency", type=int, default=128)
    given = parser.parse_args()
    key = os.environ[KEYS[0]] = secrets.token_hex(16)
    weights = models.resolve(models.parse_spec(MODEL)).weights
    requests = plan(given.n)
    rates: dict[str, list[float]] = {"gate": [], "bare": []}
    with served([(MODEL, weights)], key) as (server,):
        spec = ModelSpec(name=MODEL, kind="server", location=MODEL, urls=(server.url,))
        folder = connect(spec, weights, Habits()).weights
        ways: dict[str, Callable[[], Timed]] = {
            "gate": lambda: through_the_gate(requests, folder, given.concurrency),
            "bare": lambda: bare(requests, server.url, key, given.concurrency),
        }
        bare(requests, server.url, key, given.concurrency)  # a server's first large batches take twice as long
        for name in ("gate", "bare", "bare", "gate"):
            tokens, seconds = ways[name]()
            rates[name].append(tokens / seconds)
            print(f"{name}: {tokens} tokens in {seconds:.1f} s: {tokens / seconds:.0f} tokens/s", flush=True)
    gate, plain = (statistics.mean(rates[name]) for name in ("gate", "bare"))
    print(f"tokens/s, gate / bare: {gate / plain:.2f} (at least 0.95 is wanted)")


if __name__ == "__main__":
    main()
