"""No value that may hold text of data, prompts or answers shows it of itself."""

import contextlib
import dataclasses
import importlib
import pkgutil
import re
import typing
from collections.abc import Iterator

import msgspec
import pytest

import clue_lib
from clue_lib.types import (
    Example,
    Flip,
    Generation,
    Message,
    Parsed,
    Prompt,
    Request,
    Response,
    Sampling,
    TaskRun,
    is_withheld,
)

MAY_HOLD_TEXT = re.compile(r"\b(?:str|bytes|Any|object|Raw|Labels)\b")

HARMLESS = {
    "how a run is asked for and what it is compared by": """
        clue_lib.commands.forecast_text.TaskPlan clue_lib.datasets.columns.Columns clue_lib.judging.profiles.Rules
        clue_lib.judging.thresholds.Thresholds clue_lib.judging.waivers.WaiverTable clue_lib.metrics.base.Corpus
        clue_lib.metrics.base.Metric clue_lib.runs.defects.Defect clue_lib.session.asking.Wanted
        clue_lib.session.options.Options clue_lib.session.settings.Settings clue_lib.tasks.base.Task
        clue_lib.tasks.prompts.PromptTexts clue_lib.tasks.wordings._TextsFile clue_lib.tasks.wordings._Wording
        clue_lib.types.chat.Chat clue_lib.types.judged.Gate clue_lib.types.rules.GateRule clue_lib.types.run.Waiver
        clue_lib.types.early.Early clue_lib.types.early.Stream
    """,
    "names, files, digests and versions of data, models and engines": """
        clue_lib.datasets.sources.Entry clue_lib.datasets.sources.TaskData clue_lib.datasets.sources.Source
        clue_lib.engines.device.Processor clue_lib.engines.external.Source clue_lib.engines.jobs.Job
        clue_lib.engines.rendering._Habits clue_lib.metrics.embedding_model.EmbeddingModel
        clue_lib.models.describing.Described clue_lib.models.names.ModelSpec clue_lib.models.recording.Recording
        clue_lib.models.trust.Trust clue_lib.models.weights.Model clue_lib.session.noise.Kept
        clue_lib.snapshots.record.Origin clue_lib.types.provenance.Identity clue_lib.types.provenance.Fingerprint
        clue_lib.types.provenance._Facts clue_lib.types.run.ModelInfo clue_lib.types.run.TaskInfo
        clue_lib.terminology.umls_linker.UmlsLinker clue_lib.models.recording._Written clue_lib.sealed._Envelope
        clue_lib.report.envelope.Envelope clue_lib.report.envelope.Signature clue_lib.report.statement.Subject
        clue_lib.report.statement.AttestedModel clue_lib.report.statement.AttestedData
        clue_lib.report.statement.AttestedAnswers clue_lib.report.statement.Verdict
        clue_lib.report.statement.Statement clue_lib.report.verifying.Check clue_lib.report.verifying.Reach
        clue_lib.engines.imported.lm_eval._Config clue_lib.engines.imported.lm_eval._Results
        clue_lib.engines.imported.inspect_log._Eval clue_lib.engines.imported.inspect_log._Plan
        clue_lib.engines.imported.inspect_log._Header
        clue_lib.engines.store_keeping.Held clue_lib.engines.store_archive.Part clue_lib.engines.store_archive.Manifest
        clue_lib.engines.wire.Card clue_lib.engines.wire.Cards clue_lib.engines.wire.Version
        clue_lib.engines.deployment.Deployment
    """,
    "what a model's folder says": """
        clue_lib.engines.template_files._Named clue_lib.engines.template_files._Token
        clue_lib.engines.template_files._TokenizerConfig clue_lib.engines.template_files._Tokenizer
        clue_lib.engines.template_files.TemplateFiles clue_lib.models.adapters.AdapterConfig
        clue_lib.models.adapters._TokenizerConfig
        clue_lib.models.aliases.Entry clue_lib.models.checking.ModelConfig clue_lib.models.checking._Index
        clue_lib.models.safetensors_files._Tensor
    """,
    "word lists and tables of this package": """
        clue_lib.answers.plain.frames.Turns clue_lib.metrics.wordlists.Inability clue_lib.metrics.wordlists.Nature
        clue_lib.metrics.wordlists.Courtesy clue_lib.metrics.wordlists.Reporting clue_lib.metrics.wordlists.Impersonal
        clue_lib.metrics.wordlists.Refusal clue_lib.metrics.wordlists.Presenting clue_lib.metrics.wordlists.Template
        clue_lib.metrics.wordlists.Common clue_lib.metrics.wordlists.Languages clue_lib.models.thoughts.Table
        clue_lib.models.thoughts._Forms clue_lib.terminology.lexicon.Folded clue_lib.terminology.words.Folding
        clue_lib.report.glossary.Group clue_lib.terminology.context.Beside clue_lib.terminology.context.Context
        clue_lib.terminology.context.Cue clue_lib.terminology.context.FamilyWords clue_lib.terminology.context.Grades
        clue_lib.terminology.context.Parts clue_lib.terminology.context.Reach clue_lib.terminology.context.Sides
        clue_lib.terminology.quantities.Table
    """,
    "figures of tasks and gates, which reports show of all data alike": """
        clue_lib.forecast.assumptions.Assumed clue_lib.forecast.assumptions.Sample
        clue_lib.forecast.assumptions.Spread clue_lib.forecast.chances.Forecast clue_lib.forecast.explained.Explained
        clue_lib.judging.pairing.Folded clue_lib.judging.verdict.Verdict clue_lib.report.averages.Average
        clue_lib.report.breakdown.Loss clue_lib.report.assisted_lines.Row
        clue_lib.report.contrast.Contrast clue_lib.report.document.Document clue_lib.report.gate_json._File
        clue_lib.report.history.History clue_lib.report.history.Release
        clue_lib.report.gate_record.Judged clue_lib.report.gate_record.Figures clue_lib.runs.planning.PlannedTask
        clue_lib.runs.scoring.Scores clue_lib.runs.skill.DerangedScores clue_lib.session.judging.Known
        clue_lib.session.stages.Prepared clue_lib.session.stages.Answered clue_lib.session.stages.Judged
        clue_lib.snapshots.diff.Difference clue_lib.snapshots.record.Snapshot clue_lib.types.judged.Comparison
        clue_lib.types.judged.NotCompared clue_lib.types.progress.Progress clue_lib.types.run.PastScore
        clue_lib.types.run.Noise clue_lib.types.run.PlantedDefect clue_lib.types.run.TaskThoughts
        clue_lib.types.run.WordingSpread
        clue_lib.types.run.RunInfo clue_lib.stats._effect.Effect clue_lib.plugin.snapshot_files.Recorded
    """,
    "the same figures in other programs' forms": """
        clue_lib.publishing.every_eval_ever._Data clue_lib.publishing.every_eval_ever._Engine
        clue_lib.publishing.every_eval_ever._Library clue_lib.publishing.every_eval_ever._Metric
        clue_lib.publishing.every_eval_ever._Model clue_lib.publishing.every_eval_ever._Record
        clue_lib.publishing.every_eval_ever._Result clue_lib.publishing.every_eval_ever._Score
        clue_lib.publishing.every_eval_ever._Source clue_lib.publishing.gitlab.Issue
        clue_lib.publishing.gitlab.Location clue_lib.publishing.run_log.RunLog
    """,
}
"""Classes whose fields of text are none of data, prompts or answers, by what they are.

A class that is not here must be `withheld`: whoever adds one decides.
"""

