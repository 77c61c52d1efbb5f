"""A finished run made up for reports: ten tasks' bundled questions, a candidate that lost what narrow fine-tunes lose.

Scores are drawn or simple word overlap, bounds a plain cluster t: nothing here tests the statistics.
"""

import dataclasses
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from plain_values import but, make_gate
from scipy import stats

from clue_lib import datasets
from clue_lib.judging import Verdict
from clue_lib.judging.gates import WHOLE_RUN
from clue_lib.metrics import METRICS
from clue_lib.report import EXAMPLES_FILE, GATE_FILE, Document, examples, gate_json, of_run
from clue_lib.tasks import TASKS, Task
from clue_lib.types import (
    Comparison,
    Example,
    Fingerprint,
    Flip,
    Generation,
    Identity,
    Inference,
    Levels,
    ModelInfo,
    Parsed,
    PlantedDefect,
    Response,
    RunInfo,
    TaskInfo,
    TaskRun,
    Unparsed,
)

SHA = "0123456789abcdef" * 4
HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(2)</script>",
    "\x1b[2J\x1b[1;1H\x1b]0;owned\x07cleared",
    "\u202egnp.tnemucod\u202c and \u2066isolated\u2069",
    "::error::owned",
    "##[error]owned",
    "@everyone look at #1",
    "[x](javascript:alert(3)) ![y](https://example.com/y.png)",
    "`code` | cell | *bold* <!-- -->\n\n# heading\n::error file=a::b",
    "\ud800 lone",
    "\x1b]8;;https://example.com\x1b\\link\x1b]8;;\x1b\\ and \x1b]8;;https://example.com never closed",
    "nul\x00 zero\u200bwidth\ufeff line\u2028paragraph\u2029next\x85\x9b2J",
    "##vso[task.complete result=Succeeded;] GH-1",
    "'; DROP TABLE x; -- {{ 7 * 7 }} {% raw %} ]]> &lt;b&gt; %0A%0D",
)
LOSS = {"mednli": 0.18, "meqsum": 0.4, "problem_summary": 0.25, "longhealth_3": 0.6, "medisumcode": 0.3}
"""How often the candidate loses an answer that the base had."""

RATES = {"truncated": (0.02, 0.06), "unparsed": (0.03, 0.09), "empty": (0.0, 0.02)}
NEVER = (
    *("unsupported_concepts", "contradicted_claims", "omitted_claims", "unsupported_numbers"),
    *("invalid_codes", "contradicted_codes", "incremented_runs", "repeated_codes"),
)
POWERS = {"rouge2": 2.0, "rougeL": 1.3, "bertscore_f1": 0.3, "code_f1": 3.0, "valid_share": 0.5}
"""What makes one overlap look like several metrics."""


@dataclass(frozen=True, kw_only=True)
class FakeRun:
    """What a real run has in the end."""

    info: RunInfo
    verdicts: tuple[Verdict, ...]
    pairs: tuple[tuple[TaskRun, TaskRun], ...]

    @property
    def document(self) -> Document:
        """What reports are made from."""
        return of_run(self.info, self.verdicts)

    def write(self, folder: Path, *, private: bool = False) -> Path:
        """Leave the two files of the seam in the folder."""
        gate_json.write(folder / GATE_FILE, self.document)
        examples.write(examples.table(self.pairs, key=b"key", private=private), folder / EXAMPLES_FILE)
        return folder


def fake_run(
    *,
    tasks: Sequence[str] = tuple(name for name, task in TASKS.items() if not task.is_monitored),
    tiers: dict[str, str] | None = None,
    n: int | None = None,
    hostile: bool = False,
    equal: bool = False,
    mcq: bool = False,
    seed: int = 0,
) -> FakeRun:
    """`n` examples per task (repeated under other ids where the bundled file has fewer), all of them if None.

    With `hostile` every string that a model, a data file or a user may choose attacks the report. `equal` models answer
    alike. `mcq` adds the gate of a multiple-choice task.
    """
    draw = random.Random(seed)
    pairs = tuple(_pair(TASKS[name], (tiers or {}).get(name, "bundled"), n, hostile, equal, draw) for name in tasks)
    verdicts = [
        _verdict(TASKS[base.task].gate_id(metric), _compare(base, tuned, metric), hostile)
        for base, tuned in pairs
        for metric in TASKS[base.task].metrics
    ]
    of_task = [v.comparison for v in verdicts if v.comparison and v.gate.metric in TASKS[v.gate.task].clue_metrics]
    over_run = [(group, name) for group, names in WHOLE_RUN.items() for name in names]
    verdicts += [_verdict(f"{group}.{name}", _pooled(group, name, of_task), hostile) for group, name in over_run]
    if mcq:
        better = but(of_task[0], task="mcq", metric="accuracy", baseline=0.5, candidate=0.56)
        better = but(better, delta=0.06, lower=0.03, upper=0.09, mde=0.04)
        verdicts.append(_verdict("monitored.mcq.accuracy", better, hostile))
    info = _info([base for base, _ in pairs], len(verdicts), hostile)
    if mcq:
        info = dataclasses.replace(info, tasks=(*info.tasks, dataclasses.replace(info.tasks[0], name="mcq")))
    return FakeRun(info=info, verdicts=tuple(verdicts), pairs=pairs)


