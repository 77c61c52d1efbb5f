"""`--scoring=clue-2024-06`: CLUE's metrics scored as the figures of June 2024 were, to look at beside the strict.

A metric that is not in `_SCORERS` is the strict one. In every task but LongHealth the first example counts twice, as it
did then. Only the scoring is that of June 2024: answers are decoded as in any other run.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from clue_lib.errors import UserError
from clue_lib.metrics import METRICS, clue_2024, concepts, embedding
from clue_lib.metrics.embedding_model import EmbeddingModel
from clue_lib.tasks import TASKS
from clue_lib.terminology import UmlsLinker
from clue_lib.types import PastScore, Response, TaskRun

Scorer = Callable[[Sequence[Response]], Sequence[float | None]]

SCIBERT = EmbeddingModel(source="allenai/scibert_scivocab_uncased", layer=8)
"""The model that embedded MeQSum's texts; the layer is the one that bert-score chooses for it."""

CLINICAL_BERT = EmbeddingModel(source="emilyalsentzer/Bio_ClinicalBERT", layer=9)
"""The model that embedded the texts of Problem Summary and MeDiSumQA."""


def past_scores(baseline: TaskRun, candidate: TaskRun) -> tuple[PastScore, ...]:
    """Every CLUE metric of a task for both models; None with a note where its model or package is not available.

    Empty for a task of the user's own, which has none.
    """
    metrics = TASKS[baseline.task].clue_metrics if baseline.task in TASKS else ()
    return tuple(_past_score(baseline, candidate, metric) for metric in metrics)


def _past_score(baseline: TaskRun, candidate: TaskRun, metric: str) -> PastScore:
    scorer = _SCORERS.get((baseline.task, metric)) or METRICS[metric].score
    try:
        of_baseline, of_candidate = (_fold(run, scorer) for run in (baseline, candidate))
    except UserError as error:
        return PastScore(task=baseline.task, metric=metric, baseline=None, candidate=None, note=str(error))
    return PastScore(task=baseline.task, metric=metric, baseline=of_baseline, candidate=of_candidate, note="")


def _fold(run: TaskRun, scorer: Scorer) -> float:
    """The mean, the first example twice but in LongHealth; where the metric is undefined the example is left out."""
    counted = run.responses if TASKS[run.task].group == "longhealth" else (run.responses[0], *run.responses)
    said = [value for value in scorer(counted) if value is not None]
    return sum(said) / len(said) if said else 0.0


def _of_codes(score: Callable[[str, Sequence[str]], float], responses: Sequence[Response]) -> list[float]:
    return [score(response.generation.text, tuple(response.example.gold)) for response in responses]


def _valid_share(text: str, gold: Sequence[str]) -> float:
    return clue_2024.valid_share(text)


_UMLS = partial(concepts.concept_f1, linker=UmlsLinker())
_SCORERS: Mapping[tuple[str, str], Scorer] = {
    ("mednli", "accuracy"): clue_2024.mednli_accuracy,
    ("meqsum", "bertscore_f1"): partial(embedding.bertscore_f1, model=SCIBERT),
    ("problem_summary", "bertscore_f1"): partial(embedding.bertscore_f1, model=CLINICAL_BERT),
    ("medisumqa", "bertscore_f1"): partial(embedding.bertscore_f1, model=CLINICAL_BERT),
    ("problem_summary", "concept_f1"): _UMLS,
    ("medisumqa", "concept_f1"): _UMLS,
    ("medisumcode", "code_f1"): partial(_of_codes, clue_2024.code_f1),
    ("medisumcode", "category_f1"): partial(_of_codes, clue_2024.category_f1),
    ("medisumcode", "valid_share"): partial(_of_codes, _valid_share),
}
