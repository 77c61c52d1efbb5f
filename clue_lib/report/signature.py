"""A run in one line, in sacrebleu's manner: what a paper or a model card quotes so that others can repeat it."""

import re

from clue_lib import digests
from clue_lib.judging import State
from clue_lib.text import printable
from clue_lib.types import ModelInfo, RunInfo

N_DIGITS = 12
"""Of each digest: enough to tell one from another, and short enough to be printed."""


def signature(run: RunInfo, state: State) -> str:
    """`name:value` pairs between bars, in a fixed order; equal lines are runs that may differ in chance alone.

    Digests are the first 12 digits. `base` and `cand` are digests of all that the models hold, `data` and `prompts` of
    all tasks together; a task whose data is bundled is counted in `bundled`; `drawings` are those of the task that
    draws contexts most often.
    """
    engine = run.candidate.engine
    pairs: dict[str, object] = {
        "state": state,
        "base": _model(run.baseline),
        "cand": _model(run.candidate),
        "engine": f"{engine.name or 'unknown'}-{engine.version or 'unknown'}",
        "dtype": engine.dtype or "unknown",
        "tasks": len(run.tasks),
        "bundled": sum(task.tier == "bundled" for task in run.tasks),
        "data": _of_tasks([(task.name, task.data_digest) for task in run.tasks]),
        "prompts": _of_tasks([(task.name, task.prompts_digest) for task in run.tasks]),
        "profile": run.profile,
        "limit": "no" if run.limit is None else run.limit,
        "seed": run.seed,
        "drawings": max((task.n_drawings for task in run.tasks), default=1),
        "thresholds": run.thresholds_digest[:N_DIGITS],
        "rule": run.rule,
        "suite": run.suite_digest[:N_DIGITS] or "unknown",
        "version": run.version,
    }
    return "|".join(f"{name}:{_plain(value)}" for name, value in pairs.items())


def lines(signature: str, width: int) -> list[str]:
    """The signature for a terminal: broken behind its bars, so that no pair is torn; joined it is one line again.

    None for a run whose gate.json is older than signatures.
    """
    if not signature:
        return []
    told = ["signature "]
    for pair in re.findall(r"[^|]+\|?", signature):
        if len(told[-1]) + len(pair) > width and told[-1].strip() != "":
            told.append(" " * len("signature "))
        told[-1] += pair[: width - len("signature ")]
    return told


def _model(model: ModelInfo) -> str:
    return f"{model.name}@{digests.of_value(model.identity)[:N_DIGITS]}"


def _of_tasks(pairs: list[tuple[str, str]]) -> str:
    return digests.of_value(sorted(pairs))[:N_DIGITS]


def _plain(value: object) -> str:
    """A value that holds no bar, and no blank, so that the line can be split again; `_` stands for either."""
    return re.sub(r"[|\s]+", "_", printable(str(value)))
