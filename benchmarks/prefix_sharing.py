"""Counts which share of LongHealth's prompt tokens an engine computes whose prefix cache shares blocks of 16 tokens.

    python benchmarks/prefix_sharing.py [--bundled] [--context=N] [--repeats=N]
    python benchmarks/prefix_sharing.py --vllm=FOLDER --context=2000

Before: the order of the letters is drawn for each question, as the authors' scripts and CLUE's do, and all letters are
cut to one length. After: as the gate draws them. Requests come in the order in which a run asks for them. A block is
shared where an earlier prompt has it and all blocks before it, as in vLLM, whose cache is taken as large enough.
Without --bundled the patient is the long one (20 questions, 11 letters), three times over, so that each has letters of
others. Tokens are the reference tokenizer's, of the prompts' text without a chat template. With --vllm the model of
that folder reads the prompts of task 1 once, and vLLM's own count stands beside ours, of the very tokens that it read.
"""

import argparse
import dataclasses
import json
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from clue_lib import digests
from clue_lib.datasets import BUNDLED_ROOT, reference_tokenizer
from clue_lib.runs.ordering import asking_order
from clue_lib.runs.planning import PlannedTask, PromptSettings, plan_task
from clue_lib.tasks import TASKS
from clue_lib.types import Message, Request

BLOCK = 16
LEVEL = {"longhealth_1": 0.15, "longhealth_2": None, "longhealth_3": 0.15}
"""The tasks, with the share that is promised on the long patient."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """Tokens of all prompts, and how many of them are computed."""

    all: int
    computed: int

    @property
    def share(self) -> float:
        """The share that is computed."""
        return self.computed / self.all


def count(prompts: Iterable[Sequence[int]]) -> Count:
    """Prompts as token ids, in the order of the requests. Of a prompt the last token at least is computed."""
    known: set[int] = set()
    n_all = n_computed = 0
    for ids in prompts:
        chain, n_shared, is_shared = 0, 0, True
        for start in range(0, len(ids) - BLOCK + 1, BLOCK):
            chain = hash((chain, *ids[start : start + BLOCK]))
            is_shared = is_shared and chain in known and start + BLOCK < len(ids)
            n_shared += BLOCK * is_shared
            known.add(chain)
        n_all += len(ids)
        n_computed += len(ids) - n_shared
    return Count(all=n_all, computed=n_computed)


def planned(task: str, given: argparse.Namespace, folder: Path) -> PlannedTask:
    """The task's prompts as the gate draws them."""
    settings = PromptSettings(
        data_root=None if given.bundled else folder,
        n_repeats={"bundled": given.repeats, "public": given.repeats},
        context=given.context,
    )
    return plan_task(TASKS[task], settings)


def drawn_per_question(plan: PlannedTask, context: int) -> list[Request]:
    """The same prompts with the order of the letters drawn for each question, all cut to one length."""
    whole = {example.id: example for example in plan.task.read(plan.source.path)}
    requests = []
    for example, request in zip(plan.examples, plan.requests, strict=True):
        letters = [part.split("\n", 1)[1] for part in example.fields["letters"].split("\n\n[Letter ")]
        if plan.task.name == "longhealth_1":
            letters = list(whole[example.id].documents)
        order = sorted(letters, key=lambda text: digests.rank(f"{example.id}#{example.repeat}{text}", 0))
        cut = reference_tokenizer.fit(order, context - 400 - 8 * len(order))
        shown = "\n\n".join(f"[Letter {number}]\n{letter}" for number, letter in enumerate(cut, 1))
        *first, question = request.messages
        asked = question.content.replace(example.fields["letters"], shown)
        messages = (*first, dataclasses.replace(question, content=asked))
        requests.append(dataclasses.replace(request, messages=messages))
    return requests


def text(messages: Sequence[Message]) -> str:
    """A prompt as plain text."""
    return "\n".join(message.content for message in messages)


def in_order(plan: PlannedTask, requests: Sequence[Request]) -> list[Request]:
    """The requests, aligned with the plan's examples, as a run asks for them."""
    return [requests[place] for place in asking_order(plan.examples, requests)]


def counted(requests: Iterable[Request]) -> Count:
    """What of these prompts is computed, in this order."""
    return count(reference_tokenizer.token_ids(text(request.messages)) for request in requests)


def by_vllm(folder: str, requests: Iterable[Request]) -> tuple[Count, Count]:
    """VLLM's own count and ours, of the tokens that it read."""
    import vllm

    llm = vllm.LLM(folder, enable_prefix_caching=True, disable_log_stats=False, enforce_eager=True, block_size=BLOCK)
    sampling = vllm.SamplingParams(max_tokens=1, temperature=0)
    chats = [[dataclasses.asdict(message) for message in request.messages] for request in requests]
    answers = llm.chat(chats, sampling, use_tqdm=False)
    ours = count(answer.prompt_token_ids for answer in answers)
    values = {metric.name: metric.value for metric in llm.get_metrics() if metric.name.startswith("vllm:prefix_cache")}
    n_all = values["vllm:prefix_cache_queries"]
    return Count(all=n_all, computed=n_all - values["vllm:prefix_cache_hits"]), ours


def main() -> None:
    """Print a line per task."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bundled", action="store_true", help="the bundled patients, not the long one")
    parser.add_argument("--context", type=int, default=None)
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--vllm", metavar="FOLDER")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (long,) = json.loads((BUNDLED_ROOT / "longhealth" / "long_patient.json").read_text("utf-8")).values()
        patients = {f"patient_{i}": long for i in range(3)}
        (folder / "benchmark_v5.json").write_text(json.dumps(patients), encoding="utf-8")
        if given.vllm:
            plan = planned("longhealth_1", given, folder)
            theirs, ours = by_vllm(given.vllm, in_order(plan, plan.requests))
            print(
                f"longhealth_1: vLLM computed {theirs.computed:,} of {theirs.all:,} prompt tokens, {theirs.share:.4f}"
            )
            print(f"longhealth_1: our count     {ours.computed:,} of {ours.all:,} prompt tokens, {ours.share:.4f}")
            return
        print(f"{'task':14}{'prompt tokens':>16}{'before':>10}{'after':>10}{'computed':>12}{'level':>8}")
        for task, level in LEVEL.items():
            plan = planned(task, given, folder)
            assert plan.drawing is not None
            before = counted(in_order(plan, drawn_per_question(plan, plan.drawing.context)))
            after = counted(in_order(plan, plan.requests))
            shares = f"{before.share:>10.3f}{after.share:>10.3f}{after.computed:>12,}"
            print(f"{task:14}{after.all:>16,}{shares}{level or '':>8}")


if __name__ == "__main__":
    main()