NAMED = {name for names in HARMLESS.values() for name in names.split()}


def values_of_the_package() -> Iterator[type]:
    """Every class of values in the package: dataclasses, msgspec's Structs, named tuples."""
    for module in pkgutil.walk_packages(clue_lib.__path__, "clue_lib."):
        if module.name.endswith("__main__"):
            continue
        for kind in vars(importlib.import_module(module.name)).values():
            is_value = isinstance(kind, type) and (
                dataclasses.is_dataclass(kind) or issubclass(kind, msgspec.Struct) or hasattr(kind, "_fields")
            )
            if is_value and kind.__module__ == module.name:
                yield kind


def shown_texts(kind: type) -> list[str]:
    """The fields that may hold text and stand in the class's repr."""
    hidden = (
        {field.name for field in dataclasses.fields(kind) if not field.repr} if dataclasses.is_dataclass(kind) else ()
    )
    fields = {
        name: hint for each in reversed(kind.__mro__) for name, hint in vars(each).get("__annotations__", {}).items()
    }
    with contextlib.suppress(NameError):  # of a module that imports a type for the type checker alone
        fields = typing.get_type_hints(kind)
    return [name for name, hint in fields.items() if name not in hidden and MAY_HOLD_TEXT.search(_told(hint))]


def _told(hint: object) -> str:
    return hint.__name__ if isinstance(hint, type) and not typing.get_args(hint) else str(hint)


