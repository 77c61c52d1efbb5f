"""Every metric under its name: this package's, and those that `custom.metric` adds from a user's own file."""

from clue_lib.metrics import (
    behaviour,
    choice,
    claims,
    code_contradictions,
    codes,
    concepts,
    echoes,
    embedding,
    language,
    leaks,
    loops,
    numbers,
    overlap,
    refusals,
    surplus,
)
from clue_lib.metrics.base import Corpus, Metric, Score, Tool, no_tool
from clue_lib.types import Family


def _quality(
    name: str,
    score: Score,
    tool: Tool = no_tool,
    corpus: Corpus | None = None,
    *,
    version: int = 1,
    uses_gold: bool = True,
) -> Metric:
    return Metric(
        name=name, version=version, better="higher", score=score, tool=tool, corpus=corpus, uses_gold=uses_gold
    )


def _failure(
    name: str,
    score: Score,
    family: Family | None = None,
    tool: Tool = no_tool,
    *,
    version: int = 1,
    is_of_run: bool = False,
    of_answers: bool = False,
    of_ends: bool = False,
) -> Metric:
    return Metric(
        name=name,
        version=version,
        better="lower",
        score=score,
        family=family,
        tool=tool,
        is_of_run=is_of_run,
        of_answers=of_answers
        or family == "hallucination",  # who says nothing makes nothing up, and is not right either
        of_ends=of_ends,
    )


def _forced_choice() -> Metric:
    return Metric(
        name="forced_choice",
        version=1,
        better="higher",
        score=choice.forced_choice,
        of_answers=True,  # answers that were stored before engines told letters have none
        is_monitored=True,
    )


READ = 4
"""The version of what depends on how labels and options are read (`clue_lib.answers`)."""

READ_CODES = 3
"""The same of ICD-10-CM codes."""


METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        _quality("accuracy", choice.accuracy, version=READ),
        _quality("parsed_share", choice.parsed_share, version=READ),
        _forced_choice(),
        _quality("macro_f1", choice.accuracy, corpus=choice.MACRO_F1, version=READ),
        _quality("rouge1", overlap.rouge1, overlap.tool),
        _quality("rouge2", overlap.rouge2, overlap.tool),
        _quality("rougeL", overlap.rouge_l, overlap.tool),
        _quality("bertscore_f1", embedding.bertscore_f1, embedding.tool),
        _quality("concept_f1", concepts.concept_f1, concepts.tool),
        _quality("code_f1", codes.code_f1, version=READ_CODES),
        _quality("code_precision", codes.code_precision, version=READ_CODES),
        _quality("code_recall", codes.code_recall, version=READ_CODES),
        _quality("category_f1", codes.category_f1, version=READ_CODES),
        _quality("category_precision", codes.category_precision, version=READ_CODES),
        _quality("category_recall", codes.category_recall, version=READ_CODES),
        _quality("valid_share", codes.valid_share, codes.tool, version=READ_CODES, uses_gold=False),
        _quality("billable_share", codes.billable_share, codes.tool, version=READ_CODES),
        _failure("empty", behaviour.empty),
        _failure("truncated", behaviour.truncated, of_ends=True),
        _failure("unparsed", behaviour.unparsed, "instruction following", version=READ),
        _failure("repetition_loop", loops.repetition_loop, version=2),
        _failure("refusal", refusals.refusal, version=READ + 1),
        _failure("unfinished_thought", behaviour.unfinished_thought, "instruction following", of_ends=True),
        _failure("template_leakage", leaks.template_leakage, "instruction following", version=2),
        _failure("prompt_echo", echoes.prompt_echo, "instruction following", version=2),
        _failure("extra_text", surplus.extra_text, "instruction following", version=READ + 1),
        _failure("wrong_length", behaviour.wrong_length, "instruction following", version=2),
        _failure("other_language", language.other_language, "instruction following", language.tool, version=2),
        _failure("answer_collapse", choice.answer_collapse, version=READ, is_of_run=True),
        _failure("answered_unanswerable", choice.answered_unanswerable, "hallucination", version=READ + 1),
        _failure("invalid_codes", codes.invalid_codes, "hallucination", codes.tool, version=READ_CODES + 1),
        _failure("incremented_runs", codes.incremented_runs, version=READ_CODES),
        _failure("repeated_codes", codes.repeated_codes, version=READ_CODES),
        _failure("unsupported_concepts", concepts.unsupported_concepts, "hallucination", concepts.tool, version=2),
        _failure("contradicted_claims", claims.contradicted_claims, "hallucination", claims.tool),
        _failure(
            "contradicted_codes",
            code_contradictions.contradicted_codes,
            tool=codes.tool,
            version=READ_CODES,
            of_answers=True,
        ),
        _failure("omitted_claims", claims.omitted_claims, tool=claims.tool),
        _failure("unsupported_numbers", numbers.unsupported_numbers, tool=numbers.tool, of_answers=True),
    )
}
"""By name, in the order in which `metrics` lists them."""

BEHAVIOUR = (
    *("empty", "truncated", "unparsed", "repetition_loop", "refusal"),
    *("unfinished_thought", "template_leakage", "prompt_echo", "other_language"),
)
"""What every generation is watched for, whatever its task."""

CHOICE = ("macro_f1", "parsed_share", "extra_text", "answer_collapse")
"""What answers that pick a label or an option have beside accuracy."""

OPTIONS = (*CHOICE, "forced_choice")
"""What answers that pick an option by its letter have beside accuracy."""

CLAIMS = ("unsupported_concepts", "contradicted_claims", "omitted_claims", "unsupported_numbers")
"""What texts that are measured by concepts have beside: whether they are faithful to the chart."""

CODES = (
    *("code_precision", "code_recall", "category_precision", "category_recall", "billable_share"),
    *("invalid_codes", "contradicted_codes", "incremented_runs", "repeated_codes", "extra_text"),
)
"""What lists of codes have beside CLUE's metrics."""
