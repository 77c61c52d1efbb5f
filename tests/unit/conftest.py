"""What several unit tests need: builders of values, a folder for Hypothesis, and the data outside the checkout."""

import csv
import gzip
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from clue_lib import answers
from clue_lib.types import Answer, Example, FinishReason, Generation, Parsed, Response, TaskRun

hypothesis.settings.register_profile("unit", deadline=None, max_examples=50)  # a busy machine is no failure
hypothesis.settings.register_profile(
    "nightly", deadline=None, max_examples=100_000, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("unit")  # which --hypothesis-profile=nightly, read later, replaces


@pytest.fixture(scope="session")
def root() -> Path:
    return Path(__file__).parents[2]


@pytest.fixture(scope="session")
def shared_data(root: Path) -> Path:
    folder = root.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"needs the development data in {folder}, which is not part of the checkout")
    return folder


@pytest.fixture(scope="session")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all of Hypothesis's examples: `tmp_path` is made anew for each test only."""
    return tmp_path_factory.mktemp("scratch")


@pytest.fixture(scope="session")
def respond() -> Callable[..., Response]:
    """Builds a response: what a model wrote, to which question and gold, and how its text is read."""

    def build(
        text: str,
        gold: str = "gold",
        *,
        parse: Callable[[str, Example], Answer] = answers.free_text,
        finish_reason: FinishReason = "stop",
        fields: Mapping[str, str] | None = None,
        options: tuple[str, ...] = (),
    ) -> Response:
        example = Example(id="1", cluster="1", fields=fields or {}, gold=gold, options=options)
        return Response(
            example=example,
            generation=Generation(text=text, finish_reason=finish_reason, n_prompt_tokens=1, n_new_tokens=1),
            answer=parse(text, example),
        )

    return build


NOTES = ("note_id", "subject_id", "hadm_id", "note_type", "note_seq", "charttime", "storetime", "text")
DIAGNOSES = ("subject_id", "hadm_id", "seq_num", "icd_code", "icd_version")


@pytest.fixture
def make_mimic(tmp_path: Path) -> Callable[..., Path]:
    """Writes MIMIC-IV's two files: letters of (admission, type, text), diagnoses of (admission, place, code, version).

    The letters' note ids are those of MIMIC-IV-Note with the row's number in the patient's place: "1-DS-1", "2-AD-1".
    """

    def make(letters: Iterable[Sequence[str]], diagnoses: Iterable[Sequence[object]] = ()) -> Path:
        notes = [
            (f"{number}-{kind}-1", "9", admission, kind, "1", "2150-01-01 00:00:00", "", text)
            for number, (admission, kind, text) in enumerate(letters, 1)
        ]
        folder = tmp_path / "mimic"
        put_table(folder / "mimic-iv-note/note/discharge.csv.gz", [NOTES, *notes])
        put_table(folder / "mimiciv/hosp/diagnoses_icd.csv.gz", [DIAGNOSES, *(("9", *row) for row in diagnoses)])
        return folder

    return make


def put_table(path: Path, rows: Iterable[Sequence[object]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.getvalue().encode()))


@pytest.fixture(scope="session")
def task_run() -> Callable[..., TaskRun]:
    """Builds one model's scored run: examples e0, e1, … with these values, or values by metric, one per answer."""

    def build(
        values: Sequence[float | None] | dict[str, Sequence[float | None]],
        *,
        model: str = "base",
        metric: str = "accuracy",
        clusters: Sequence[str] | None = None,
        n_repeats: int = 1,
        **changed: Any,
    ) -> TaskRun:
        scores = values if isinstance(values, dict) else {metric: values}
        n = len(next(iter(scores.values())))
        ids = [f"e{i // n_repeats}" for i in range(n)]
        examples = [
            Example(
                id=ids[i],
                cluster=clusters[i] if clusters else ids[i],
                fields={},
                gold=f"gold {ids[i]}",
                repeat=i % n_repeats,
            )
            for i in range(n)
        ]
        texts = [f"{model} on {id_}" for id_ in ids]
        run = {
            "task": "mednli",
            "model": model,
            "tier": "public",
            "engine": "scripted 1",
            "responses": tuple(
                Response(
                    example=example,
                    generation=Generation(text=text, finish_reason="stop", n_prompt_tokens=1, n_new_tokens=1),
                    answer=Parsed(value=text),
                )
                for example, text in zip(examples, texts, strict=True)
            ),
            "gold_digests": tuple(f"gold {id_}" for id_ in ids),
            "prompt_digests": tuple(f"prompt {id_}" for id_ in ids),
            "scores": {name: tuple(of_metric) for name, of_metric in scores.items()},
            "signatures": {name: f"{name}|v1" for name in scores},
        }
        return TaskRun(**(run | changed))

    return build