def test_what_may_hold_text_does_not_show_it():
    undecided = {
        name: shown_texts(kind)
        for kind in values_of_the_package()
        if (name := f"{kind.__module__}.{kind.__qualname__}") not in NAMED and not is_withheld(kind)
    }
    shown = {name: fields for name, fields in undecided.items() if fields}
    assert shown == {}, "decorate them with clue_lib.types.withheld, or name them above"


def test_none_is_named_that_is_not_there_or_is_withheld():
    known = {f"{kind.__module__}.{kind.__qualname__}": kind for kind in values_of_the_package()}
    assert {name for name in NAMED if name not in known or is_withheld(known[name])} == set()


EXAMPLE = Example(id="ZQXID", cluster="ZQXCLUSTER", fields={"a": "ZQXFIELD"}, gold="ZQXGOLD", slices={"b": "ZQXSLICE"})
MESSAGE = Message(role="user", content="ZQXCONTENT")
GENERATION = Generation(text="ZQXTEXT", finish_reason="stop", n_prompt_tokens=1, n_new_tokens=1, thought="ZQXTHOUGHT")
RESPONSE = Response(example=EXAMPLE, generation=GENERATION, answer=Parsed(value="ZQXANSWER"), prompt=(MESSAGE,))
RUN = TaskRun(
    task="mednli",
    model="m",
    tier="credentialed",
    engine="e",
    responses=(RESPONSE,),
    gold_digests=("d",),
    prompt_digests=("d",),
    scores={},
    signatures={},
)


@pytest.mark.parametrize(
    "value",
    [
        EXAMPLE,
        MESSAGE,
        Prompt(example_id="ZQXID", messages=(MESSAGE,)),
        Request(key="k", messages=(MESSAGE,), sampling=Sampling(max_new_tokens=1)),
        GENERATION,
        RESPONSE,
        RUN,
        Flip(
            example_id="ZQXID",
            gold="ZQXGOLD",
            baseline_text="ZQX",
            candidate_text="ZQX",
            baseline_score=1.0,
            candidate_score=0.0,
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_shows_its_class_alone_however_it_is_asked(value):
    expected = f"<{type(value).__name__}>"  # as the docstring of `withheld` says
    assert [repr(value), str(value), f"{value}", f"{[value]}"] == [expected, expected, expected, f"[{expected}]"]
    assert list(value.__rich_repr__()) == []


def test_values_stay_equal_by_content_and_are_decoded():
    again = msgspec.json.decode(msgspec.json.encode(GENERATION), type=Generation)
    assert again == GENERATION
    assert dataclasses.replace(EXAMPLE, id="other") != EXAMPLE