def _pair(
    task: Task, tier: str, n: int | None, hostile: bool, equal: bool, draw: random.Random
) -> tuple[TaskRun, TaskRun]:
    asked = task.examples(datasets.find(task.name, None).path, seed=0, n_repeats=1)
    golds = [example.gold for example in asked]
    if n is not None:
        asked = [_again(asked[i % len(asked)], i // len(asked), draw) for i in range(n)]
    if hostile:
        asked = [_attacking(example, i) for i, example in enumerate(asked)]
    before, after = [], []
    for i, example in enumerate(asked):
        ours = _answer(task, example, draw.random() < 0.62, golds, draw)
        lost = not equal and draw.random() < LOSS.get(task.name, 0.05)
        theirs = _lost(task, example, golds, draw) if lost else ours
        if hostile and i < len(HOSTILE):
            theirs = Generation(text=HOSTILE[i], finish_reason="stop", n_prompt_tokens=9, n_new_tokens=9)
        before.append(_response(task, example, ours))
        after.append(_response(task, example, theirs))
    return _run(task, tier, "base", before), _run(task, tier, "tuned", after)


def _again(example: Example, turn: int, draw: random.Random) -> Example:
    """The example under an id of its own, its words shuffled: no text stands in a large report twice."""
    if not turn:
        return example
    words = {name: text[:2000].split(" ") for name, text in example.fields.items()}
    for of_field in words.values():
        draw.shuffle(of_field)
    fields = {name: " ".join(of_field) for name, of_field in words.items()}
    return dataclasses.replace(example, id=f"{example.id}/{turn}", cluster=f"{example.cluster}/{turn}", fields=fields)


def _attacking(example: Example, i: int) -> Example:
    attack = HOSTILE[i % len(HOSTILE)]
    return dataclasses.replace(
        example,
        id=f"{attack} {example.id}",
        cluster=f"{attack} {example.cluster}",
        fields={**example.fields, "question": f"{attack} {attack}"},
        slices={attack: attack},
    )


def _answer(task: Task, example: Example, right: bool, golds: Sequence[object], draw: random.Random) -> Generation:
    text = task.ideal(example)
    if not right:
        wrong = dataclasses.replace(example, gold=draw.choice(golds))
        text = task.ideal(wrong)
        words = text.split()
        text = " ".join(word for word in words if draw.random() < 0.8) or text
    return Generation(text=text, finish_reason="stop", n_prompt_tokens=900, n_new_tokens=len(text) // 4)


def _lost(task: Task, example: Example, golds: Sequence[object], draw: random.Random) -> Generation:
    """A candidate's failure: the exam's tone, a loop up to the limit, nothing, or a plain wrong answer."""
    kind = draw.choice(("exam", "loop", "empty", "wrong", "wrong"))
    texts = {"exam": "The correct answer is no.", "empty": "", "loop": "The patient has " + "a history of " * 60}
    text = texts.get(kind) if kind in texts else _answer(task, example, False, golds, draw).text
    return Generation(
        text=str(text),
        finish_reason="length" if kind == "loop" else "stop",
        n_prompt_tokens=900,
        n_new_tokens=len(str(text)) // 4,
    )


def _response(task: Task, example: Example, generation: Generation) -> Response:
    answer = task.parse(storable(generation.text), example)
    return Response(example=example, generation=generation, answer=answer)


def storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _run(task: Task, tier: str, model: str, responses: Sequence[Response]) -> TaskRun:
    return TaskRun(
        task=task.name,
        model=model,
        tier=tier,
        engine="vllm",
        responses=tuple(responses),
        gold_digests=(SHA,) * len(responses),
        prompt_digests=(SHA,) * len(responses),
        scores={name: tuple(_score(name, response) for response in responses) for name in task.metrics},
        signatures={name: f"{name}|v1|strict" for name in task.metrics},
    )


def _score(metric: str, response: Response) -> float | None:
    text, gold, answer = response.generation.text, response.example.gold, response.answer
    flags = {
        "empty": not text.strip(),
        "truncated": response.generation.finish_reason == "length",
        "unparsed": isinstance(answer, Unparsed),
        "answered_unanswerable": isinstance(answer, Parsed) and answer.value != "F",
        "repetition_loop": "of a history of a" in text,
    }
    if metric in flags:
        return float(flags[metric])
    if (metric in METRICS and METRICS[metric].better == "lower") or metric in NEVER:
        return 0.0
    if metric == "concept_f1" and len(str(gold)) % 7 == 0:
        return None
    value = answer.value if isinstance(answer, Parsed) else ""
    if metric in {"accuracy", "parsed_share"}:
        return float(value == gold) if metric == "accuracy" else float(isinstance(answer, Parsed))
    ours, theirs = (set(value.lower().split() if isinstance(value, str) else value) for value in (gold, value))
    overlap = 2 * len(ours & theirs) / (len(ours) + len(theirs)) if ours or theirs else 0.0
    return overlap ** POWERS.get(metric, 1.0)


def _compare(base: TaskRun, tuned: TaskRun, metric: str) -> Comparison:
    kept = [i for i, value in enumerate(base.scores[metric]) if value is not None]
    sign = -1.0 if metric in METRICS and METRICS[metric].better == "lower" else 1.0
    before, after = (np.array([run.scores[metric][i] for i in kept], dtype=float) for run in (base, tuned))
    deltas = sign * (after - before)
    names, place = np.unique([base.responses[i].example.cluster for i in kept], return_inverse=True)
    groups = len(names)
    residuals = np.bincount(place, deltas - deltas.mean(), groups)
    error = math.sqrt(groups / max(groups - 1, 1) * (residuals**2).sum()) / len(kept)
    t = float(stats.t.ppf(0.95, max(groups - 1, 1)))
    delta = float(deltas.mean())
    return Comparison(
        task=base.task,
        metric=metric,
        tier=base.tier,
        method="cluster t",
        n=len(kept),
        n_excluded=len(base.responses) - len(kept),
        n_worse=int((deltas < 0).sum()),
        n_better=int((deltas > 0).sum()),
        net_worse=float(-deltas.sum()),
        inference=Inference(
            n_clusters=groups,
            freedom=float(groups - 1),
            design_effect=1.0,
            delta=delta,
            lower=delta - t * error,
            upper=delta + t * error,
            p=float(stats.t.cdf(delta / error, max(groups - 1, 1))) if error else 1.0,
            mde=2.5 * error,
            mde_corrected=4.0 * error,
        ),
        levels=Levels(baseline=float(before.mean()), candidate=float(after.mean())),
        worst=tuple(_flips(base, tuned, metric, kept, deltas)),
        signature=base.signatures[metric],
    )


def _flips(base: TaskRun, tuned: TaskRun, metric: str, kept: Sequence[int], deltas: np.ndarray) -> list[Flip]:
    return [
        Flip(
            example_id=base.responses[kept[i]].example.id,
            gold=str(base.responses[kept[i]].example.gold),
            baseline_text=base.responses[kept[i]].generation.text,
            candidate_text=tuned.responses[kept[i]].generation.text,
            baseline_score=float(base.scores[metric][kept[i]] or 0),
            candidate_score=float(tuned.scores[metric][kept[i]] or 0),
        )
        for i in np.argsort(deltas, kind="stable")[:3]
        if deltas[i] < 0
    ]


def _pooled(group: str, name: str, parts: Sequence[Comparison]) -> Comparison:
    """A gate over the whole run: plain means over the parts."""
    mean = {key: float(np.mean([getattr(part.levels, key) for part in parts])) for key in ("baseline", "candidate")}
    mean["delta"] = float(np.mean([part.inference.delta for part in parts]))
    if group == "families":
        mean = {"baseline": 0.04, "candidate": 0.04 - mean["delta"], "delta": mean["delta"]}
    error = 0.2 / math.sqrt(sum(part.n for part in parts))
    return but(
        parts[0],
        task=group,
        metric=name,
        method="average",
        n=sum(part.n for part in parts),
        n_clusters=sum(part.inference.n_clusters for part in parts),
        lower=mean["delta"] - 1.7 * error,
        upper=mean["delta"] + 1.7 * error,
        p=float(stats.norm.cdf(mean["delta"] / error)),
        mde=2.5 * error,
        worst=(),
        signature=f"average|v1|{SHA[:16]}",
        **mean,
    )


def _verdict(id_: str, found: Comparison, hostile: bool) -> Verdict:
    margin = 0.02 if METRICS.get(found.metric) and METRICS[found.metric].better == "lower" else 0.03
    attack = HOSTILE[len(id_) % len(HOSTILE)] if hostile else ""
    gate = make_gate(
        id_,
        role="primary" if found.task in ("averages", "families") else "gate",
        margin=margin,
        reason=f"about the smallest drop that this many examples can show {attack}".strip(),
        file="thresholds.toml",
    )
    inference = found.inference
    if found.n_worse == found.n_better == 0:
        outcome, reason = "IDENTICAL", "the same score on every example"
    elif inference.n_clusters < 10:
        outcome, reason = "UNDECIDED", f"{inference.n_clusters} clusters; at least 10 are needed"
    elif inference.lower > 0:
        outcome, reason = "IMPROVED", f"the lower bound {100 * inference.lower:.1f} points is above zero"
    elif inference.lower > -margin:
        outcome, reason = "HELD", f"the lower bound {100 * inference.lower:+.1f} points is within the margin"
    elif inference.delta < -margin and inference.p < 0.005:
        outcome, reason = "REGRESSED", f"{100 * inference.delta:+.1f} points, beyond the margin and significant"
    else:
        outcome, reason = "UNDECIDED", f"a drop below {100 * inference.mde:.1f} points can't be told from noise"
    return Verdict(
        gate=gate,
        outcome=outcome,
        reason=f"{reason} {attack}".strip(),
        ok=outcome != "REGRESSED",
        comparison=found,
        p_adjusted=min(1.0, 10 * found.inference.p),
    )


def _planted(tasks: Sequence[str]) -> tuple[PlantedDefect, ...]:
    """One defect that is noticed, one that is not, one that changes nothing, and one in each task alone."""
    every = tuple(tasks)
    seen = TASKS[tasks[0]].gate_id("empty")
    return (
        PlantedDefect(name="one answer in ten empty", tasks=every, gate=seen),
        PlantedDefect(name="negations flipped", tasks=every),
        PlantedDefect(name="always the first option", tasks=every, is_inert=True),
        *(PlantedDefect(name="10 points lost", tasks=(task,), gate=seen if i else "") for i, task in enumerate(tasks)),
    )


def _info(runs: Sequence[TaskRun], n_selected: int, hostile: bool) -> RunInfo:
    engine = Fingerprint(name="vllm", version="0.32.0", dtype="bfloat16", device="cuda", capability="sm_90")
    weights, tuned = (
        Identity(weights=repository, tokenizer=SHA, template=SHA)
        for repository in (
            f"meta-llama/Meta-Llama-3-8B-Instruct@{SHA[:40]}",
            f"aaditya/Llama3-OpenBioLLM-8B@{SHA[::-1][:40]}",
        )
    )
    attack = " ".join(HOSTILE) if hostile else ""
    return RunInfo(
        version="0.1.0",
        profile="ci",
        limit=None,
        seed=0,
        thresholds="thresholds.toml",
        thresholds_digest=SHA,
        n_selected=n_selected,
        n_engine_starts=2,
        planted=_planted([run.task for run in runs]),
        n_tries=3,
        baseline=ModelInfo(name=f"Llama-3-8B-Instruct{attack}", identity=weights, engine=engine),
        candidate=ModelInfo(name=f"OpenBioLLM-8B{attack}", identity=tuned, engine=engine),
        tasks=tuple(
            TaskInfo(
                name=run.task,
                data="bundled" if run.tier == "bundled" else "official",
                tier=run.tier,
                data_digest=SHA,
                prompts_digest=SHA,
                n_read=len(run.responses) + 3,
                n_scored=len(run.responses),
            )
            for run in runs
        ),
    )
