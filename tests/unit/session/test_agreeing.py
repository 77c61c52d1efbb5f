"""Whether two models can be loaded and asked alike, told before an engine starts."""

import json

import pytest

from clue_lib.errors import ModelError
from clue_lib.session import settings
from clue_lib.session.options import Options
from clue_lib.session.runner import GateRun


@pytest.fixture
def scripted(tmp_path):
    """Makes a folder that the scripted engine answers from, its configuration naming a number format."""

    def make(name, dtype=None):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "script.toml").write_text('default = "no"', encoding="utf-8")
        if dtype is not None:
            (folder / "config.json").write_text(json.dumps({"dtype": dtype}), encoding="utf-8")
        return str(folder)

    return make


@pytest.fixture
def prepare(root, tmp_path):
    """Prepares a run of no task."""

    def run(**given):
        chosen = settings.from_options(
            Options(
                thresholds=root / "thresholds.toml",
                report_dir=str(tmp_path / "report"),
                store=str(tmp_path / "store"),
                **{"backend": "scripted"} | given,
            )
        )
        GateRun(chosen, (), tasks=(), tell=print).prepare()

    return run


def test_two_stored_number_formats_under_auto_are_refused(scripted, prepare):
    base, tuned = scripted("base", "bfloat16"), scripted("tuned", "float32")
    with pytest.raises(ModelError) as caught:
        prepare(baseline=base, model=tuned)
    assert str(caught.value) == (
        "the weights are stored differently, base as bfloat16 and tuned as float32, and each would compute in its own "
        "format; name one for both: --engine-arg dtype=bfloat16"
    )


def test_models_of_one_number_format_are_not_refused(scripted, prepare):
    prepare(baseline=scripted("base", "bfloat16"), model=scripted("tuned", "bfloat16"))


def test_models_one_of_whose_number_formats_is_unknown_are_not_refused(scripted, prepare):
    prepare(baseline=scripted("base", "bfloat16"), model=scripted("tuned"))


def recording(tmp_path, **engine):
    folder = tmp_path / "recorded"
    folder.mkdir()
    (folder / "about.json").write_text(json.dumps({"model": "m", "engine": engine}), encoding="utf-8")
    (folder / "generations.jsonl").touch()
    return f"replay:{folder}"


def test_recorded_answers_of_another_engine_are_refused(scripted, prepare, tmp_path):
    with pytest.raises(ModelError) as caught:
        prepare(baseline=scripted("base"), model=recording(tmp_path, name="vllm", version="vllm 0.32.0"))
    told = str(caught.value)
    assert told.startswith(f"replay:{tmp_path / 'recorded'} was recorded under another engine than the other side's")
    assert "(name: baseline scripted, candidate vllm; version: baseline 1, candidate vllm 0.32.0)" in told
    assert "\n" not in told


def test_recorded_answers_of_the_same_engine_are_not_refused(scripted, prepare, tmp_path):
    prepare(baseline=scripted("base"), model=recording(tmp_path, name="scripted", version="1"))
